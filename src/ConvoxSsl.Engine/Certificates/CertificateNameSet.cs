using System.Collections;
using System.Security.Cryptography;
using System.Text;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>The distinct names of a certificate in their given order: 1 to 100.</summary>
public sealed class CertificateNameSet : IReadOnlyList<CertificateName>
{
    private const int MaxCount = 100;
    private static readonly char[] Separators = [',', ';'];
    private readonly IReadOnlyList<CertificateName> _names;

    private CertificateNameSet(IReadOnlyList<CertificateName> names, IReadOnlyList<string> duplicates)
    {
        _names = names;
        Duplicates = duplicates;
    }

    /// <summary>The names that were given again (after IDN and case folding), in their original form.</summary>
    public IReadOnlyList<string> Duplicates { get; }

    /// <inheritdoc/>
    public int Count => _names.Count;

    /// <inheritdoc/>
    public CertificateName this[int index] => _names[index];

    /// <summary>Parses names from the user.</summary>
    /// <exception cref="InvalidInputException">
    /// <c>InvalidDomain</c>: a name is not valid. <c>NoDomain</c>: there is none. <c>TooManyDomains</c>: more than 100.
    /// </exception>
    public static CertificateNameSet Parse(IEnumerable<string?> texts)
    {
        var names = new List<CertificateName>();
        var duplicates = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var name = CertificateName.Parse(text);
            if (seen.Add(name.Value))
            {
                names.Add(name);
            }
            else
            {
                duplicates.Add(text!);
            }
        }

        return names.Count switch
        {
            0 => throw new InvalidInputException(ErrorCode.NoDomain, "No name was given.")
            {
                Remedy = "Give at least one name, such as www.example.org.",
            },
            > MaxCount => throw new InvalidInputException(
                ErrorCode.TooManyDomains,
                $"{names.Count} names were given, the last of them '{names[^1]}'; the maximum for a certificate is {MaxCount}.",
                names[^1].Value)
            {
                Remedy = "Split them over several certificates.",
            },
            _ => new CertificateNameSet(names, duplicates),
        };
    }

    /// <summary>
    /// Parses texts that can hold several names each, separated by commas or semicolons. No name contains a separator. A text with
    /// a single name stays unchanged, so that an error shows it as given.
    /// </summary>
    /// <exception cref="InvalidInputException">As for <see cref="Parse"/>.</exception>
    public static CertificateNameSet ParseLists(IEnumerable<string> texts) => Parse(texts.SelectMany(text =>
        text.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 1 } names
            ? names
            : [text]));

    /// <summary>True if both have the same names, in any order.</summary>
    public bool SetEquals(IEnumerable<string> others) =>
        _names.Select(n => n.Value).ToHashSet(StringComparer.Ordinal).SetEquals(others);

    /// <summary>Creates a key that is equal for equal sets of names, in any order.</summary>
    public static string KeyOf(IEnumerable<string> names) =>
        string.Join(' ', names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    /// <summary>Computes the id that Convox gives a generated certificate: SHA-1 of the names joined by <c>-</c>.</summary>
    public string ToCertificateId()
    {
        var joined = string.Join('-', _names.Select(n => n.Value));
#pragma warning disable CA5350 // Defined by Convox as an identity; not used for security.
        return "cert-" + Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(joined))).ToLowerInvariant();
#pragma warning restore CA5350
    }

    /// <inheritdoc/>
    public IEnumerator<CertificateName> GetEnumerator() => _names.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
