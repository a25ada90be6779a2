namespace ConvoxSsl;

/// <summary>The result of <c>Update-ConvoxCertificate</c> for one certificate.</summary>
public sealed record ConvoxRenewal
{
    /// <summary>The ID of the certificate.</summary>
    public required string Id { get; init; }

    /// <summary>The first name of the certificate.</summary>
    public required string Domain { get; init; }

    /// <summary>All names of the certificate.</summary>
    public IReadOnlyList<string> Domains { get; init => field = JoinedList<string>.From(value); } = JoinedList<string>.From([]);

    /// <summary>The result.</summary>
    public required ConvoxRenewalResult Result { get; init; }

    /// <summary>The reason for the result.</summary>
    public required string Reason { get; init; }

    /// <summary>The end of the validity period of the live version, in UTC.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The time after which the certificate is due for renewal, in UTC.</summary>
    public DateTimeOffset? RenewAfter { get; init; }

    /// <summary>The earliest time of the next attempt after Waiting or Failed, in UTC; empty if the user must act first.</summary>
    public DateTimeOffset? WaitsUntil { get; init; }

    /// <summary>The certificate. With it, several renewals would exceed the default depth of <c>ConvertTo-Json</c>.</summary>
    internal ConvoxCertificate? Certificate { get; init; }

    /// <summary>
    /// Returns the certificate. PowerShell also shows it as the property <c>Certificate</c>, which tables, CSV and JSON do not include.
    /// </summary>
    public ConvoxCertificate? GetCertificate() => Certificate;

    /// <summary>The name of the rack.</summary>
    public required string Rack { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Id;
}

/// <summary>The results of a renewal.</summary>
public enum ConvoxRenewalResult : long
{
    /// <summary>A new version is live.</summary>
    Renewed,

    /// <summary>The certificate is not due for renewal.</summary>
    NotDue,

    /// <summary>The renewal failed, and the current version stays live. An error gives the reason.</summary>
    Failed,

    /// <summary>The renewal cannot continue until the user acts or the delay passes.</summary>
    Waiting,
}
