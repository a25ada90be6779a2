using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.CertManager;

/// <summary>A fault of some versions of cert-manager that prevents issuance through a DNS provider.</summary>
/// <param name="DnsProvider">The provider's name in a ClusterIssuer.</param>
/// <param name="Effect">The failure of these versions, as the end of a sentence.</param>
/// <param name="Issue">The number of the issue in cert-manager's repository.</param>
/// <param name="Symptom">The text by which the fault is recognized in a Challenge's status.</param>
/// <param name="Fixed">The first version without the fault in each release line that was fixed; the last one is of the newest line.</param>
internal sealed record VersionFault(string DnsProvider, string Effect, int Issue, string Symptom, IReadOnlyList<Version> Fixed)
{
    /// <summary>All known faults.</summary>
    public static IReadOnlyList<VersionFault> Known { get; } =
    [
        // It takes the zone from the record, where Cloudflare has not returned it since January 2025.
        new(
            "cloudflare",
            "cannot remove TXT records at Cloudflare, so its challenges never end",
            7540,
            "/zones//dns_records/",
            [new Version(1, 12, 16), new Version(1, 16, 4), new Version(1, 17, 1), new Version(1, 18, 0)]),
    ];

    /// <summary>Finds the fault of a DNS provider; null if there is none.</summary>
    public static VersionFault? FindByProvider(string? dnsProvider) =>
        Known.FirstOrDefault(fault => fault.DnsProvider.Equals(dnsProvider, StringComparison.OrdinalIgnoreCase));

    /// <summary>Finds the fault that caused a Challenge's status; null if it is not known.</summary>
    public static VersionFault? FindBySymptom(string? reason) =>
        reason is null ? null : Known.FirstOrDefault(fault => reason.Contains(fault.Symptom, StringComparison.Ordinal));

    /// <summary>True if a version has the fault. Release lines that were not fixed have it up to the newest fixed one.</summary>
    public bool IsIn(Version version) =>
        version < (Fixed.FirstOrDefault(first => (first.Major, first.Minor) == (version.Major, version.Minor)) ?? Fixed[^1]);

    /// <summary>Describes the fault in two sentences.</summary>
    /// <param name="version">The version, such as <c>v1.10.2</c>; null if it is unknown.</param>
    public string Describe(string? version) =>
        $"{(version is null ? $"This version of {RackScope.ControllerName}" : $"{RackScope.ControllerName} {version}")} {Effect} "
            + $"(cert-manager#{Issue}). It is fixed in {string.Join(", ", Fixed.SkipLast(1))} and {Fixed[^1]}.";
}
