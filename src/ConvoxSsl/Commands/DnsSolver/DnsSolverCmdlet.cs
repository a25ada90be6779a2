using System.Collections;
using System.Management.Automation;
using System.Security;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Scripts;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>A cmdlet that takes the settings of a DNS solver of one provider.</summary>
public abstract class DnsSolverCmdlet : ConvoxCmdlet
{
    private protected const string Route53Set = "Route53";
    private protected const string CloudflareSet = "Cloudflare";
    private protected const string ScriptSet = "Script";
    private protected const string PoshAcmeSet = "PoshAcme";

    /// <summary>Route53: the ARN of the role to assume. By default your own credentials are used.</summary>
    [Parameter(ParameterSetName = Route53Set)]
    [ArgumentCompleter(typeof(DnsSolverSettingCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Role { get; set; }

    /// <summary>Route53: the id of the hosted zone. By default the public zone with the longest matching name.</summary>
    [Parameter(ParameterSetName = Route53Set)]
    [ArgumentCompleter(typeof(DnsSolverSettingCompleter))]
    [ValidateNotNullOrEmpty]
    public string? HostedZoneId { get; set; }

    /// <summary>Route53: the AWS region, such as <c>eu-west-1</c>.</summary>
    [Parameter(ParameterSetName = Route53Set)]
    [ArgumentCompleter(typeof(AwsRegionCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Region { get; set; }

    /// <summary>Route53: the external id that the role's trust policy asks for.</summary>
    [Parameter(ParameterSetName = Route53Set)]
    [ValidateNotNullOrEmpty]
    public string? ExternalId { get; set; }

    /// <summary>Route53: the profile of your AWS configuration whose credentials are used.</summary>
    [Parameter(ParameterSetName = Route53Set)]
    [ArgumentCompleter(typeof(AwsProfileCompleter))]
    [ValidateNotNullOrEmpty]
    public string? ProfileName { get; set; }

    /// <summary>Cloudflare: an API token with the permissions Zone.Zone Read and Zone.DNS Edit.</summary>
    [Parameter(ParameterSetName = CloudflareSet)]
    [SecretText]
    public SecureString? ApiToken { get; set; }

    /// <summary>Cloudflare: the global API key; goes with <c>-Email</c>.</summary>
    [Parameter(ParameterSetName = CloudflareSet)]
    [SecretText]
    public SecureString? ApiKey { get; set; }

    /// <summary>Cloudflare: the e-mail address of the account that the API key belongs to.</summary>
    [Parameter(ParameterSetName = CloudflareSet)]
    [ArgumentCompleter(typeof(DnsSolverSettingCompleter))]
    public string? Email { get; set; }

    /// <summary>
    /// Cloudflare: the name of the API token in a vault of SecretManagement, which Get-Secret reads at each use. Only the name
    /// is stored.
    /// </summary>
    [Parameter(ParameterSetName = CloudflareSet)]
    [ValidateNotNullOrEmpty]
    public string? ApiTokenSecret { get; set; }

    /// <summary>Cloudflare: the name of the global API key in a vault, as <c>-ApiTokenSecret</c>; goes with <c>-Email</c>.</summary>
    [Parameter(ParameterSetName = CloudflareSet)]
    [ValidateNotNullOrEmpty]
    public string? ApiKeySecret { get; set; }

    /// <summary>The vault that the secret is in. By default Get-Secret looks into all, into the default vault first.</summary>
    [Parameter(ParameterSetName = CloudflareSet)]
    [Parameter(ParameterSetName = PoshAcmeSet)]
    [ValidateNotNullOrEmpty]
    public string? Vault { get; set; }

    /// <summary>
    /// Script: what adds a TXT value; it gets the parameters <c>$Name</c> and <c>$Value</c>. It runs in a session of its
    /// own, also in later runs, so it can't use variables and functions of this one. Keep secrets out of it.
    /// </summary>
    [Parameter(ParameterSetName = ScriptSet)]
    public ScriptBlock? Present { get; set; }

    /// <summary>Script: what removes a TXT value; it gets the parameters <c>$Name</c> and <c>$Value</c>.</summary>
    [Parameter(ParameterSetName = ScriptSet)]
    public ScriptBlock? CleanUp { get; set; }

    /// <summary>Posh-ACME: the name of a DNS plugin of the installed Posh-ACME module, such as <c>DeSEC</c>.</summary>
    [Parameter(ParameterSetName = PoshAcmeSet)]
    [ArgumentCompleter(typeof(PoshAcmePluginCompleter))]
    [ValidateNotNullOrEmpty]
    public string? PoshAcmePlugin { get; set; }

    /// <summary>Posh-ACME: the plugin's arguments, as its guide names them. They are stored as a secret.</summary>
    [Parameter(ParameterSetName = PoshAcmeSet)]
    [ValidateNotNull]
    public Hashtable? PluginArgs { get; set; }

    /// <summary>
    /// Posh-ACME: the name of the plugin's arguments in a vault of SecretManagement, where they are one Hashtable. Only the
    /// name is stored.
    /// </summary>
    [Parameter(ParameterSetName = PoshAcmeSet)]
    [ValidateNotNullOrEmpty]
    public string? PluginArgsSecret { get; set; }

    /// <summary>Which provider the parameters name; null where they name none.</summary>
    private protected ConvoxDnsProvider? NamedProvider =>
        (Role ?? HostedZoneId ?? Region ?? ExternalId ?? ProfileName) is not null ? ConvoxDnsProvider.Route53
        : ApiToken is not null || ApiKey is not null || (ApiTokenSecret ?? ApiKeySecret ?? Email) is not null ? ConvoxDnsProvider.Cloudflare
        : Present is not null || CleanUp is not null ? ConvoxDnsProvider.Script
        : PluginArgs is not null || (PoshAcmePlugin ?? PluginArgsSecret) is not null ? ConvoxDnsProvider.PoshAcme
        : null;

    /// <summary>The solver with what the parameters say in place of what was there, and its credential where one was given.</summary>
    /// <exception cref="InvalidInputException">A parameter can't be used, or one is missing.</exception>
    private protected (DnsSolver Solver, DnsSecret? Secret) Apply(DnsSolver solver)
    {
        if (Vault is not null && NamedSecret is null)
        {
            throw new InvalidInputException(ErrorCode.InvalidParameters, "-Vault says where a secret is, and no secret is named. Add -ApiTokenSecret, -ApiKeySecret or -PluginArgsSecret, or leave it out.", Vault);
        }

        switch (NamedProvider)
        {
            case ConvoxDnsProvider.Route53:
                return (solver with { Route53 = Apply(solver.Route53 ?? new Route53Settings()) }, null);
            case ConvoxDnsProvider.Cloudflare:
                var (cloudflare, secret) = ReadCloudflare();
                return (solver with { Cloudflare = cloudflare, VaultSecret = NamedSecret }, secret);
            case ConvoxDnsProvider.Script:
                return (solver with { Script = new ScriptSettings(Needed(Present?.ToString() ?? solver.Script?.Present, nameof(Present)), Needed(CleanUp?.ToString() ?? solver.Script?.CleanUp, nameof(CleanUp))) }, null);
            case ConvoxDnsProvider.PoshAcme:
                return ApplyPlugin(solver);
            default:
                return (solver, null);
        }
    }

    /// <summary>Describes what was stored, and warns where the rack's cert-manager can't use it any more.</summary>
    private protected ConvoxDnsSolver Describe(RackSession session, DnsSolver stored)
    {
        var described = Run(ct => session.DescribeAsync([stored], ct))[0];
        if (stored.VaultSecret is not null && described.Status == ConvoxDnsSolverStatus.Detached)
        {
            WriteWarning($"The cert-manager of rack '{session.Description.Name}' reads no vault, so DNS solver {stored.Id} is for -Engine Acme alone. What cert-manager has to prove needs a credential that is stored on the rack: -ApiToken.");
        }

        return described;
    }

    private VaultSecret? NamedSecret => (ApiTokenSecret ?? ApiKeySecret ?? PluginArgsSecret) is { } name ? new VaultSecret(name, Vault) : null;

    // A name goes the way of the credential that it stands for, so that both are held to the same rules.
    private (CloudflareSettings Settings, DnsSecret? Secret) ReadCloudflare()
    {
        if ((ApiToken is not null && ApiTokenSecret is not null) || (ApiKey is not null && ApiKeySecret is not null))
        {
            throw new InvalidInputException(ErrorCode.InvalidCredential, "A credential was given, and the name of one in a vault. Give one of them.");
        }

        var standIn = NamedSecret is null ? null : "name";
        var (settings, secret) = CloudflareInput.Parse(ApiTokenSecret is null ? Text(ApiToken) : standIn, ApiKeySecret is null ? Text(ApiKey) : standIn, Email);
        return (settings, NamedSecret is null ? secret : null);
    }

    private (DnsSolver Solver, DnsSecret? Secret) ApplyPlugin(DnsSolver solver)
    {
        if (PluginArgs is not null && PluginArgsSecret is not null)
        {
            throw new InvalidInputException(ErrorCode.InvalidParameters, "The plugin's arguments were given, and the name of a secret that holds them. Give -PluginArgs or -PluginArgsSecret.", PluginArgsSecret);
        }

        var changed = solver with { PoshAcme = new PoshAcmeSettings(Needed(PoshAcmePlugin ?? solver.PoshAcme?.Plugin, nameof(PoshAcmePlugin))) };
        return PluginArgsSecret is not null ? (changed with { VaultSecret = NamedSecret }, null)
            : PluginArgs is null && solver.PoshAcme is not null ? (changed, null)
            : (changed with { VaultSecret = null }, PluginArguments.Serialize(PluginArgs ?? []));
    }

    /// <summary>Route53's settings, with what the parameters say in place of what was there.</summary>
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
        ?? throw new InvalidInputException(ErrorCode.InvalidParameters, $"A DNS solver of this kind also needs -{parameter}. Add it.", parameter);

    private static string? Text(SecureString? secret) => secret is null ? null : new string(Secret.ToCharArray(secret));
}
