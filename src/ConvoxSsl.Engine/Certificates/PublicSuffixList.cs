using System.Globalization;
using System.Text;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>
/// The suffixes under which anyone can register a domain (https://publicsuffix.org/list), of registries and of hosting
/// providers. CAs count certificates per registered domain. Names are in lower-case A-labels.
/// </summary>
internal sealed class PublicSuffixList
{
    private const string Resource = "public_suffix_list.dat";
    private const string VersionPrefix = "// VERSION: ";

    private readonly HashSet<string> _rules = new(StringComparer.Ordinal);
    private readonly HashSet<string> _wildcards = new(StringComparer.Ordinal);
    private readonly HashSet<string> _exceptions = new(StringComparer.Ordinal);

    private PublicSuffixList()
    {
    }

    /// <summary>The date of publication.</summary>
    public DateOnly Date { get; private set; }

    /// <summary>Loads the list that is embedded in this library.</summary>
    public static PublicSuffixList Load()
    {
        using var stream = typeof(PublicSuffixList).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return Parse(reader);
    }

    /// <summary>Parses a list: one rule per line, up to the first white space.</summary>
    public static PublicSuffixList Parse(TextReader text)
    {
        var list = new PublicSuffixList();
        while (text.ReadLine() is { } line)
        {
            if (line.StartsWith(VersionPrefix, StringComparison.Ordinal)
                && DateOnly.TryParseExact(
                    line.AsSpan(VersionPrefix.Length, Math.Min(10, line.Length - VersionPrefix.Length)),
                    "yyyy-MM-dd",
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.None,
                    out var date))
            {
                list.Date = date;
            }

            var end = line.AsSpan().IndexOfAny(' ', '\t');
            var rule = end < 0 ? line : line[..end];
            if (rule.Length > 0 && !rule.StartsWith("//", StringComparison.Ordinal))
            {
                list.Add(rule);
            }
        }

        return list;
    }

    /// <summary>Gets the public suffix of a name: that of the longest matching rule, else the last label.</summary>
    public string SuffixOf(string name)
    {
        foreach (var suffix in SuffixesOf(name))
        {
            if (_exceptions.Contains(suffix))
            {
                return ParentOf(suffix)!;
            }
        }

        foreach (var suffix in SuffixesOf(name))
        {
            if (_rules.Contains(suffix) || (ParentOf(suffix) is { } parent && _wildcards.Contains(parent)))
            {
                return suffix;
            }
        }

        return name[(name.LastIndexOf('.') + 1)..];
    }

    /// <summary>
    /// Gets the registered domain of a name: the public suffix and one more label; null if the name is itself a public
    /// suffix.
    /// </summary>
    public string? RegisteredDomainOf(string name)
    {
        var suffix = SuffixOf(name);
        return name.Length == suffix.Length ? null : name[(name.LastIndexOf('.', name.Length - suffix.Length - 2) + 1)..];
    }

    // In the list, a wildcard is always the whole first label of a rule.
    private void Add(string rule)
    {
        if (rule[0] == '!')
        {
            _exceptions.Add(ToAscii(rule[1..]));
        }
        else if (rule.StartsWith("*.", StringComparison.Ordinal))
        {
            _wildcards.Add(ToAscii(rule[2..]));
        }
        else
        {
            _rules.Add(ToAscii(rule));
        }
    }

    private static string ToAscii(string name) => Ascii.IsValid(name) ? name : new IdnMapping().GetAscii(name);

    private static IEnumerable<string> SuffixesOf(string name)
    {
        for (string? suffix = name; suffix is not null; suffix = ParentOf(suffix))
        {
            yield return suffix;
        }
    }

    private static string? ParentOf(string name) =>
        name.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0 ? name[(dot + 1)..] : null;
}
