namespace ConvoxSsl.TestServers;

/// <summary>A CA: its directory, the file that its endpoint is trusted by, and the port where it looks for http-01 answers.</summary>
internal sealed record CaAddress(string Name, string Directory, string Root, int HttpPort);

/// <summary>The addresses and credentials of the servers.</summary>
internal sealed record ServerAddresses
{
    /// <summary>Pebble, or where it is not installed the scripted CA.</summary>
    public required CaAddress Ca { get; init; }

    /// <summary>The scripted CA, which sees the TXT records of <see cref="CloudflareUrl"/> and <see cref="AwsUrl"/>.</summary>
    public required CaAddress DnsCa { get; init; }

    /// <summary>The DNS server of the zones.</summary>
    public required string Dns { get; init; }

    /// <summary>Cloudflare's API.</summary>
    public required Uri CloudflareUrl { get; init; }

    /// <summary>A token that may change all zones there.</summary>
    public required string CloudflareToken { get; init; }

    /// <summary>Route53 and STS.</summary>
    public required Uri AwsUrl { get; init; }

    /// <summary>The access key of an identity there.</summary>
    public required string AwsAccessKeyId { get; init; }

    /// <summary>Its secret.</summary>
    public required string AwsSecretAccessKey { get; init; }

    /// <summary>Its session token.</summary>
    public required string AwsSessionToken { get; init; }

    /// <summary>The identity's role.</summary>
    public required string AwsRole { get; init; }

    /// <summary>The id of the hosted zone of <c>example.com</c>.</summary>
    public required string HostedZoneId { get; init; }

    /// <summary>A receiver of webhooks, without a path.</summary>
    public required string Webhook { get; init; }

    /// <summary>The PEM file of its root.</summary>
    public required string WebhookRoot { get; init; }

    /// <summary>The kubeconfig of a cluster with the rack <see cref="Rack"/>.</summary>
    public required string KubeConfig { get; init; }

    /// <summary>A Convox rack with one app, <c>web</c>.</summary>
    public required string Rack { get; init; }

    /// <summary>The id of the hosted zone of <c>example.org</c>.</summary>
    public required string GuideZoneId { get; init; }

    /// <summary>The kubeconfig of a cluster as Convox installs it: a rack of the same name, and a cert-manager that issues.</summary>
    public required string ConvoxKubeConfig { get; init; }
}
