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
        ["AcmeProblem.accountDoesNotExist"] = "New-ConvoxAcmeAccount creates it.",
        ["AcmeProblem.certificateMismatch"] = "Check that -Issuer is an ACME directory that you trust.",
        ["AcmeProblem.invalidProfile"] = "Name one with -Profile.",
        ["AcmeProblem.malformedAnswer"] = "Check that -Issuer is an ACME directory that you trust.",
        ["AcmeProblem.orderMismatch"] = "Check that -Issuer is an ACME directory that you trust.",
        ["AcmeProblem.untrusted"] = "Give its PEM file with -CaCertificate.",
        ["AcmeProblem.userActionRequired"] = "Run the command again with -AcceptTermsOfService once you have read them.",
        ["CertificateDamaged.Secret"] = "Restore it from a backup, or remove it with Remove-ConvoxCertificate {0} and import or issue it "
            + "again; until then 'convox certs' fails too.",
        ["CertificateNameTaken"] = "Remove that Certificate, or add -Engine Acme to use the module's own engine.",
        ["CertificateNotFound"] = "Get-ConvoxCertificate lists the certificates.",
        ["CertificateNotFound.NotIssued"] = "Get-ConvoxCertificate -Id {0} shows its status.",
        ["CertificateOfApp"] = "Use Update-ConvoxCertificate to renew it in the app's namespace.",
        ["ClusterConflict.Certificate"] = "Check it with Get-ConvoxCertificate, and try again.",
        ["ClusterForbidden"] = "docs/rbac.md lists the permissions that each cmdlet needs.",
        ["ClusterUnauthorized"] = "Sign in again, or choose another user with -KubeConfig or -Context.",
        ["ClusterUnreachable"] = "Check the network, the VPN, and the context (-Context) of the kubeconfig.",
        ["ConfirmationNeeded"] = "Add -Confirm:$false.",
        ["ContextNotFound"] = "Specify one with -Context.",
        ["DirectoryNotFound"] = "Create the directory first, or choose another path.",
        ["FileNotFound"] = "Check the path.",
        ["FileNotFound.PemText"] = "Write the text to a file that only you can read, and give its path.",
        ["InvalidCaCertificate"] = "Give the CA's root as a PEM file with -CaCertificate.",
        ["InvalidCertificateId"] = "Get-ConvoxCertificate lists the ids.",
        ["InvalidDuration.Delegated"] = "Specify a longer -Duration, or add -Engine Acme to use the module's own engine.",
        ["InvalidPath"] = "Give the path of a file in it.",
        ["KubeConfigNotFound"] = "Specify it with -KubeConfig.",
        ["KubeConfigNotFound.Variable"] = "Check the variable, or specify -KubeConfig.",
        ["NamespaceNotFound"] = "Check the rack's name and the context, or specify -Namespace.",
        ["NoCertManager"] = "Install cert-manager, or add -Engine Acme to use the module's own engine.",
        ["NoDnsRole"] = "Add it, or use -Rack local for the role of your own AWS identity.",
        ["NotDelegable"] = "Add -Engine Acme to use the module's own engine.",
        ["NotDelegable.Setting"] = "Omit -{0}, or add -Engine Acme to use the module's own engine.",
        ["RegionNeeded"] = "Specify -Region, such as eu-west-1.",
        ["SecretDamaged.DnsSolver"] = "Store the credential again with Set-ConvoxDnsSolver.",
        ["SecretDamaged.Webhook"] = "Store it again with Set-ConvoxWebhook.",
        ["SolversDamaged.Backup"] = "Correct it, or delete the Secret and store the credentials again with Set-ConvoxDnsSolver.",
        ["TooManyNames"] = "Split them over several certificates, or add -Engine Acme to use the module's own engine.",
        ["WebhookDamaged"] = "Remove it with Remove-ConvoxWebhook and set the webhook again.",
    };

    /// <summary>The advice as one or more sentences; null if there is none.</summary>
    public static string? Describe(Remedy? remedy) =>
        remedy is null ? null
        : remedy.Text ?? (Texts.TryGetValue(remedy.Key, out var text) ? string.Format(CultureInfo.InvariantCulture, text, remedy.Arguments) : null);

    /// <summary>Appends the advice to a message, unless the message ends with it.</summary>
    public static string Append(string message, Remedy? remedy) =>
        Describe(remedy) is { } advice && !message.EndsWith(advice, StringComparison.Ordinal) ? $"{message} {advice}" : message;
}
