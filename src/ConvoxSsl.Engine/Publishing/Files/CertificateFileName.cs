using System.Text.RegularExpressions;

namespace ConvoxSsl.Engine.Publishing.Files;

/// <summary>Names of files and directories for certificates, which are valid on every platform.</summary>
public static partial class CertificateFileName
{
    private const int MaxLength = 255;

    // Those that Windows does not allow in a name.
    private static readonly char[] Forbidden = ['<', '>', ':', '"', '/', '\\', '|', '?', '*'];

    /// <summary>Creates the name of a certificate from its first domain; its id if that is not possible.</summary>
    /// <param name="domain">The first domain; null if it is not known.</param>
    /// <param name="id">The certificate's id.</param>
    public static string Create(string? domain, string id)
    {
        domain ??= string.Empty;
        if (domain.StartsWith("*.", StringComparison.Ordinal))
        {
            // No name of a certificate has an underscore.
            domain = $"_{domain[1..]}";
        }

        var name = string.Concat(domain.Select(c => char.IsControl(c) || Forbidden.Contains(c) ? '-' : c)).Trim(' ', '.');
        return name.Length is 0 or > MaxLength ? id : DeviceName().IsMatch(name) ? $"_{name}" : name;
    }

    /// <summary>Appends the id to a name that another certificate has too.</summary>
    /// <param name="name">The name.</param>
    /// <param name="id">The certificate's id.</param>
    public static string Append(string name, string id) => name == id || name.Length + id.Length >= MaxLength ? id : $"{name}_{id}";

    // Windows reserves these names, with any extension.
    [GeneratedRegex(@"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DeviceName();
}
