namespace ConvoxSsl.Manifests;

/// <summary>The certificate settings of a service in a convox.yml.</summary>
public sealed record ManifestService
{
    /// <summary>The name of the service.</summary>
    public required string Name { get; init; }

    /// <summary>The line of the name, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>
    /// The domains as written. Convox replaces <c>${…}</c> in them from the app's environment.
    /// </summary>
    public required IReadOnlyList<string> Domains { get; init; }

    /// <summary>The <c>certificate.id</c>, including one from a merge key or an alias; null if there is none.</summary>
    public string? CertificateId { get; init; }

    /// <summary>The <c>certificate.duration</c> as written, or null.</summary>
    public string? CertificateDuration { get; init; }

    /// <summary>Returns true if the value of a text depends on the environment.</summary>
    public static bool IsInterpolated(string text) => Interpolation.Contains(text);
}
