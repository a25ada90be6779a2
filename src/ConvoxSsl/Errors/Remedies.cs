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
        ["CertificateNotRenewable"] = "Import the new certificate with Import-ConvoxCertificate -Id {0}.",
        ["CertificateOfApp.Renewal"] = "Omit the parameters that change it.",
        ["ConfirmationNeeded"] = "Add -Confirm:$false.",
        ["DirectoryNotFound"] = "Create the directory first, or choose another path.",
        ["FileNotFound"] = "Check the path.",
        ["FileNotFound.Manifest"] = "Give the path of the app's {0}, or of its folder, with -Path.",
        ["FileNotFound.PemText"] = "Write the text to a file that only you can read, and give its path.",
        ["InvalidCaCertificate"] = "Give the CA's root as a PEM file with -CaCertificate.",
        ["InvalidCertificateId.Manifest"] = "Get-ConvoxCertificate lists the ids.",
        ["InvalidPath"] = "Give the path of a file in it.",
        ["InvalidRackDirectory.Volume"] = "Give a directory of the container with -Rack, such as /var/lib/convoxssl.",
        ["InvalidSchedulePath.PowerShell"] = "Give another pwsh with -PowerShellPath.",
        ["IssuerChange"] = "Create a new certificate with New-ConvoxCertificate.",
        ["LimitReached"] = "Run the command again then.",
        ["LimitReached.ExactSet"] = "Until then, use the existing certificate: Get-ConvoxCertificate.",
        ["LimitReached.ExactSet.Trial"] = "Until then, use the existing certificate: Get-ConvoxCertificate. For tests, use -Issuer {0}.",
        ["LimitReached.FailedAuthorizations"] = "Find out first why the validation failed: Test-ConvoxDomain.",
        ["LimitReached.FailedAuthorizations.Trial"] = "Find out first why the validation failed: Test-ConvoxDomain. For tests, use -Issuer {0}.",
        ["LimitReached.RegisteredDomain"] = "Wait, or put several names into one certificate.",
        ["LimitReached.RegisteredDomain.Trial"] = "Wait, or put several names into one certificate. For tests, use -Issuer {0}.",
        ["LimitReached.Trial"] = "Run the command again then. For tests, use -Issuer {0}.",
        ["PowerShellNotFound"] = "Give the path of pwsh with -PowerShellPath.",
        ["RenewalNotRegistered.Location"] = "Get-ConvoxRenewal lists the registrations.",
        ["SchedulerNotFound.Program"] = "Install it, or choose another -Scheduler.",
    };

    /// <summary>The advice as one or more sentences; null if there is none.</summary>
    public static string? Describe(Remedy? remedy) =>
        remedy is null ? null
        : remedy.Text ?? (Texts.TryGetValue(remedy.Key, out var text) ? string.Format(CultureInfo.InvariantCulture, text, remedy.Arguments) : null);

    /// <summary>Appends the advice to a message, unless the message ends with it.</summary>
    public static string Append(string message, Remedy? remedy) =>
        Describe(remedy) is { } advice && !message.EndsWith(advice, StringComparison.Ordinal) ? $"{message} {advice}" : message;
}
