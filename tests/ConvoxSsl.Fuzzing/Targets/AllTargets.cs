namespace ConvoxSsl.Fuzzing.Targets;

/// <summary>The list of all targets.</summary>
internal static class AllTargets
{
    public static IReadOnlyList<FuzzTarget> List { get; } =
    [
        .. AcmeTargets.All(CertificateTargets.Chains),
        .. CertificateTargets.All(),
        .. RackTargets.All(),
        .. NameTargets.All(),
        .. DnsTargets.All(),
        .. EndpointTargets.All(),
        .. CloudflareTargets.All(),
        .. Route53Targets.All(),
        .. ManifestTargets.All(),
    ];
}
