using System.Management.Automation;
using System.Security;
using ConvoxSsl.Binding;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns;

namespace ConvoxSsl.Hosting;

/// <summary>A cmdlet that takes the settings of a DNS solver: Route53's, or Cloudflare's.</summary>
public abstract class DnsSolverCmdlet : ConvoxCmdlet
{
    private protected const string Route53Set = "Route53";
    private protected const string CloudflareSet = "Cloudflare";

    /// <summary>Route53: the ARN of the role to assume. By default your own credentials are used.</summary>
    [Parameter(ParameterSetName = Route53Set)]
    [ValidateNotNullOrEmpty]
    public string? Role { get; set; }

    /// <summary>Route53: the id of the hosted zone. By default the public zone with the longest matching name.</summary>
    [Parameter(ParameterSetName = Route53Set)]
    [ValidateNotNullOrEmpty]
    public string? HostedZoneId { get; set; }

    /// <summary>Route53: the AWS region, such as <c>eu-west-1</c>.</summary>
    [Parameter(ParameterSetName = Route53Set)]
    [ValidateNotNullOrEmpty]
    public string? Region { get; set; }

    /// <summary>Route53: the external id that the role's trust policy asks for.</summary>
    [Parameter(ParameterSetName = Route53Set)]
    [ValidateNotNullOrEmpty]
    public string? ExternalId { get; set; }

    /// <summary>Route53: the profile of your AWS configuration whose credentials are used.</summary>
    [Parameter(ParameterSetName = Route53Set)]
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
    public string? Email { get; set; }

    /// <summary>Whether anything of Route53 was named.</summary>
    private protected bool NamesRoute53 => (Role ?? HostedZoneId ?? Region ?? ExternalId ?? ProfileName) is not null;

    /// <summary>Whether anything of Cloudflare was named.</summary>
    private protected bool NamesCloudflare => ApiToken is not null || ApiKey is not null || Email is not null;

    /// <summary>Route53's settings, with what the parameters say in place of what was there.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidRole</c>, <c>InvalidHostedZoneId</c>, <c>InvalidRegion</c>.</exception>
    private protected Route53Settings Apply(Route53Settings settings) => settings with
    {
        Role = Role is null ? settings.Role : Route53Input.Role(Role),
        HostedZoneId = HostedZoneId is null ? settings.HostedZoneId : Route53Input.HostedZoneId(HostedZoneId),
        Region = Region is null ? settings.Region : Route53Input.Region(Region),
        ExternalId = ExternalId ?? settings.ExternalId,
        ProfileName = ProfileName ?? settings.ProfileName,
    };

    /// <summary>Cloudflare's settings and credential.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidCredential</c>, <c>InvalidEmail</c>.</exception>
    private protected (CloudflareSettings Settings, DnsSecret Secret) ReadCloudflare() => CloudflareInput.Parse(Text(ApiToken), Text(ApiKey), Email);

    private static string? Text(SecureString? secret) => secret is null ? null : new string(Secret.Read(secret));
}
