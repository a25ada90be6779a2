using System.Globalization;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Errors;

/// <summary>Maps the engine's error codes to remedies. This is the only place where remedies name cmdlets and parameters.</summary>
internal static class Remedies
{
    // {0}, {1} and so on are the remedy's arguments. By default, {0} is the value in the error.
    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["AccountNotFound"] = "Create one with New-ConvoxAcmeAccount.",
        ["AcmeProblem.accountDoesNotExist"] = "New-ConvoxAcmeAccount creates it.",
        ["AcmeProblem.certificateMismatch"] = "Check that -Issuer is an ACME directory that you trust.",
        ["AcmeProblem.invalidProfile"] = "Use -Profile.",
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
        ["CronJobNotInstalled"] = "To show it, use 'kubectl get cronjob'. To remove it, use 'kubectl delete' with its manifest.",
        ["DirectoryNotFound"] = "Create the directory first, or choose another path.",
        ["DnsScriptFailed"] = "Run the script manually with a name and a value, then change it with Set-ConvoxDnsSolver.",
        ["FileExists.OutFile"] = "Give another -OutFile, or remove the file.",
        ["FileNotFound"] = "Check the path.",
        ["FileNotFound.PemText"] = "Write the text to a file that only you can read, and give its path.",
        ["ImageNeeded"] = "Give -Image, and for a local rack -VolumeClaim.",
        ["InvalidCaCertificate"] = "Give the CA's root as a PEM file with -CaCertificate.",
        ["InvalidCertificateId"] = "Get-ConvoxCertificate lists the ids.",
        ["InvalidDuration.Delegated"] = "Specify a longer -Duration, or add -Engine Acme to use the module's own engine.",
        ["InvalidExternalAccount.Incomplete"] = "Give both -ExternalAccountKeyId and -ExternalAccountKey.",
        ["InvalidParameters.App"] = "Give the ID of the certificate with -Id.",
        ["InvalidParameters.AwsIdentity"] = "Remove -ProfileName and -Region, or add -Rack local.",
        ["InvalidParameters.MissingSetting"] = "Add -{0}.",
        ["InvalidParameters.PemPassword"] = "Remove -Password, or give a path that ends in .pfx or .p12.",
        ["InvalidParameters.PfxKeyPath"] = "Remove -KeyPath and -ChainPath.",
        ["InvalidParameters.PluginArgs"] = "Give either -PluginArgs or -PluginArgsSecret.",
        ["InvalidParameters.Vault"] = "Add -ApiTokenSecret, -ApiKeySecret or -PluginArgsSecret, or remove -Vault.",
        ["InvalidPath"] = "Give the path of a file in it.",
        ["InvalidTimeSpan"] = "Give -Within a positive time.",
        ["KubeConfigNotFound"] = "Specify it with -KubeConfig.",
        ["KubeConfigNotFound.Variable"] = "Check the variable, or specify -KubeConfig.",
        ["NamespaceNotFound"] = "Check the rack's name and the context, or specify -Namespace.",
        ["NoApps"] = "Connect to a Kubernetes rack with Connect-ConvoxRack -Name.",
        ["NoAwsRole"] = "Use the user's ARN in the trust policy, or sign in with a role.",
        ["NoCertManager"] = "Install cert-manager, or add -Engine Acme to use the module's own engine.",
        ["NoCertificate"] = "Pipe objects from Get-ConvoxCertificate, or give an ID.",
        ["NoCertificateProposed"] = "Give a certificate with -Certificate, or issue one with New-ConvoxCertificate.",
        ["NoCronJob"] = "Remove the parameters for a CronJob, or remove -Scheduler.",
        ["NoDnsRole"] = "Add it, or use -Rack local for the role of your own AWS identity.",
        ["NoVolumeClaim"] = "Remove -VolumeClaim.",
        ["NotDelegable"] = "Add -Engine Acme to use the module's own engine.",
        ["NotDelegable.Setting"] = "Omit -{0}, or add -Engine Acme to use the module's own engine.",
        ["NotPrivileged"] = "Run PowerShell as root or an administrator, or remove -System.",
        ["NotPublished"] = "Fix the cause, then run Publish-ConvoxCertificate again.",
        ["NothingToChange.Account"] = "Give -Contact or -NewKey.",
        ["NothingToChange.DnsSolver"] = "Give -DnsZone, or a setting of the provider.",
        ["OtherProvider"] = "Remove the solver with Remove-ConvoxDnsSolver and add it again.",
        ["PasswordNeeded"] = "Add -Password.",
        ["PrivateKeyNeeded"] = "Give the PEM file of the private key with -KeyPath.",
        ["ProviderNeeded"] = "For Route53, give -HostedZoneId, -Role or -Region; for Cloudflare, -ApiToken, -ApiTokenSecret, or "
            + "-ApiKey with -Email; for other providers, -PoshAcmePlugin, or -Present with -CleanUp.",
        ["RackAmbiguous"] = "Use the object from Connect-ConvoxRack as -Rack, or use a separate session for each rack.",
        ["RackNotFound"] = "Connect it with Connect-ConvoxRack -Name {0}, or give a directory such as ./{0}, or 'local'.",
        ["RegionNeeded"] = "Specify -Region, such as eu-west-1.",
        ["RenewalNotRegistered"] = "For another rack or the whole machine, use Get-ConvoxRenewal with -Rack or -System.",
        ["SchedulerNotFound.Any"] = "Install cron, or give -Scheduler to see the error of a scheduler.",
        ["SecretDamaged.DnsSolver"] = "Store the credential again with Set-ConvoxDnsSolver.",
        ["SecretDamaged.PluginArgs"] = "Set them again with Set-ConvoxDnsSolver -PluginArgs.",
        ["SecretDamaged.Webhook"] = "Store it again with Set-ConvoxWebhook.",
        ["SeveralCertificates"] = "Select one, such as with Get-ConvoxCertificate -Id.",
        ["SolverNotSupported.Restore"] = "Issue with -Engine Acme, which can use the solver.",
        ["SolversDamaged.Backup"] = "Correct it, or delete the Secret and store the credentials again with Set-ConvoxDnsSolver.",
        ["TooManyNames"] = "Split them over several certificates, or add -Engine Acme to use the module's own engine.",
        ["VolumeClaimNeeded"] = "Give -VolumeClaim, or connect to a Kubernetes rack with Connect-ConvoxRack -Name.",
        ["WebhookDamaged"] = "Remove it with Remove-ConvoxWebhook and set the webhook again.",
    };

    /// <summary>Returns a remedy as one or more sentences; null if there is none.</summary>
    public static string? Describe(Remedy? remedy) =>
        remedy is null ? null
        : remedy.Text is { } text ? text
        : Texts.TryGetValue(remedy.Key, out var format) ? string.Format(CultureInfo.InvariantCulture, format, remedy.Arguments)
        : null;

    /// <summary>Appends a remedy to a message, unless the message ends with it.</summary>
    public static string Append(string message, Remedy? remedy) =>
        Describe(remedy) is { } text && !message.EndsWith(text, StringComparison.Ordinal) ? $"{message} {text}" : message;
}
