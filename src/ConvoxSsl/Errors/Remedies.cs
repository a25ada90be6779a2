using System.Globalization;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Errors;

/// <summary>Maps the engine's error codes to what the user can type. The only place where advice names cmdlets and parameters.</summary>
internal static class Remedies
{
    // {0}, {1}, … are the remedy's arguments; by default {0} is the value that the error is about.
    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["AcmeProblem.accountDoesNotExist"] = "New-ConvoxAcmeAccount creates it.",
        ["AcmeProblem.certificateMismatch"] = "Check that -Issuer is an ACME directory that you trust.",
        ["AcmeProblem.invalidProfile"] = "Name one with -Profile.",
        ["AcmeProblem.malformedAnswer"] = "Check that -Issuer is an ACME directory that you trust.",
        ["AcmeProblem.orderMismatch"] = "Check that -Issuer is an ACME directory that you trust.",
        ["AcmeProblem.untrusted"] = "Give its PEM file with -CaCertificate.",
        ["AcmeProblem.userActionRequired"] = "Run the command again with -AcceptTermsOfService once you have read them.",
        ["ConfirmationNeeded"] = "Add -Confirm:$false.",
        ["DirectoryNotFound"] = "Create the directory first, or choose another path.",
        ["FileNotFound"] = "Check the path.",
        ["FileNotFound.PemText"] = "Write the text to a file that only you can read, and give its path.",
        ["InvalidCaCertificate"] = "Give the CA's root as a PEM file with -CaCertificate.",
        ["InvalidPath"] = "Give the path of a file in it.",
        ["NothingToChange.Webhook"] = "Give -Url, -Event, -CaCertificate, -Secret or -NewSecret.",
        ["Webhook.NoSecret"] = "Create one with Set-ConvoxWebhook -NewSecret.",
        ["Webhook.Redirect"] = "Give the URL that the redirect leads to with Set-ConvoxWebhook -Url.",
        ["Webhook.Unauthorized"] = "Check that the receiver has this webhook's secret; Set-ConvoxWebhook -NewSecret creates a new one.",
        ["Webhook.Untrusted"] = "If a private CA signed it, give its root with Set-ConvoxWebhook -CaCertificate.",
        ["WebhookDamaged.Url"] = "Set it again with Set-ConvoxWebhook -Url.",
        ["WebhookNotFound"] = "Set one with Set-ConvoxWebhook.",
        ["WebhookUrlNeeded"] = "Give its URL with -Url.",
    };

    /// <summary>The advice as one or more sentences; null if there is none.</summary>
    public static string? Describe(Remedy? remedy) =>
        remedy is null ? null
        : remedy.Text ?? (Texts.TryGetValue(remedy.Key, out var text) ? string.Format(CultureInfo.InvariantCulture, text, remedy.Arguments) : null);

    /// <summary>Appends the advice to a message, unless the message ends with it.</summary>
    public static string Append(string message, Remedy? remedy) =>
        Describe(remedy) is { } advice && !message.EndsWith(advice, StringComparison.Ordinal) ? $"{message} {advice}" : message;
}
