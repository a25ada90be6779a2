namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>Carries certificates of a rack to the apps that use them, each of which has its own copy.</summary>
public interface ICertificatePublisher
{
    /// <summary>
    /// Brings the copies of a certificate up to date in all apps that have one, and makes one in each of the named apps.
    /// A copy that can't be written is told of in the result, and does not keep others from being written.
    /// </summary>
    /// <param name="id">The certificate.</param>
    /// <param name="apps">Apps that get a copy in any case.</param>
    /// <param name="dryRun">Whether only what would be done is told.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>; <c>AppNotFound</c>: the rack has no such app.</exception>
    Task<IReadOnlyList<CertificateCopy>> PublishAsync(string id, IReadOnlyList<string> apps, bool dryRun, CancellationToken ct);

    /// <summary>Brings all copies of all certificates up to date; gives those that were not.</summary>
    /// <param name="dryRun">Whether only what would be done is told.</param>
    /// <param name="ct">Stops it.</param>
    IAsyncEnumerable<CertificateCopy> PublishAllAsync(bool dryRun, CancellationToken ct);

    /// <summary>The names of the rack's apps.</summary>
    Task<IReadOnlyList<string>> ListAppsAsync(CancellationToken ct);
}

/// <summary>A copy of a certificate that an app has.</summary>
/// <param name="Id">The certificate.</param>
/// <param name="App">The app.</param>
/// <param name="Namespace">The app's namespace.</param>
/// <param name="Result">What was done with it.</param>
/// <param name="Reason">Why it could not be written.</param>
public sealed record CertificateCopy(string Id, string App, string Namespace, CertificateCopyResult Result, string? Reason = null);

/// <summary>What was done with a copy.</summary>
public enum CertificateCopyResult
{
    /// <summary>It was the same already.</summary>
    Current,

    /// <summary>It was brought up to date.</summary>
    Updated,

    /// <summary>It was made.</summary>
    Created,

    /// <summary>It could not be written.</summary>
    Failed,
}
