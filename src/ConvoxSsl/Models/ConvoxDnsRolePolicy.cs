namespace ConvoxSsl;

/// <summary>The three IAM documents for DNS validation through another role, each as JSON text.</summary>
public sealed record ConvoxDnsRolePolicy
{
    /// <summary>The permissions policy of the role that manages the zones.</summary>
    public required string ZoneAccess { get; init; }

    /// <summary>The trust policy of that role, which names the role that can assume it.</summary>
    public required string Trust { get; init; }

    /// <summary>The permission to assume that role, for cert-manager's role or your own.</summary>
    public required string AssumeRole { get; init; }

    /// <inheritdoc/>
    public override string ToString() => ZoneAccess;
}
