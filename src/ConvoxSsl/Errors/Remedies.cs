using System.Globalization;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Errors;

/// <summary>Maps the engine's error codes to what the user can type. The only place where advice names cmdlets and parameters.</summary>
internal static class Remedies
{
    // {0}, {1}, … are the remedy's arguments; by default {0} is the value that the error is about.
    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["AccountNotFound"] = "Create one with New-ConvoxAcmeAccount.",
        ["AddressNotTaken"] = "Add -Profile {0}.",
        ["CertificateNotFound"] = "Get-ConvoxCertificate lists the certificates.",
        ["CertificateNotRevocable"] = "Name the CA with -Issuer, or remove the certificate.",
        ["ChallengeNotOffered"] = "Choose an offered challenge with -Challenge.",
        ["AcmeProblem.accountDoesNotExist"] = "New-ConvoxAcmeAccount creates it.",
        ["AcmeProblem.certificateMismatch"] = "Check that -Issuer is an ACME directory that you trust.",
        ["AcmeProblem.invalidProfile"] = "Name one with -Profile.",
        ["AcmeProblem.malformedAnswer"] = "Check that -Issuer is an ACME directory that you trust.",
        ["AcmeProblem.orderMismatch"] = "Check that -Issuer is an ACME directory that you trust.",
        ["AcmeProblem.untrusted"] = "Give its PEM file with -CaCertificate.",
        ["AcmeProblem.userActionRequired"] = "Run the command again with -AcceptTermsOfService once you have read them.",
        ["ConfirmationNeeded"] = "Add -Confirm:$false.",
        ["ControllerReleased"] = "Update-ConvoxCertificate returns it to cert-manager when it is due, and with -Force at once.",
        ["CopyFailed"] = "To retry, run Publish-ConvoxCertificate.",
        ["DirectoryNotFound"] = "Create the directory first, or choose another path.",
        ["DnsSolverExists"] = "Change it with Set-ConvoxDnsSolver, or choose another id.",
        ["DnsSolverNotFound"] = "Get-ConvoxDnsSolver lists the solvers; Add-ConvoxDnsSolver adds one.",
        ["ExternalAccountRequired"] =
            "Create the account with New-ConvoxAcmeAccount -ExternalAccountKeyId and -ExternalAccountKey, which the CA gives you.",
        ["FileExists.Export"] = "Use -Force to replace it, or another path.",
        ["FileNotFound"] = "Check the path.",
        ["FileNotFound.PemText"] = "Write the text to a file that only you can read, and give its path.",
        ["InvalidCaCertificate"] = "Give the CA's root as a PEM file with -CaCertificate.",
        ["InvalidPath"] = "Give the path of a file in it.",
        ["IssuanceFailed"] = "Fix the cause, then run Update-ConvoxCertificate {0} -Force.",
        ["IssuerNeeded"] = "Name one with -Issuer, such as letsencrypt.",
        ["IssuerNeeded.Controller"] = "Name one with -Issuer, such as {0}.",
        ["NoAddress"] = "Add one that leads to this machine, or validate the name by dns-01: Add-ConvoxDnsSolver.",
        ["NoController"] = "Add -Engine Acme, so that the module itself issues the certificate.",
        ["NoOlderVersion"] = "Choose one of the kept versions with -Version.",
        ["NoStaging"] = "Use -Issuer letsencrypt-staging, or the URL of a test directory.",
        ["NoWaitNotPossible"] = "Omit -NoWait.",
        ["NotDelegable.Key"] = "Omit -{0}, or add -Engine Acme, so that the module itself issues the certificate.",
        ["NotDue"] = "Use -Force to order anyway.",
        ["OrderTimedOut"] = "Run the command again, or Update-ConvoxCertificate.",
        ["OrderTimedOut.Controller"] = "Wait-ConvoxCertificate {0} waits for it.",
        ["OrderTimedOut.Wait"] = "Run Wait-ConvoxCertificate again, or Update-ConvoxCertificate later.",
        ["RetryLater"] = "-Force tries now.",
        ["TermsOfServiceNotAccepted"] = "Read them and add -AcceptTermsOfService.",
        ["UnknownIssuer.Controller"] = "Add -Engine CertManager, or name another issuer with -Issuer.",
        ["UnknownProfile.None"] = "Omit -Profile.",
        ["ValidationPending"] = "Run Wait-ConvoxCertificate, Update-ConvoxCertificate or the same command again after that.",
    };

    /// <summary>Returns the advice as one or more sentences; null if there is none.</summary>
    public static string? Describe(Remedy? remedy)
    {
        if (remedy is null)
        {
            return null;
        }

        var advice = remedy.Text
            ?? (Texts.TryGetValue(remedy.Key, out var text) ? string.Format(CultureInfo.InvariantCulture, text, remedy.Arguments) : null);
        return remedy.Message is null ? advice : advice is null ? remedy.Message : $"{remedy.Message} {advice}";
    }

    /// <summary>Appends the advice to a message, unless the message ends with it.</summary>
    public static string Append(string message, Remedy? remedy) =>
        Describe(remedy) is { } advice && !message.EndsWith(advice, StringComparison.Ordinal) ? $"{message} {advice}" : message;
}
