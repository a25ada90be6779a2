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
        ["DnsLookupFailed"] =
            "Check that the name servers of its zone work and that its DNSSEC is valid, or specify other resolvers with "
            + "-DnsServer.",
        ["DnsNotPropagated"] =
            "Check that the zone is delegated to these servers and that they are in sync, allow more time with "
            + "-PropagationTimeout, or use -SkipPropagationCheck if they cannot be reached from here.",
        ["DnsRoleNotAssumable"] =
            "Add this statement to the role's trust policy: {0} (if the policy requires an external id, give it to the "
            + "solver with -ExternalId). Add this one to the caller's own policy: {1}",
        ["DnsRoleNotAssumable.WithExternalId"] =
            "Add this statement to the role's trust policy: {0} (the external id must be the one that the policy "
            + "requires). Add this one to the caller's own policy: {1}",
        ["DnsServerUnreachable"] =
            "Check the network and that port 53 is open for UDP and TCP, or specify other servers with -DnsServer or "
            + "CONVOXSSL_DNS_SERVERS.",
        ["DnsServerUnreachable.NoAddress"] = "Check its name, or specify its address with -DnsServer or CONVOXSSL_DNS_SERVERS.",
        ["DnsServerUnreachable.NoServer"] = "Specify one with -DnsServer or CONVOXSSL_DNS_SERVERS.",
        ["DnsZoneNotFound.Ambiguous"] = "Specify the one to use with -HostedZoneId.",
        ["DnsZoneNotFound.ById"] = "Check -HostedZoneId, and that the credentials or the role belong to the account that has the zone.",
        ["DnsZoneNotFound.ByName"] =
            "Create one, use the credentials or the role of the account that has it, or specify its id with "
            + "-HostedZoneId.",
        ["FileNotFound"] = "Check the path.",
        ["FileNotFound.PemText"] = "Write the text to a file that only you can read, and give its path.",
        ["InvalidCaCertificate"] = "Give the CA's root as a PEM file with -CaCertificate.",
        ["InvalidCredential.Both"] = "Use -ApiToken alone, or -ApiKey with -Email.",
        ["InvalidCredential.EmailWithToken"] = "Leave out -Email.",
        ["InvalidCredential.Missing"] = "Use -ApiToken or -ApiTokenSecret, or -ApiKey or -ApiKeySecret with -Email.",
        ["InvalidCredential.NoEmail"] = "Add -Email, or use an API token with -ApiToken.",
        ["InvalidDnsZone.Missing"] = "Specify at least one with -DnsZone, such as example.org.",
        ["InvalidPath"] = "Give the path of a file in it.",
        ["ListenerFailed"] = "Check -HttpAddress.",
        ["NoDnsSolver"] = "Add one with Add-ConvoxDnsSolver -DnsZone {0}, or use another -Challenge.",
        ["PortDenied"] = "Run with more privileges, use a port above 1023 (-HttpPort or -TlsPort) and forward to it, or use -WebRoot.",
        ["PortInUse"] =
            "Let that program respond to the challenge (-WebRoot with its root directory), or listen on another port "
            + "(-HttpPort or -TlsPort) and forward to it.",
        ["VaultFailed"] = "Test it: Get-Secret {0}{1}",
        ["VaultLocked"] =
            "Unlock it first with Unlock-SecretVault, or use a vault that opens without interaction, such as SecretStore "
            + "with -Authentication None and -Interaction None.",
        ["VaultNotInstalled"] =
            "Install it with Install-PSResource Microsoft.PowerShell.SecretManagement, for the user that runs this, "
            + "together with the vault's module.",
        ["VaultSecretInvalid"] = "Store it again with Set-Secret.",
        ["VaultSecretNotFound"] =
            "Get-SecretInfo{0} lists the secrets, Get-SecretVault the vaults of this user. Store it with Set-Secret, or "
            + "specify another with Set-ConvoxDnsSolver.",
        ["WildcardNeedsDns"] = "Add one with Add-ConvoxDnsSolver -DnsZone {0}, or list the hosts one by one.",
        ["WildcardNeedsDns.Challenge"] =
            "Leave out -Challenge and add a DNS solver with Add-ConvoxDnsSolver -DnsZone {0}, or list the hosts one by "
            + "one.",
    };

    /// <summary>The advice as one or more sentences; null if there is none.</summary>
    public static string? Describe(Remedy? remedy) =>
        remedy is null ? null
        : remedy.Text ?? (Texts.TryGetValue(remedy.Key, out var text) ? string.Format(CultureInfo.InvariantCulture, text, remedy.Arguments) : null);

    /// <summary>Appends the advice to a message, unless the message ends with it.</summary>
    public static string Append(string message, Remedy? remedy) =>
        Describe(remedy) is { } advice && !message.EndsWith(advice, StringComparison.Ordinal) ? $"{message} {advice}" : message;
}
