namespace ConvoxSsl.TestKit.Cloudflare;

/// <summary>What a token may do. Without a word it is active and may do everything that DNS-01 needs.</summary>
public sealed record CloudflareGrant
{
    /// <summary>Whether it has Zone.Zone Read.</summary>
    public bool ZoneRead { get; init; } = true;

    /// <summary>Whether it has Zone.DNS Read.</summary>
    public bool DnsRead { get; init; } = true;

    /// <summary>Whether it has Zone.DNS Edit, which includes reading.</summary>
    public bool DnsEdit { get; init; } = true;

    /// <summary>The names of the zones that it is limited to; null for all.</summary>
    public IReadOnlyList<string>? Zones { get; init; }

    /// <summary><c>active</c>, <c>disabled</c> or <c>expired</c>.</summary>
    public string Status { get; init; } = "active";

    /// <summary>Whether it belongs to an account, so that the user's verification does not know it.</summary>
    public bool IsAccountOwned { get; init; }

    internal bool Covers(string zone) => Zones?.Contains(zone) ?? true;
}
