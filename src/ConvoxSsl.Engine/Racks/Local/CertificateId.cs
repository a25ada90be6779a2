namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>The rules for certificate ids on a local rack, where they are names of directories.</summary>
internal static class CertificateId
{
    private const int MaxLength = 128;

    /// <exception cref="InvalidInputException"><c>InvalidCertificateId</c>.</exception>
    public static string Require(string id) => IsValid(id)
        ? id
        : throw new InvalidInputException(
            ErrorCode.InvalidCertificateId,
            $"'{id}' is not a valid certificate id because ids consist of 1 to {MaxLength} letters, digits, '-', '_' and '.', "
            + "and begin with a letter or digit.",
            id);

    public static bool IsValid(string id) =>
        id.Length is > 0 and <= MaxLength
        && char.IsAsciiLetterOrDigit(id[0])
        && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
        && !id.Contains("..", StringComparison.Ordinal);
}
