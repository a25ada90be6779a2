using System.Collections;
using System.Management.Automation;
using System.Security;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Scripts;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>The base of cmdlets with the settings of a DNS solver.</summary>
public abstract class DnsSolverCmdlet : ConvoxCmdlet
{
    /// <summary>Route53: the ARN of the role to assume. By default your credentials are used directly.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DnsSolverSettingCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Role { get; set; }

    /// <summary>Route53: the ID of the hosted zone. By default the public zone with the longest matching name.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DnsSolverSettingCompleter))]
    [ValidateNotNullOrEmpty]
    public string? HostedZoneId { get; set; }

    /// <summary>Route53: the AWS region, such as <c>eu-west-1</c>.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(AwsRegionCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Region { get; set; }

    /// <summary>Route53: the external ID that the role's trust policy requires.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ExternalId { get; set; }

    /// <summary>Route53: the profile in your AWS configuration with the credentials.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(AwsProfileCompleter))]
    [ValidateNotNullOrEmpty]
    public string? ProfileName { get; set; }

    /// <summary>Cloudflare: an API token with the permissions Zone.Zone Read and Zone.DNS Edit.</summary>
    [Parameter]
    [SecretText]
    public SecureString? ApiToken { get; set; }

    /// <summary>Cloudflare: the global API key. Requires <c>-Email</c>.</summary>
    [Parameter]
    [SecretText]
    public SecureString? ApiKey { get; set; }

    /// <summary>Cloudflare: the email address of the account with the API key.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DnsSolverSettingCompleter))]
    public string? Email { get; set; }

    /// <summary>
    /// Cloudflare: the name of the API token in a SecretManagement vault. Get-Secret reads the token at each use, and only the name
    /// is stored.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ApiTokenSecret { get; set; }

    /// <summary>Cloudflare: the name of the global API key in a vault, like <c>-ApiTokenSecret</c>. Requires <c>-Email</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ApiKeySecret { get; set; }

    /// <summary>The vault of the secret. By default Get-Secret searches all vaults, the default vault first.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Vault { get; set; }

    /// <summary>
    /// Script: the script that adds a TXT value, with the parameters <c>$Name</c> and <c>$Value</c>; parameters with other names
    /// receive them in this order. It always runs in a new session and cannot use variables and functions of this one. Do not
    /// include secrets.
    /// </summary>
    [Parameter]
    public ScriptBlock? Present { get; set; }

    /// <summary>Script: the script that removes a TXT value, with the parameters <c>$Name</c> and <c>$Value</c>.</summary>
    [Parameter]
    public ScriptBlock? CleanUp { get; set; }

    /// <summary>Posh-ACME: the name of a DNS plugin of the installed Posh-ACME module, such as <c>DeSEC</c>.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PoshAcmePluginCompleter))]
    [ValidateNotNullOrEmpty]
    public string? PoshAcmePlugin { get; set; }

    /// <summary>Posh-ACME: the arguments of the plugin, as documented in its guide. They are stored as a secret.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable? PluginArgs { get; set; }

    /// <summary>
    /// Posh-ACME: the name of the plugin's arguments in a SecretManagement vault, where they are a Hashtable. Only the name is
    /// stored.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PluginArgsSecret { get; set; }

    private protected override bool PreparesRack => true;

    /// <summary>Converts a stored solver. Warns if the rack's cert-manager cannot use it.</summary>
    private protected ConvoxDnsSolver Describe(RackSession session, DnsSolver stored)
    {
        var described = Run(ct => session.DescribeAsync([stored], ct))[0];
        if (stored.VaultSecret is not null && described.Status == ConvoxDnsSolverStatus.Detached)
        {
            WriteWarning($"The cert-manager of rack '{session.Name}' cannot read a vault, so DNS solver {stored.Id} works only with "
                + "the module's own engine (New-ConvoxCertificate -Engine Acme). For cert-manager, store the credential on the rack with "
                + "-ApiToken.");
        }

        return described;
    }

    /// <summary>Warns if the named plugin of Posh-ACME is not installed here. Another machine may have it.</summary>
    private protected void WarnOfUnknownPlugin()
    {
        if (PoshAcmePlugin is { } plugin && PoshAcmePlugins.FindFault(plugin) is { } warning)
        {
            WriteWarning(warning);
        }
    }

    /// <summary>The given parameters.</summary>
    private protected DnsSolverInput Input => new(this);

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (Input.FindSecondProvider() is { } reason)
        {
            Reject(reason, new Remedy("InvalidParameters.Providers"));
        }
    }
}
