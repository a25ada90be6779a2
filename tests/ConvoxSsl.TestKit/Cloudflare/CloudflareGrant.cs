namespace ConvoxSsl.TestKit.Cloudflare;

/// <summary>The permissions of a token. By default it is active and has all permissions that dns-01 needs.</summary>
public sealed record CloudflareGrant
{
    /// <summary>True if it has Zone.Zone Read.</summary>
    public bool ZoneRead { get; init; } = true;

    /// <summary>True if it has Zone.DNS Read.</summary>
    public bool DnsRead { get; init; } = true;

    /// <summary>True if it has Zone.DNS Edit, which includes reading.</summary>
    public bool DnsEdit { get; init; } = true;

    /// <summary>The names of the accessible zones; null for all.</summary>
    public IReadOnlyList<string>? Zones { get; init; }

    /// <summary><c>active</c>, <c>disabled</c> or <c>expired</c>.</summary>
    public string Status { get; init; } = "active";

    /// <summary>True if it belongs to an account, so that the user's verification endpoint does not know it.</summary>
    public bool IsAccountOwned { get; init; }

    internal bool Covers(string zone) => Zones?.Contains(zone) ?? true;
}
