namespace ConvoxSsl.Engine;

/// <summary>Finds the value of a closed set that a user probably meant, for error messages.</summary>
public static class Suggestion
{
    // A longer text is not a misspelled name, and comparing it would take long.
    private const int MaxLength = 100;
    private const int MinPartLength = 3;
    private const int MaxDistance = 3;
    private const char Separator = '.';

    /// <summary>Puts the question "Did you mean …?" before advice; returns the advice alone if no value is similar.</summary>
    /// <param name="text">The user's text.</param>
    /// <param name="values">The values of the set, preferred ones first.</param>
    /// <param name="advice">The advice, in whole sentences.</param>
    public static string Prepend(string? text, IEnumerable<string> values, string advice) =>
        Ask(text, values) is { } question ? $"{question} {advice}" : advice;

    /// <summary>Returns the question "Did you mean …?"; null if no value is similar.</summary>
    /// <param name="text">The user's text.</param>
    /// <param name="values">The values of the set, preferred ones first.</param>
    public static string? Ask(string? text, IEnumerable<string> values) =>
        Find(text, values) is { } value ? $"Did you mean '{value}'?" : null;

    /// <summary>
    /// Finds the most similar value: one that differs in few characters of each label of a host name, else one that contains the text.
    /// </summary>
    /// <param name="text">The user's text.</param>
    /// <param name="values">The values of the set, preferred ones first.</param>
    public static string? Find(string? text, IEnumerable<string> values)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > MaxLength)
        {
            return null;
        }

        var given = text.Trim().ToLowerInvariant();
        var known = values.Where(value => value.Length is > 0 and <= MaxLength).Select(value => new Known(value)).ToArray();
        return known.Where(value => IsMisspelled(given, value.Key)).MinBy(value => Measure(given, value.Key)) is { } nearest ? nearest.Text
            : given.Length < MinPartLength ? null
            : (known.FirstOrDefault(value => value.Key.StartsWith(given, StringComparison.Ordinal))
                ?? known.FirstOrDefault(value => value.Key.Contains(given, StringComparison.Ordinal)))?.Text;
    }

    // A short label that differs in several characters is another label, however long the name is.
    private static bool IsMisspelled(string given, string value)
    {
        string[] labels = given.Split(Separator), others = value.Split(Separator);
        return labels.Length == others.Length
            ? labels.Zip(others).All(pair => Measure(pair.First, pair.Second) <= pair.First.Length / MinPartLength)
                && Measure(given, value) <= MaxDistance
            : given.Length >= MinPartLength && Measure(given, value) <= 1;
    }

    /// <summary>Counts the insertions, deletions, substitutions and swaps of neighbors between two texts.</summary>
    private static int Measure(string one, string other)
    {
        int[] earlier = [], above = [.. Enumerable.Range(0, other.Length + 1)];
        for (var i = 1; i <= one.Length; i++)
        {
            var row = new int[other.Length + 1];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var substituted = above[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
                row[j] = Math.Min(substituted, Math.Min(above[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                {
                    row[j] = Math.Min(row[j], earlier[j - 2] + 1);
                }
            }

            (earlier, above) = (above, row);
        }

        return above[^1];
    }

    private sealed record Known(string Text)
    {
        public string Key { get; } = Text.ToLowerInvariant();
    }
}
