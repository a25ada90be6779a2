using System.Collections;
using System.Security.Cryptography;
using System.Text;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>The names of one certificate in the order given, each once: 1 to 100 of them.</summary>
public sealed class CertificateNameSet : IReadOnlyList<CertificateName>
{
    private const int MaximumCount = 100;
    private readonly IReadOnlyList<CertificateName> _names;

    private CertificateNameSet(IReadOnlyList<CertificateName> names, IReadOnlyList<string> duplicates)
    {
        _names = names;
        Duplicates = duplicates;
    }

    /// <summary>What was given again after IDN and case folding, as it was written; worth a warning.</summary>
    public IReadOnlyList<string> Duplicates { get; }

    /// <inheritdoc/>
    public int Count => _names.Count;

    /// <inheritdoc/>
    public CertificateName this[int index] => _names[index];

    /// <summary>Reads the names as a user writes them.</summary>
    /// <exception cref="InvalidInputException">
    /// <c>InvalidDomain</c>: one of them is no name. <c>NoDomain</c>: there is none. <c>TooManyDomains</c>: over 100.
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
            0 => throw new InvalidInputException(ErrorCode.NoDomain, "No name was given. A certificate needs at least one, such as www.example.org."),
            > MaximumCount => throw new InvalidInputException(
                ErrorCode.TooManyDomains,
                $"{names.Count} names were given, the last of them '{names[^1]}', and a certificate holds at most {MaximumCount}. Split them over several certificates.",
                names[^1].Value),
            _ => new CertificateNameSet(names, duplicates),
        };
    }

    /// <summary>Whether both hold the same names, whatever their order.</summary>
    public bool SetEquals(IEnumerable<string> others) =>
        _names.Select(n => n.Value).ToHashSet(StringComparer.Ordinal).SetEquals(others);

    /// <summary>A text that is the same for the same names, whatever their order.</summary>
    public static string KeyOf(IEnumerable<string> names) => string.Join(' ', names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    /// <summary>The id that Convox gives a generated certificate: SHA-1 of the names joined by <c>-</c>.</summary>
    public string ToCertificateId()
    {
        var joined = string.Join('-', _names.Select(n => n.Value));
#pragma warning disable CA5350 // An identity that Convox fixed, not a protection.
        return "cert-" + Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(joined))).ToLowerInvariant();
#pragma warning restore CA5350
    }

    /// <inheritdoc/>
    public IEnumerator<CertificateName> GetEnumerator() => _names.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
