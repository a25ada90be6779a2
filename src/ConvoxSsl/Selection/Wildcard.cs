using System.Management.Automation;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Selection;

/// <summary>Parses the wildcard patterns of users.</summary>
internal static class Wildcard
{
    /// <summary>Parses a pattern.</summary>
    /// <param name="text">The user's text.</param>
    /// <param name="options">The options of the pattern.</param>
    /// <exception cref="InvalidInputException"><c>InvalidWildcard</c>.</exception>
    public static WildcardPattern Parse(string text, WildcardOptions options = WildcardOptions.IgnoreCase)
    {
        var pattern = new WildcardPattern(text, options);
        try
        {
            // PowerShell parses a pattern at its first use.
            pattern.IsMatch(string.Empty);
            return pattern;
        }
        catch (WildcardPatternException e)
        {
            throw new InvalidInputException(ErrorCode.InvalidWildcard, $"The wildcard pattern '{text}' is not valid.", text, e)
            {
                Remedy = "Use * for any characters, ? for one character, and [a-c] for one of several.",
            };
        }
    }
}
