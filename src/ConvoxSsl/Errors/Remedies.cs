using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Errors;

/// <summary>Maps the engine's error codes to remedies. This is the only place where remedies name cmdlets and parameters.</summary>
internal static partial class Remedies
{
    // {0}, {1} and so on are the remedy's arguments. By default, {0} is the value in the error. The cmdlet in brackets is named only
    // if the running cmdlet does not have the parameter that follows.
    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["AccountNotFound"] = "Get-ConvoxAcmeAccount lists the accounts of this rack, and New-ConvoxAcmeAccount creates one.",
        ["AcmeProblem.about:blank"] =
            "Check that [Update-ConvoxCertificate ]-Issuer is the URL of an ACME directory. If it is, try again later.",
        ["AcmeProblem.accountDoesNotExist"] = "To create it, use New-ConvoxAcmeAccount.",
        ["AcmeProblem.certificateMismatch"] = "Check that [Update-ConvoxCertificate ]-Issuer is an ACME directory that you trust.",
        ["AcmeProblem.invalidProfile"] = "Give its name with [Update-ConvoxCertificate ]-Profile.",
        ["AcmeProblem.malformedAnswer"] = "Check that [Update-ConvoxCertificate ]-Issuer is an ACME directory that you trust.",
        ["AcmeProblem.orderMismatch"] = "Check that [Update-ConvoxCertificate ]-Issuer is an ACME directory that you trust.",
        ["AcmeProblem.unreachable"] = "Check the address, the network and any proxy.",
        ["AcmeProblem.untrusted"] = "For a private CA, pass its root certificate (PEM) with [Update-ConvoxCertificate ]-CaCertificate.",
        ["AcmeProblem.userActionRequired"] = "After reading them, use [Update-ConvoxCertificate ]-AcceptTermsOfService.",
        ["AddressNotTaken"] = "Add -Profile {0}.",
        ["CertificateDamaged.Secret"] = "Restore it from a backup, or remove it with Remove-ConvoxCertificate {0} and import or issue it "
            + "again; until then 'convox certs' fails too.",
        ["CertificateDamaged.Unusable"] =
            "Replace it with Update-ConvoxCertificate {0} -Force if a CA issued it, otherwise with Import-ConvoxCertificate -Id {0}.",
        ["CertificateNameTaken"] = "Remove that Certificate, or add -Engine Acme to use the module's own engine.",
        ["CertificateNotFound"] = "Get-ConvoxCertificate lists the certificates.",
        ["CertificateNotFound.Empty"] = "Check the rack (-Rack), or issue a certificate with New-ConvoxCertificate.",
        ["CertificateNotFound.Failed"] = "Fix the cause, then run Update-ConvoxCertificate {0} -Force.",
        ["CertificateNotFound.NotIssued"] =
            "Get-ConvoxCertificate -Id {0} shows its status, and Wait-ConvoxCertificate {0} waits until it is issued.",
        ["CertificateNotFound.Pending"] = "Get-ConvoxCertificate -Id {0} shows its status.",
        ["CertificateNotFound.Version"] = "Choose one of them with -Version.",
        ["CertificateNotRenewable"] = "Import the new certificate with Import-ConvoxCertificate -Id {0}.",
        ["CertificateNotRevocable"] = "Name the CA with -Issuer, or remove the certificate.",
        ["CertificateNotRevocable.SelfSigned"] = "If it must not be used any longer, remove it with Remove-ConvoxCertificate {0}.",
        ["CertificateOfApp"] = "Use Update-ConvoxCertificate to renew it in the app's namespace.",
        ["CertificateOfApp.Renewal"] = "Omit the parameters that change it.",
        ["ChainNotServed"] = "Configure the server to send the whole chain: fullchain.pem instead of cert.pem.",
        ["ChallengeNotOffered"] = "Choose an offered challenge with [Update-ConvoxCertificate ]-Challenge.",
        ["ClusterConflict.Certificate"] = "Check it with Get-ConvoxCertificate, and try again.",
        ["ClusterForbidden"] = "The permissions that each cmdlet needs are in docs/rbac.md.",
        ["ClusterRefused.Immutable"] =
            "Create it again without this setting: '(kubectl get secret {0} --namespace {1} --output yaml) -notmatch \"^immutable:\" | "
            + "kubectl replace --force --filename -'.",
        ["ClusterUnauthorized"] = "Sign in again, or choose another user with [Connect-ConvoxRack ]-KubeConfig or -Context.",
        ["ClusterUnreachable"] = "Check the network, the VPN, and the context of the kubeconfig ([Connect-ConvoxRack ]-Context).",
        ["CommandNotFound"] =
            "Give a program and its arguments as a list, such as [Set-ConvoxCertificateTarget ]-Command postfix, reload.",
        ["ConfirmationNeeded"] = "Add -Confirm:$false.",
        ["ContextNotFound"] = "Specify one with [Connect-ConvoxRack ]-Context.",
        ["ControllerFault"] = "Update cert-manager. Until then, the module's own engine issues names of this solver by default.",
        ["ControllerFault.Requested"] = "Update cert-manager, or use [Update-ConvoxCertificate ]-Engine Acme.",
        ["ControllerReleased"] = "Update-ConvoxCertificate returns it to cert-manager when it is due, and with -Force at once.",
        ["CopyFailed"] = "To retry, run Publish-ConvoxCertificate.",
        ["CronJobNotInstalled"] =
            "To show it, use Get-ConvoxRenewal with its -Namespace. To remove it, use 'kubectl delete' with its manifest.",
        ["DirectoryNotFound"] = "Create the directory first, or choose another path.",
        ["DnsLookupFailed"] =
            "Check that the name servers of its zone work and that its DNSSEC is valid, or specify other resolvers with "
            + "[Update-ConvoxCertificate ]-DnsServer.",
        ["DnsNotPropagated"] =
            "Check that the zone is delegated to these servers and that they are in sync, allow more time with "
            + "[Update-ConvoxCertificate ]-PropagationTimeout, or use [Update-ConvoxCertificate ]-SkipPropagationCheck if they "
            + "cannot be reached from here.",
        ["DnsRoleNotAssumable"] =
            "Add this statement to the role's trust policy: {0} (if the policy requires an external id, give it to the "
            + "solver with [Set-ConvoxDnsSolver ]-ExternalId). Add this one to the caller's own policy: {1}",
        ["DnsRoleNotAssumable.WithExternalId"] =
            "Add this statement to the role's trust policy: {0} (the external id must be the one that the policy "
            + "requires). Add this one to the caller's own policy: {1}",
        ["DnsScriptFailed"] = "Run the script manually with a name and a value, then change it with Set-ConvoxDnsSolver.",
        ["DnsServerUnreachable"] =
            "Check the network and that port 53 is open for UDP and TCP, or specify other servers with "
            + "[Update-ConvoxCertificate ]-DnsServer or CONVOXSSL_DNS_SERVERS.",
        ["DnsServerUnreachable.NoAddress"] =
            "Check its name, or specify its address with [Update-ConvoxCertificate ]-DnsServer or CONVOXSSL_DNS_SERVERS.",
        ["DnsServerUnreachable.NoServer"] = "Specify one with [Update-ConvoxCertificate ]-DnsServer or CONVOXSSL_DNS_SERVERS.",
        ["DnsSolverExists"] = "Change it with Set-ConvoxDnsSolver, or choose another id.",
        ["DnsSolverNotFound"] = "Get-ConvoxDnsSolver lists the solvers; Add-ConvoxDnsSolver adds one.",
        ["DnsZoneNotFound.Ambiguous"] = "Specify the one to use with [Set-ConvoxDnsSolver ]-HostedZoneId.",
        ["DnsZoneNotFound.ById"] =
            "Check [Set-ConvoxDnsSolver ]-HostedZoneId, and that the credentials or the role belong to the account that has the zone.",
        ["DnsZoneNotFound.ByName"] =
            "Create one, use the credentials or the role of the account that has it, or specify its id with "
            + "[Set-ConvoxDnsSolver ]-HostedZoneId.",
        ["Endpoint.Chain"] =
            "Configure the server to send the whole chain: fullchain.pem instead of cert.pem. If the issuer is the root of a private CA, "
            + "give its certificate with -CaCertificate.",
        ["Endpoint.Expired"] = "Renew it with Update-ConvoxCertificate {0}, and reload the server.",
        ["Endpoint.ExpiredElsewhere"] = "Renew it where it was issued, or issue one with New-ConvoxCertificate.",
        ["Endpoint.Name"] =
            "Give the name that clients use with -ServerName, or issue a certificate for {0} with New-ConvoxCertificate.",
        ["Endpoint.OtherCertificate"] = "Configure the server to use {0}, and check that the name leads to this server.",
        ["Endpoint.Outdated"] =
            "Reload the server. If it does not read the files of the rack, write them first with Export-ConvoxCertificate {0} -Force.",
        ["Endpoint.Revoked"] = "Replace it with Update-ConvoxCertificate {0} -Force, and reload the server.",
        ["Endpoint.Untrusted"] = "If a private CA issued it, give the certificate of its root with -CaCertificate.",
        ["ExternalAccountRequired"] =
            "Create the account with New-ConvoxAcmeAccount -ExternalAccountKeyId and -ExternalAccountKey, which the CA gives you.",
        ["FileExists.Export"] = "Use -Force to replace it, or another path.",
        ["FileExists.OutFile"] = "Give another -OutFile, or remove the file.",
        ["FileNotFound"] = "Check the path.",
        ["FileNotFound.Manifest"] = "Give the path of the app's {0}, or of its folder, with -Path.",
        ["FileNotFound.PemText"] = "Write the text to a file that only you can read, and give its path.",
        ["ImageNeeded"] = "Give -Image, and for a local rack -VolumeClaim.",
        ["InvalidCaCertificate"] = "Give the CA's root as a PEM file with -CaCertificate.",
        ["InvalidCertificateId"] = "Get-ConvoxCertificate lists the ids.",
        ["InvalidCertificateId.NoRack"] = "Give the whole ID, such as cert-eb0dbb3418283986bfdba3fa8ace1d2a14355b9a, or another -Rack.",
        ["InvalidCredential.Both"] = "Use -ApiToken alone, or -ApiKey with -Email.",
        ["InvalidCredential.EmailWithToken"] = "Leave out -Email.",
        ["InvalidCredential.Missing"] = "Use -ApiToken or -ApiTokenSecret, or -ApiKey or -ApiKeySecret with -Email.",
        ["InvalidCredential.NoEmail"] = "Add -Email, or use an API token with -ApiToken.",
        ["InvalidDnsZone.Missing"] = "Specify at least one with -DnsZone, such as example.org.",
        ["InvalidDuration.Delegated"] = "Specify a longer -Duration, or add -Engine Acme to use the module's own engine.",
        ["InvalidExternalAccount.Incomplete"] = "Give both -ExternalAccountKeyId and -ExternalAccountKey.",
        ["InvalidExportPath.Certificate"] =
            "To export both certificates, separate them by a comma and give a directory with -Path. To export to a path with that name, "
            + "give ./{0}.",
        ["InvalidExportPath.Directory"] = "Give a directory, or another -Format.",
        ["InvalidExportPath.File"] =
            "Give a directory, or add -Format CombinedPem for one file with key and certificates, or another -Format.",
        ["InvalidExportPath.Format"] = "Give a path that ends in {0}, or another -Format.",
        ["InvalidExportPath.Racks"] = "Export those of each rack separately.",
        ["InvalidExportPath.Several"] = "Give a directory, in which each certificate gets its own, or select one certificate.",
        ["InvalidParameters.App"] = "Select a certificate with -Id or -Domain.",
        ["InvalidParameters.AwsIdentity"] = "Remove -ProfileName and -Region, or add -Rack local.",
        ["InvalidParameters.ExportPath"] = "To export to that path, name it: Export-ConvoxCertificate -Path {0}.",
        ["InvalidParameters.IdAndDomain"] = "Leave out one of them. A domain is also a valid -Id, such as -Id www.example.org.",
        ["InvalidParameters.MissingSetting"] = "Add -{0}.",
        ["InvalidParameters.KeyPassword"] = "Add -KeyPath, or remove -Password.",
        ["InvalidParameters.NoExportPath"] =
            "Give a directory or a PFX file, such as Export-ConvoxCertificate www.example.org -Path ./site.",
        ["InvalidParameters.NoRackName"] = "Give the name with -Name, such as Connect-ConvoxRack -Name production.",
        ["InvalidParameters.Page"] = "Leave out -Width and -Ascii, or -Html.",
        ["InvalidParameters.PemPassword"] = "Remove -Password, or add -Format Pfx.",
        ["InvalidParameters.PfxKeyPath"] = "Remove -KeyPath and -ChainPath.",
        ["InvalidParameters.Pipeline"] =
            "Leave out the one or the other, such as Get-ConvoxCertificate -Domain *.example.org | Update-ConvoxCertificate.",
        ["InvalidParameters.PluginArgs"] = "Give either -PluginArgs or -PluginArgsSecret.",
        ["InvalidParameters.Providers"] = "Leave out the settings of one provider. For both, use a solver for each.",
        ["InvalidParameters.RackName"] = "Give the name with -Name: Connect-ConvoxRack -Name {0}.",
        ["InvalidParameters.RackPath"] = "Leave out the directory, or -Name.",
        ["InvalidParameters.RemoveCertificate"] = "Leave out the certificate, or -Remove.",
        ["InvalidParameters.RestoreVersion"] = "To restore that version, name it: Restore-ConvoxCertificate -Version {0}.",
        ["InvalidParameters.Script"] = "Begin the script of -{0} with param($Name, $Value).",
        ["InvalidParameters.Secret"] = "Leave out -Secret or -NewSecret.",
        ["InvalidParameters.SigningRequest"] = "Leave out -Domain, -KeyPath and -Password, or -CertificateSigningRequest.",
        ["InvalidParameters.TargetCertificate"] = "Give the certificate, or its name with -Domain.",
        ["InvalidParameters.TargetEndpoint"] = "Add -Endpoint.",
        ["InvalidParameters.TargetKey"] = "Add -KeyPath, or give a directory with -Path.",
        ["InvalidParameters.TargetOneFile"] = "Leave out -KeyPath and -ChainPath, or -Format.",
        ["InvalidParameters.TargetPath"] = "Give a directory with -Path, or single files with -CertificatePath and -KeyPath.",
        ["InvalidParameters.TargetPaths"] = "Leave out -Path, or -CertificatePath, -KeyPath and -ChainPath.",
        ["InvalidParameters.TargetSameFile"] =
            "Give each file its own path, or use -Path with -Format CombinedPem for one file with certificate and key.",
        ["InvalidParameters.TargetDirectory"] = "Give the directory with -Path.",
        ["InvalidParameters.TargetPattern"] = "Give a directory with -Path, in which each certificate gets its own files.",
        ["InvalidParameters.TargetReload"] = "Leave out -Service, or -Command.",
        ["InvalidParameters.TargetRestart"] = "Add -Service, or leave out -Restart.",
        ["InvalidParameters.TargetScript"] = "Leave out -Script, or the parameters for files and reload.",
        ["InvalidParameters.TargetScriptParameters"] = "Begin the script with param($Certificate, $Path).",
        ["InvalidParameters.Vault"] = "Add -ApiTokenSecret, -ApiKeySecret or -PluginArgsSecret, or remove -Vault.",
        ["InvalidPfx.Password"] = "Add -Password.",
        ["InvalidPrivateKey.Encrypted"] = "Add -Password.",
        ["InvalidPrivateKey.Swapped"] = "Are the two paths swapped? '{0}' contains the key.",
        ["InvalidRackDirectory.Volume"] = "Give a directory of the container with -Rack, such as /var/lib/convoxssl.",
        ["InvalidSchedulePath.PowerShell"] = "Give another pwsh with -PowerShellPath.",
        ["InvalidTimeSpan"] = "Give -Within a positive time.",
        ["IssuanceFailed"] = "Fix the cause, then run Update-ConvoxCertificate {0} -Force.",
        ["IssuanceFailed.Controller"] = "Update cert-manager, or run Update-ConvoxCertificate {0} -Engine Acme -Force.",
        ["IssuerChange"] = "Create a new certificate with New-ConvoxCertificate.",
        ["IssuerNeeded"] = "Name one with -Issuer, such as letsencrypt.",
        ["IssuerNeeded.Controller"] = "Name one with -Issuer, such as {0}.",
        ["KeyExposed"] = "Use a mode such as 0640 with -Group, or add -Force.",
        ["KeyExposed.Target"] = "To change that, use Set-ConvoxCertificateTarget with -Mode 0600.",
        ["KeyMismatch.Export"] =
            "Issue it again with Update-ConvoxCertificate -Force, or import another with Import-ConvoxCertificate -Id.",
        ["KubeConfigNotFound"] = "Specify it with [Connect-ConvoxRack ]-KubeConfig.",
        ["KubeConfigNotFound.Variable"] = "Check the variable, or specify [Connect-ConvoxRack ]-KubeConfig.",
        ["LimitReached"] = "Run the command again after that time.",
        ["LimitReached.ExactSet"] = "Until then, use the existing certificate, which Get-ConvoxCertificate shows.",
        ["LimitReached.ExactSet.Trial"] =
            "Until then, use the existing certificate, which Get-ConvoxCertificate shows. For tests, use "
            + "[New-ConvoxCertificate ]-Issuer {0}.",
        ["LimitReached.FailedAuthorizations"] = "Find out first why the validation failed: Test-ConvoxDomain.",
        ["LimitReached.FailedAuthorizations.Trial"] =
            "Find out first why the validation failed: Test-ConvoxDomain. For tests, use [New-ConvoxCertificate ]-Issuer {0}.",
        ["LimitReached.RegisteredDomain"] = "Wait, or put several names into one certificate.",
        ["LimitReached.RegisteredDomain.Trial"] =
            "Wait, or put several names into one certificate. For tests, use [New-ConvoxCertificate ]-Issuer {0}.",
        ["LimitReached.Trial"] = "Run the command again after that time. For tests, use [New-ConvoxCertificate ]-Issuer {0}.",
        ["ListenerFailed"] = "Check [Update-ConvoxCertificate ]-HttpAddress.",
        ["NamespaceNotFound"] = "Check the rack's name and the context, or specify [Connect-ConvoxRack ]-Namespace.",
        ["NoAddress"] = "Add one that leads to this machine, or validate the name by dns-01: Add-ConvoxDnsSolver.",
        ["NoApps"] = "Add a target with Add-ConvoxCertificateTarget, or connect to a Kubernetes rack with Connect-ConvoxRack -Name.",
        ["NoAwsRole"] = "Use the user's ARN in the trust policy, or sign in with a role.",
        ["NoCertManager"] = "Install cert-manager, or use [Update-ConvoxCertificate ]-Engine Acme for the module's own engine.",
        ["NoCertificate"] = "Pipe objects from Get-ConvoxCertificate, or give an ID.",
        ["NoCertificateProposed"] = "Give a certificate with -Certificate, or issue one with New-ConvoxCertificate.",
        ["NoController"] = "Add -Engine Acme, so that the module itself issues the certificate.",
        ["NoCronJob"] = "Remove the parameters for a CronJob, or remove -Scheduler.",
        ["NoDnsRole"] = "Add it, or use -Rack local for the role of your own AWS identity.",
        ["NoDnsSolver"] =
            "Add one with Add-ConvoxDnsSolver -DnsZone {0}, or choose another challenge with [Update-ConvoxCertificate ]-Challenge.",
        ["NoOlderVersion"] = "Choose one of the kept versions with -Version.",
        ["NoStaging"] = "Use -Issuer letsencrypt-staging, or the URL of a test directory.",
        ["NoVolumeClaim"] = "Remove -VolumeClaim.",
        ["NoWaitNotPossible"] = "Omit -NoWait.",
        ["NotDelegable"] = "Add -Engine Acme to use the module's own engine.",
        ["NoPrivateKey.Export"] = "Use -Format Pem, Pkcs7 or Der.",
        ["NotDelegable.Setting"] = "Omit -{0}, or add -Engine Acme to use the module's own engine.",
        ["NotDelivered"] = "The first Update-ConvoxCertificate after {1} tries again. To retry now, use Publish-ConvoxCertificate {0}.",
        ["NotDelivered.Test"] = "To deliver it now, use Publish-ConvoxCertificate {0}.",
        ["NotDue"] = "Use -Force to order anyway.",
        ["NotPrivileged"] = "Run PowerShell as root or an administrator, or remove -System.",
        ["NotPublished"] = "Fix the cause, then run Publish-ConvoxCertificate again.",
        ["NothingToChange.Account"] = "Give -Contact or -NewKey.",
        ["NothingToChange.DnsSolver"] = "Give -DnsZone, or a setting of the provider.",
        ["NothingToChange.Target"] = "Give -Path, -Format, -Owner, -Group, -Mode, -Service, -Command, or another setting.",
        ["NothingToChange.Webhook"] = "Give -Url, -Event, -CaCertificate, -Secret or -NewSecret.",
        ["OrderTimedOut"] = "To resume the order now, use Wait-ConvoxCertificate {0}.",
        ["OrderTimedOut.Controller"] = "Wait-ConvoxCertificate {0} waits for it.",
        ["OrderTimedOut.Overdue"] = "Fix the cause, and cert-manager continues. To issue it without cert-manager, use "
            + "Update-ConvoxCertificate {0} -Engine Acme -Force.",
        ["OrderTimedOut.Wait"] = "Run Wait-ConvoxCertificate again, or Update-ConvoxCertificate later.",
        ["OtherCertificateServed"] = "Check that the server uses the new files, and that it was reloaded or restarted.",
        ["OtherProvider"] = "Remove the solver with Remove-ConvoxDnsSolver and add it again.",
        ["PasswordNeeded"] = "Give another one, or omit -Password for a file that only its permissions protect.",
        ["PortDenied"] =
            "Run with more privileges, use a port above 1023 ([Update-ConvoxCertificate ]-HttpPort or "
            + "[Update-ConvoxCertificate ]-TlsPort) and forward to it, or use [Update-ConvoxCertificate ]-WebRoot.",
        ["PortInUse"] =
            "Let that program respond to the challenge ([Update-ConvoxCertificate ]-WebRoot with its root directory), or listen on another "
            + "port ([Update-ConvoxCertificate ]-HttpPort or [Update-ConvoxCertificate ]-TlsPort) and forward to it.",
        ["PowerShellNotFound"] = "Give the path of pwsh with -PowerShellPath.",
        ["PrivateKeyNeeded"] = "Give the PEM file of the private key with -KeyPath.",
        ["ProviderNeeded"] = "For Route53, give -HostedZoneId, -Role or -Region; for Cloudflare, -ApiToken, -ApiTokenSecret, or "
            + "-ApiKey with -Email; for other providers, -PoshAcmePlugin, or -Present with -CleanUp.",
        ["RackAmbiguous"] = "Use the object from Connect-ConvoxRack as -Rack, or use a separate session for each rack.",
        ["RackNotFound"] = "Connect it with Connect-ConvoxRack -Name {0}, or give a directory such as ./{0}, or 'local'.",
        ["RackNotTrusted.Volume"] =
            "Then use -Rack {0}. A CronJob does so after Register-ConvoxRenewal -Image has written its manifest again. The first command "
            + "moves the rack there.",
        ["RegionNeeded"] = "Specify -Region, such as eu-west-1.",
        ["ReloadFailed"] = "Fix the configuration of the server, or change the reload with Set-ConvoxCertificateTarget.",
        ["RenewalNotRegistered"] =
            "Get-ConvoxRenewal lists the registrations; for another rack or the whole machine, use it with -Rack or -System.",
        ["RetryLater"] = "To try now, add -Force.",
        ["RetryLater.Due"] = "Update-ConvoxCertificate {0} tries again.",
        ["RetryLater.Wait"] = "To try now, use Update-ConvoxCertificate {0} -Force.",
        ["SchedulerNotFound"] = "Install a scheduler such as cron, or give another with -Scheduler.",
        ["SecretDamaged.DnsSolver"] = "Store the credential again with Set-ConvoxDnsSolver.",
        ["SecretDamaged.PluginArgs"] = "Set them again with Set-ConvoxDnsSolver -PluginArgs.",
        ["SecretDamaged.Webhook"] = "Store it again with Set-ConvoxWebhook.",
        ["ServicesNotSupported"] = "Reload the server with [Set-ConvoxCertificateTarget ]-Command.",
        ["SeveralCertificates"] = "Select one, such as with Get-ConvoxCertificate -Id.",
        ["SeveralCertificates.Match"] = "Name one by its ID. To use all of them, pipe them from Get-ConvoxCertificate.",
        ["SeveralCertificates.One"] = "Name one by its ID.",
        ["SolverNotSupported.Restore"] = "Issue with New-ConvoxCertificate -Engine Acme, which can use the solver.",
        ["SolversDamaged.Backup"] = "Correct it, or delete the Secret and store the credentials again with Set-ConvoxDnsSolver.",
        ["TargetNotFound"] = "Get-ConvoxCertificateTarget lists the targets; Add-ConvoxCertificateTarget adds one.",
        ["TargetNotFound.NoMatch"] = "Issue or import one, or select another one with Set-ConvoxCertificateTarget {0} -Domain.",
        ["TargetPathTaken"] = "Choose another path, or change that target with Set-ConvoxCertificateTarget {0}.",
        ["TargetScriptFailed"] =
            "Run the script manually with a certificate and a directory, then change it with Set-ConvoxCertificateTarget.",
        ["StartTlsRefused.NoResponse"] = "If TLS begins at once on this port, as on 465, 636, 993 and 995, omit -StartTls.",
        ["TermsOfServiceNotAccepted"] = "Read them and add [Update-ConvoxCertificate ]-AcceptTermsOfService.",
        ["TermsOfServiceNotAccepted.Unreadable"] = "Then read the terms and add [Update-ConvoxCertificate ]-AcceptTermsOfService.",
        ["TlsFailed.OtherProtocol"] = "If TLS begins with a command of this protocol, name the protocol with -StartTls.",
        ["TooManyNames"] = "Split them over several certificates, or add -Engine Acme to use the module's own engine.",
        ["UnknownIssuer.Controller"] = "Add -Engine CertManager, or name another issuer with -Issuer.",
        ["UnknownProfile.None"] = "Omit -Profile.",
        ["UnknownService"] =
            "Give the name of a service, such as [Set-ConvoxCertificateTarget ]-Service nginx, or reload the server with a command.",
        ["ValidationPending"] =
            "Follow the CA's message, then run Wait-ConvoxCertificate, Update-ConvoxCertificate or the same command again.",
        ["VaultFailed"] = "Test it with 'Get-Secret {0}'.",
        ["VaultFailed.Vault"] = "Test it with 'Get-Secret {0} -Vault {1}'.",
        ["VaultLocked"] =
            "Unlock it first with Unlock-SecretVault, or use a vault that opens without interaction, such as SecretStore "
            + "with -Authentication None and -Interaction None.",
        ["VaultNotInstalled"] =
            "Install it with Install-PSResource Microsoft.PowerShell.SecretManagement, for the user that runs this, "
            + "together with the vault's module.",
        ["VaultSecretInvalid"] = "Store it again with Set-Secret.",
        ["VaultSecretNotFound"] =
            "Get-SecretInfo lists the secrets, Get-SecretVault the vaults of this user. Store it with Set-Secret, or "
            + "specify another with Set-ConvoxDnsSolver.",
        ["VaultSecretNotFound.Vault"] =
            "Get-SecretInfo -Vault {0} lists the secrets, Get-SecretVault the vaults of this user. Store it with Set-Secret, or "
            + "specify another with Set-ConvoxDnsSolver.",
        ["VolumeClaimNeeded"] = "Give -VolumeClaim, or connect to a Kubernetes rack with Connect-ConvoxRack -Name.",
        ["Webhook.NoSecret"] = "Create one with Set-ConvoxWebhook -NewSecret.",
        ["Webhook.Redirect"] = "Give the URL that the redirect leads to with Set-ConvoxWebhook -Url.",
        ["Webhook.Unauthorized"] = "Check that the receiver has this webhook's secret; Set-ConvoxWebhook -NewSecret creates a new one.",
        ["Webhook.Untrusted"] = "If a private CA signed it, give its root with Set-ConvoxWebhook -CaCertificate.",
        ["WebhookDamaged"] = "Remove it with Remove-ConvoxWebhook and set the webhook again.",
        ["WebhookDamaged.Url"] = "Set it again with Set-ConvoxWebhook -Url.",
        ["WebhookNotFound"] = "To set one, use Set-ConvoxWebhook; for the webhook of another rack, add -Rack.",
        ["WebhookUrlNeeded"] = "Give its URL with -Url.",
        ["WildcardNeedsDns"] = "Add one with Add-ConvoxDnsSolver -DnsZone {0}, or list the hosts one by one.",
        ["WildcardNeedsDns.Challenge"] =
            "Leave out -Challenge and add a DNS solver with Add-ConvoxDnsSolver -DnsZone {0}, or list the hosts one by "
            + "one.",
    };

    /// <summary>Returns a remedy as one or more sentences; null if there is none.</summary>
    /// <param name="remedy">The remedy.</param>
    /// <param name="cmdlet">The type of the running cmdlet; null if the text is for later, so that it has to name the cmdlet.</param>
    public static string? Describe(Remedy? remedy, Type? cmdlet = null) => DisplayText.Sanitize(Format(remedy, cmdlet));

    /// <summary>Appends a remedy to a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="remedy">The remedy.</param>
    /// <param name="cmdlet">As for <see cref="Describe"/>.</param>
    [return: NotNullIfNotNull(nameof(message))]
    public static string? Append(string? message, Remedy? remedy, Type? cmdlet = null) =>
        message is not null && Describe(remedy, cmdlet) is { } text ? $"{message} {text}" : message;

    private static string? Format(Remedy? remedy, Type? cmdlet)
    {
        if (remedy is null)
        {
            return null;
        }

        var text = remedy.Text
            ?? (Texts.TryGetValue(remedy.Key, out var format)
                ? string.Format(CultureInfo.InvariantCulture, NameOwners(format, cmdlet), remedy.Arguments)
                : null);
        var next = Format(remedy.Next, cmdlet);
        return text is null ? next : next is null ? text : $"{text} {next}";
    }

    private static string NameOwners(string format, Type? cmdlet)
    {
        var named = string.Empty;
        return OwnedParameter().Replace(format, match =>
        {
            var (owner, parameter) = (match.Groups["owner"].Value, match.Groups["parameter"].Value);
            if (owner == named || cmdlet?.GetProperty(parameter)?.IsDefined(typeof(ParameterAttribute), inherit: true) is true)
            {
                return $"-{parameter}";
            }

            named = owner;
            return $"{owner} -{parameter}";
        });
    }

    [GeneratedRegex(@"\[(?<owner>\w+-\w+) \]-(?<parameter>\w+)", RegexOptions.CultureInvariant)]
    private static partial Regex OwnedParameter();
}
