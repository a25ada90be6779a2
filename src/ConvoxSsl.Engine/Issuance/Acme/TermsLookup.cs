using System.Collections.Concurrent;
using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>
/// Finds the terms of service that an error message names. Each directory is read once and without retries, because the error is the
/// same without them.
/// </summary>
/// <param name="options">The settings of the requests.</param>
internal sealed class TermsLookup(Func<string?, AcmeClientOptions> options)
{
    private readonly ConcurrentDictionary<Uri, Task<(string? Terms, AcmeException? Failure)>> _found = new();

    /// <summary>Finds the URL of a CA's terms, null if the CA has none, or the failure to read its directory.</summary>
    /// <param name="directoryUrl">The CA's directory.</param>
    /// <param name="caCertificate">The PEM of the root that the CA's endpoint is trusted by; null for the system's.</param>
    /// <param name="ct">The cancellation token.</param>
    public Task<(string? Terms, AcmeException? Failure)> FindAsync(Uri directoryUrl, string? caCertificate, CancellationToken ct) =>
        _found.GetOrAdd(directoryUrl, url => ReadAsync(url, caCertificate, ct));

    private async Task<(string? Terms, AcmeException? Failure)> ReadAsync(Uri directoryUrl, string? caCertificate, CancellationToken ct)
    {
        try
        {
            var settings = options(caCertificate) with { MaxRetries = 0 };
            using var client = await AcmeClient.ConnectAsync(directoryUrl, settings, ct).ConfigureAwait(false);
            return (DisplayText.OneLine(client.Directory.Metadata.TermsOfService), null);
        }
        catch (AcmeException e)
        {
            return (null, e);
        }
    }
}
