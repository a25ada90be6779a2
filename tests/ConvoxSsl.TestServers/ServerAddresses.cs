namespace ConvoxSsl.TestServers;

/// <summary>A CA: its directory, the root certificate of its endpoint, and the port for http-01 validation.</summary>
internal sealed record CaAddress(string Name, string Directory, string Root, int HttpPort);

/// <summary>The addresses and credentials of the servers.</summary>
internal sealed record ServerAddresses
{
    /// <summary>Pebble, or the scripted CA if Pebble is not installed.</summary>
    public required CaAddress Ca { get; init; }

    /// <summary>The scripted CA, which resolves the TXT records of <see cref="CloudflareUrl"/> and <see cref="AwsUrl"/>.</summary>
    public required CaAddress DnsCa { get; init; }

    /// <summary>The DNS server of the zones.</summary>
    public required string Dns { get; init; }

    /// <summary>Cloudflare's API.</summary>
    public required Uri CloudflareUrl { get; init; }

    /// <summary>A token with access to all zones of Cloudflare.</summary>
    public required string CloudflareToken { get; init; }

    /// <summary>Route53 and STS.</summary>
    public required Uri AwsUrl { get; init; }

    /// <summary>The access key of an AWS identity.</summary>
    public required string AwsAccessKeyId { get; init; }

    /// <summary>The secret access key.</summary>
    public required string AwsSecretAccessKey { get; init; }

    /// <summary>The session token.</summary>
    public required string AwsSessionToken { get; init; }

    /// <summary>The identity's role.</summary>
    public required string AwsRole { get; init; }

    /// <summary>The id of the hosted zone of <c>example.com</c>.</summary>
    public required string HostedZoneId { get; init; }

    /// <summary>The origin of a webhook receiver.</summary>
    public required string Webhook { get; init; }

    /// <summary>The PEM file of the receiver's root.</summary>
    public required string WebhookRoot { get; init; }

    /// <summary>The kubeconfig of a cluster with the rack <see cref="Rack"/>.</summary>
    public required string KubeConfig { get; init; }

    /// <summary>A Convox rack with one app, <c>web</c>.</summary>
    public required string Rack { get; init; }

    /// <summary>The id of the hosted zone of <c>example.org</c>.</summary>
    public required string GuideZoneId { get; init; }

    /// <summary>The kubeconfig of a cluster as Convox installs it, with a rack of the same name and a simulated cert-manager.</summary>
    public required string ConvoxKubeConfig { get; init; }
}
