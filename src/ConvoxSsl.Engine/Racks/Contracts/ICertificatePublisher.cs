namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>Copies a rack's certificates to the apps that use them.</summary>
public interface ICertificatePublisher
{
    /// <summary>
    /// Updates the copies of a certificate in all apps that have one, and creates a copy in each of the named apps. A failed copy
    /// is reported in the result and does not stop the others.
    /// </summary>
    /// <param name="id">The certificate's id.</param>
    /// <param name="apps">The apps that get a copy if they have none.</param>
    /// <param name="dryRun">True to report the changes without making them.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>; <c>AppNotFound</c>: the rack has no such app.</exception>
    Task<IReadOnlyList<CertificateCopy>> PublishAsync(string id, IReadOnlyList<string> apps, bool dryRun, CancellationToken ct);

    /// <summary>Updates all copies of all certificates, and returns those that were outdated.</summary>
    /// <param name="dryRun">True to report the changes without making them.</param>
    /// <param name="ct">The cancellation token.</param>
    IAsyncEnumerable<CertificateCopy> PublishAllAsync(bool dryRun, CancellationToken ct);

    /// <summary>
    /// Finds the namespaces of the apps that have a copy of a certificate, even if the rack no longer has it. Apps whose Secrets may
    /// not be read are omitted.
    /// </summary>
    Task<IReadOnlyList<string>> FindCopiesAsync(string id, CancellationToken ct);

    /// <summary>Lists the names of the rack's apps.</summary>
    Task<IReadOnlyList<string>> ListAppsAsync(CancellationToken ct);
}

/// <summary>An app's copy of a certificate.</summary>
/// <param name="Id">The certificate's id.</param>
/// <param name="App">The app's name.</param>
/// <param name="Namespace">The app's namespace.</param>
/// <param name="Result">The result for the copy.</param>
/// <param name="Reason">The reason for a failure.</param>
/// <param name="Remedy">The advice about a failure, if any.</param>
public sealed record CertificateCopy(
    string Id, string App, string Namespace, CertificateCopyResult Result, string? Reason = null, Remedy? Remedy = null);

/// <summary>The result for a copy.</summary>
public enum CertificateCopyResult
{
    /// <summary>The copy was up to date.</summary>
    Current,

    /// <summary>The copy was updated.</summary>
    Updated,

    /// <summary>The copy was created.</summary>
    Created,

    /// <summary>The copy could not be written.</summary>
    Failed,
}
