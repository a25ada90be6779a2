namespace ConvoxSsl.Manifests;

/// <summary>A service of a convox.yml, as far as certificates are concerned.</summary>
public sealed record ManifestService
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The line that its name stands in, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>
    /// Its domains as they are written. One that holds <c>${…}</c> is known only when Convox has replaced that from the
    /// app's environment.
    /// </summary>
    public required IReadOnlyList<string> Domains { get; init; }

    /// <summary><c>certificate.id</c>, also where a merge key or an alias brings it; null where there is none.</summary>
    public string? CertificateId { get; init; }

    /// <summary><c>certificate.duration</c> as it is written, or null.</summary>
    public string? CertificateDuration { get; init; }

    /// <summary>Whether the environment decides what a text of a manifest stands for.</summary>
    public static bool IsInterpolated(string text) => Interpolation.Contains(text);
}
