namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>What an id may look like: it becomes the name of a directory.</summary>
internal static class CertificateId
{
    private const int LongestId = 128;

    /// <exception cref="InvalidInputException"><c>InvalidCertificateId</c>.</exception>
    public static string Require(string id) => IsValid(id)
        ? id
        : throw new InvalidInputException(
            ErrorCode.InvalidCertificateId,
            $"'{id}' can't be the id of a certificate: ids hold 1 to {LongestId} letters, digits, '-', '_' and '.', and begin with a letter or digit. Get-ConvoxCertificate lists them.",
            id);

    public static bool IsValid(string id) =>
        id.Length is > 0 and <= LongestId
        && char.IsAsciiLetterOrDigit(id[0])
        && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
        && !id.Contains("..", StringComparison.Ordinal);
}
