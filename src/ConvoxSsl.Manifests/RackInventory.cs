namespace ConvoxSsl.Manifests;

/// <summary>The certificates of a rack that a manifest is compared with.</summary>
/// <param name="Rack">The name of the rack.</param>
/// <param name="Certificates">The certificates; null if the rack could not be read.</param>
/// <param name="Damaged">The IDs of corrupt certificates, each with the reason.</param>
/// <param name="Problem">The reason why the rack could not be read; null if it was read.</param>
public sealed record RackInventory(
    string Rack, IReadOnlyList<InventoryCertificate>? Certificates, IReadOnlyDictionary<string, string> Damaged, string? Problem)
{
    /// <summary>Creates the inventory of a rack that could not be read.</summary>
    public static RackInventory CreateUnknown(string rack, string problem) => new(rack, null, new Dictionary<string, string>(), problem);

    /// <summary>Returns the inventory with a certificate added or replaced.</summary>
    public RackInventory With(InventoryCertificate certificate) =>
        this with { Certificates = [certificate, .. (Certificates ?? []).Where(c => c.Id != certificate.Id)] };
}

/// <summary>A certificate of a rack.</summary>
public sealed record InventoryCertificate
{
    /// <summary>The ID of the certificate.</summary>
    public required string Id { get; init; }

    /// <summary>The names that the certificate covers.</summary>
    public required IReadOnlyList<string> Domains { get; init; }

    /// <summary>The name of the issuer.</summary>
    public required string Issuer { get; init; }

    /// <summary>The status: Ready, Expired, Pending, Failed or Revoked.</summary>
    public required ServiceCertificateStatus Status { get; init; }

    /// <summary>The reason for the status, or null.</summary>
    public string? StatusReason { get; init; }

    /// <summary>The end of the validity period, in UTC; null before the first version is issued.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Returns the reason for the status; null if there is none.</summary>
    public string? DescribeStatus() =>
        StatusReason ?? (Status == ServiceCertificateStatus.Expired ? $"'{Id}' expired on {Expires:u}." : null);
}
