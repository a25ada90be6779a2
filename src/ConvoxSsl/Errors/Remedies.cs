using System.Globalization;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Errors;

/// <summary>Maps the engine's error codes to what the user can type. The only place where advice names cmdlets and parameters.</summary>
internal static class Remedies
{
    // {0}, {1}, … are the remedy's arguments; by default {0} is the value that the error is about.
    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["ConfirmationNeeded"] = "Add -Confirm:$false.",
        ["DirectoryNotFound"] = "Create the directory first, or choose another path.",
        ["FileNotFound"] = "Check the path.",
        ["FileNotFound.PemText"] = "Write the text to a file that only you can read, and give its path.",
        ["InvalidPath"] = "Give the path of a file in it.",
    };

    /// <summary>The advice as one or more sentences; null if there is none.</summary>
    public static string? Describe(Remedy? remedy) =>
        remedy is null ? null
        : remedy.Text ?? (Texts.TryGetValue(remedy.Key, out var text) ? string.Format(CultureInfo.InvariantCulture, text, remedy.Arguments) : null);

    /// <summary>Appends the advice to a message, unless the message ends with it.</summary>
    public static string Append(string message, Remedy? remedy) =>
        Describe(remedy) is { } advice && !message.EndsWith(advice, StringComparison.Ordinal) ? $"{message} {advice}" : message;
}
