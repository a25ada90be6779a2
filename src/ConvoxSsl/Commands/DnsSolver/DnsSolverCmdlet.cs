using System.Collections;
using System.Management.Automation;
using System.Security;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Engine.Dns.Providers.Scripts;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Scripts;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>The base of cmdlets with the settings of a DNS solver.</summary>
public abstract class DnsSolverCmdlet : ConvoxCmdlet
{
    private protected const string Route53Set = "Route53";
    private protected const string CloudflareSet = "Cloudflare";
    private protected const string ScriptSet = "Script";
    private protected const string PoshAcmeSet = "PoshAcme";

    /// <summary>Route53: the ARN of the role to assume. By default your credentials are used directly.</summary>
    [Parameter(ParameterSetName = Route53Set)]
    [ArgumentCompleter(typeof(DnsSolverSettingCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Role { get; set; }

    /// <summary>Route53: the ID of the hosted zone. By default the public zone with the longest matching name.</summary>
    [Parameter(ParameterSetName = Route53Set)]
    [ArgumentCompleter(typeof(DnsSolverSettingCompleter))]
    [ValidateNotNullOrEmpty]
    public string? HostedZoneId { get; set; }

    /// <summary>Route53: the AWS region, such as <c>eu-west-1</c>.</summary>
    [Parameter(ParameterSetName = Route53Set)]
    [ArgumentCompleter(typeof(AwsRegionCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Region { get; set; }

    /// <summary>Route53: the external ID that the role's trust policy requires.</summary>
    [Parameter(ParameterSetName = Route53Set)]
    [ValidateNotNullOrEmpty]
    public string? ExternalId { get; set; }

    /// <summary>Route53: the profile in your AWS configuration with the credentials.</summary>
    [Parameter(ParameterSetName = Route53Set)]
    [ArgumentCompleter(typeof(AwsProfileCompleter))]
    [ValidateNotNullOrEmpty]
    public string? ProfileName { get; set; }

    /// <summary>Cloudflare: an API token with the permissions Zone.Zone Read and Zone.DNS Edit.</summary>
    [Parameter(ParameterSetName = CloudflareSet)]
    [SecretText]
    public SecureString? ApiToken { get; set; }

    /// <summary>Cloudflare: the global API key. Requires <c>-Email</c>.</summary>
    [Parameter(ParameterSetName = CloudflareSet)]
    [SecretText]
    public SecureString? ApiKey { get; set; }

    /// <summary>Cloudflare: the email address of the account with the API key.</summary>
    [Parameter(ParameterSetName = CloudflareSet)]
    [ArgumentCompleter(typeof(DnsSolverSettingCompleter))]
    public string? Email { get; set; }

    /// <summary>
    /// Cloudflare: the name of the API token in a SecretManagement vault. Get-Secret reads the token at each use, and only the name
    /// is stored.
    /// </summary>
    [Parameter(ParameterSetName = CloudflareSet)]
    [ValidateNotNullOrEmpty]
    public string? ApiTokenSecret { get; set; }

    /// <summary>Cloudflare: the name of the global API key in a vault, like <c>-ApiTokenSecret</c>. Requires <c>-Email</c>.</summary>
    [Parameter(ParameterSetName = CloudflareSet)]
    [ValidateNotNullOrEmpty]
    public string? ApiKeySecret { get; set; }

    /// <summary>The vault of the secret. By default Get-Secret searches all vaults, the default vault first.</summary>
    [Parameter(ParameterSetName = CloudflareSet)]
    [Parameter(ParameterSetName = PoshAcmeSet)]
    [ValidateNotNullOrEmpty]
    public string? Vault { get; set; }

    /// <summary>
    /// Script: the script that adds a TXT value, with the parameters <c>$Name</c> and <c>$Value</c>. It always runs in a new session
    /// and cannot use variables and functions of this one. Do not include secrets.
    /// </summary>
    [Parameter(ParameterSetName = ScriptSet)]
    public ScriptBlock? Present { get; set; }

    /// <summary>Script: the script that removes a TXT value, with the parameters <c>$Name</c> and <c>$Value</c>.</summary>
    [Parameter(ParameterSetName = ScriptSet)]
    public ScriptBlock? CleanUp { get; set; }

    /// <summary>Posh-ACME: the name of a DNS plugin of the installed Posh-ACME module, such as <c>DeSEC</c>.</summary>
    [Parameter(ParameterSetName = PoshAcmeSet)]
    [ArgumentCompleter(typeof(PoshAcmePluginCompleter))]
    [ValidateNotNullOrEmpty]
    public string? PoshAcmePlugin { get; set; }

    /// <summary>Posh-ACME: the arguments of the plugin, as documented in its guide. They are stored as a secret.</summary>
    [Parameter(ParameterSetName = PoshAcmeSet)]
    [ValidateNotNull]
    public Hashtable? PluginArgs { get; set; }

    /// <summary>
    /// Posh-ACME: the name of the plugin's arguments in a SecretManagement vault, where they are a Hashtable. Only the name is
    /// stored.
    /// </summary>
    [Parameter(ParameterSetName = PoshAcmeSet)]
    [ValidateNotNullOrEmpty]
    public string? PluginArgsSecret { get; set; }

    /// <summary>The provider of the given parameters; null if there are none.</summary>
    private protected ConvoxDnsProvider? NamedProvider =>
        (Role ?? HostedZoneId ?? Region ?? ExternalId ?? ProfileName) is not null ? ConvoxDnsProvider.Route53
        : ApiToken is not null || ApiKey is not null || (ApiTokenSecret ?? ApiKeySecret ?? Email) is not null ? ConvoxDnsProvider.Cloudflare
        : Present is not null || CleanUp is not null ? ConvoxDnsProvider.Script
        : PluginArgs is not null || (PoshAcmePlugin ?? PluginArgsSecret) is not null ? ConvoxDnsProvider.PoshAcme
        : null;

    /// <summary>Applies the given parameters to a solver. Returns it with its credential, if one was given.</summary>
    /// <exception cref="InvalidInputException">A parameter is not valid or missing.</exception>
    private protected (DnsSolver Solver, DnsSecret? Secret) Apply(DnsSolver solver)
    {
        if (Vault is not null && NamedSecret is null)
        {
            throw new InvalidInputException(ErrorCode.InvalidParameters, "A vault was given without the name of a secret.", Vault)
            {
                Remedy = new Remedy("InvalidParameters.Vault"),
            };
        }

        switch (NamedProvider)
        {
            case ConvoxDnsProvider.Route53:
                return (solver with { Settings = Apply(solver.Settings as Route53Settings ?? new Route53Settings()) }, null);
            case ConvoxDnsProvider.Cloudflare:
                var (cloudflare, secret) = ReadCloudflare();
                return (solver with { Settings = cloudflare, VaultSecret = NamedSecret }, secret);
            case ConvoxDnsProvider.Script:
                var script = solver.Settings as ScriptSettings;
                var present = Needed(Present?.ToString() ?? script?.Present, nameof(Present));
                return (
                    solver with { Settings = new ScriptSettings(present, Needed(CleanUp?.ToString() ?? script?.CleanUp, nameof(CleanUp))) },
                    null);
            case ConvoxDnsProvider.PoshAcme:
                return ApplyPlugin(solver);
            default:
                return (solver, null);
        }
    }

    /// <summary>Converts a stored solver. Warns if the rack's cert-manager cannot use it.</summary>
    private protected ConvoxDnsSolver Describe(RackSession session, DnsSolver stored)
    {
        var described = Run(ct => session.DescribeAsync([stored], ct))[0];
        if (stored.VaultSecret is not null && described.Status == ConvoxDnsSolverStatus.Detached)
        {
            WriteWarning($"The cert-manager of rack '{session.Name}' cannot read a vault, so DNS solver {stored.Id} works only with "
                + "-Engine Acme. For cert-manager, store the credential on the rack with -ApiToken.");
        }

        return described;
    }

    private VaultSecret? NamedSecret =>
        (ApiTokenSecret ?? ApiKeySecret ?? PluginArgsSecret) is { } name ? new VaultSecret(name, Vault) : null;

    // Validate the name of a credential by the rules for the credential itself.
    private (CloudflareSettings Settings, DnsSecret? Secret) ReadCloudflare()
    {
        if ((ApiToken is not null && ApiTokenSecret is not null) || (ApiKey is not null && ApiKeySecret is not null))
        {
            throw new InvalidInputException(
                ErrorCode.InvalidCredential, "Both a credential and the name of a credential in a vault were given.")
            {
                Remedy = "Give only one of them.",
            };
        }

        var placeholder = NamedSecret is null ? null : "name";
        var (settings, secret) = CloudflareInput.Parse(
            ApiTokenSecret is null ? GetText(ApiToken) : placeholder, ApiKeySecret is null ? GetText(ApiKey) : placeholder, Email);
        return (settings, NamedSecret is null ? secret : null);
    }

    private (DnsSolver Solver, DnsSecret? Secret) ApplyPlugin(DnsSolver solver)
    {
        if (PluginArgs is not null && PluginArgsSecret is not null)
        {
            throw new InvalidInputException(
                ErrorCode.InvalidParameters,
                "Both the arguments of the plugin and the name of a secret with them were given.",
                PluginArgsSecret)
            {
                Remedy = new Remedy("InvalidParameters.PluginArgs"),
            };
        }

        var current = solver.Settings as PoshAcmeSettings;
        var changed = solver with { Settings = new PoshAcmeSettings(Needed(PoshAcmePlugin ?? current?.Plugin, nameof(PoshAcmePlugin))) };
        return PluginArgsSecret is not null ? (changed with { VaultSecret = NamedSecret }, null)
            : PluginArgs is null && current is not null ? (changed, null)
            : (changed with { VaultSecret = null }, PluginArguments.Serialize(PluginArgs ?? []));
    }

    /// <summary>Applies the given parameters to the settings of Route53.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidRole</c>, <c>InvalidHostedZoneId</c>, <c>InvalidRegion</c>.</exception>
    private Route53Settings Apply(Route53Settings settings) => settings with
    {
        Role = Role is null ? settings.Role : Route53Input.Role(Role),
        HostedZoneId = HostedZoneId is null ? settings.HostedZoneId : Route53Input.HostedZoneId(HostedZoneId),
        Region = Region is null ? settings.Region : Route53Input.Region(Region),
        ExternalId = ExternalId ?? settings.ExternalId,
        ProfileName = ProfileName ?? settings.ProfileName,
    };

    private static string Needed(string? value, string parameter) => value
        ?? throw new InvalidInputException(ErrorCode.InvalidParameters, "A required setting of the DNS solver is missing.", parameter)
        {
            Remedy = new Remedy("InvalidParameters.MissingSetting", parameter),
        };

    private static string? GetText(SecureString? secret) => secret is null ? null : new string(Secret.ToCharArray(secret));
}
