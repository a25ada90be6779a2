using System.Management.Automation;
using System.Text.RegularExpressions;
using ConvoxSsl.Cmdlets;

namespace ConvoxSsl.Tests.Errors;

/// <summary>The cmdlets and parameters that a text advises to use.</summary>
internal static partial class Advice
{
    /// <summary>The cmdlets of the module, by their names.</summary>
    public static IReadOnlyDictionary<string, Type> Cmdlets { get; } = typeof(AsyncCmdlet).Assembly.GetTypes()
        .Where(type => !type.IsAbstract && type.IsDefined(typeof(CmdletAttribute), inherit: false))
        .ToDictionary(GetName, StringComparer.Ordinal);

    /// <summary>Returns the names in a text that are wrong: cmdlets that do not exist, and parameters that no named cmdlet has.</summary>
    /// <param name="text">The text.</param>
    /// <param name="running">The cmdlet that shows the text, which need not be named.</param>
    public static IEnumerable<string> FindWrongNames(string text, Type running)
    {
        var named = new List<Type> { running };
        var isOfOthers = false;
        foreach (Match match in Term().Matches(text))
        {
            if (match.Groups["parameter"] is { Success: true } parameter)
            {
                if (!isOfOthers && !named.Exists(cmdlet => HasParameter(cmdlet, parameter.Value)))
                {
                    yield return $"-{parameter.Value}";
                }
            }
            else if (Cmdlets.TryGetValue(match.Value, out var cmdlet))
            {
                named.Add(cmdlet);
            }
            else if (match.Value.Contains("-Convox", StringComparison.Ordinal))
            {
                yield return match.Value;
            }
            else
            {
                // The parameters of other modules' cmdlets are not known.
                isOfOthers = true;
            }
        }
    }

    /// <summary>Verifies that the advice of an error suits the cmdlet that wrote it.</summary>
    public static void Verify(ErrorRecord error)
    {
        if (error.ErrorDetails?.RecommendedAction is { Length: > 0 } advice
            && error.InvocationInfo?.MyCommand is CmdletInfo { ImplementingType: { } cmdlet }
            && cmdlet.Assembly == typeof(AsyncCmdlet).Assembly)
        {
            Assert.True(!FindWrongNames(advice, cmdlet).Any(), $"{cmdlet.Name} has no such parameter: {advice}");
        }
    }

    private static bool HasParameter(Type cmdlet, string name) =>
        name is "Confirm" or "WhatIf" or "Verbose" || cmdlet.GetProperties().Any(property =>
            property.IsDefined(typeof(ParameterAttribute), inherit: true)
            && (property.Name == name
                || property.GetCustomAttributes(typeof(AliasAttribute), inherit: true).Cast<AliasAttribute>().Any(alias =>
                    alias.AliasNames.Contains(name))));

    private static string GetName(Type cmdlet)
    {
        var attribute = (CmdletAttribute)Attribute.GetCustomAttribute(cmdlet, typeof(CmdletAttribute))!;
        return $"{attribute.VerbName}-{attribute.NounName}";
    }

    [GeneratedRegex(@"\b[A-Z][A-Za-z]+-[A-Z]\w+|(?<![^\s(])-(?<parameter>[A-Z][A-Za-z]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Term();
}
