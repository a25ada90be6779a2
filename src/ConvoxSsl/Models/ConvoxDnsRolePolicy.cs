namespace ConvoxSsl;

/// <summary>The three IAM documents of the SSL page, each as JSON text.</summary>
public sealed record ConvoxDnsRolePolicy
{
    /// <summary>The permissions of the role that manages the zone.</summary>
    public required string ZoneAccess { get; init; }

    /// <summary>The trust policy of that role: who may assume it.</summary>
    public required string Trust { get; init; }

    /// <summary>The permission that cert-manager's role, or your own, needs to assume it.</summary>
    public required string AssumeRole { get; init; }

    /// <inheritdoc/>
    public override string ToString() => ZoneAccess;
}
