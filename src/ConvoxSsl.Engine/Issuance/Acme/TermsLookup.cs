using System.Collections.Concurrent;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Issuance.Requests;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>
/// Finds the terms of service that an error message names, and what else a CA requires of new accounts. Each directory is read once and
/// without retries, because the error is the same without them.
/// </summary>
/// <param name="options">The settings of the requests.</param>
internal sealed class TermsLookup(Func<string?, AcmeClientOptions> options)
{
    private readonly ConcurrentDictionary<Uri, Task<(AcmeDirectoryMetadata? Metadata, AcmeException? Failure)>> _found = new();

    /// <summary>Verifies that a request contains the account at the CA to bind to, if the CA requires one.</summary>
    /// <exception cref="InvalidInputException"><c>ExternalAccountRequired</c>.</exception>
    public static void RequireBinding(Uri directoryUrl, AcmeDirectoryMetadata metadata, AccountRequest request)
    {
        if (metadata.ExternalAccountRequired && request.ExternalAccount is null)
        {
            throw new InvalidInputException(
                ErrorCode.ExternalAccountRequired,
                $"The CA at {directoryUrl.Authority} requires an external account binding.",
                directoryUrl.AbsoluteUri);
        }
    }

    /// <summary>Finds the metadata in a CA's directory, or the failure to read it.</summary>
    /// <param name="directoryUrl">The CA's directory.</param>
    /// <param name="caCertificate">The PEM of the root that the CA's endpoint is trusted by; null for the system's.</param>
    /// <param name="ct">The cancellation token.</param>
    public Task<(AcmeDirectoryMetadata? Metadata, AcmeException? Failure)> FindAsync(
        Uri directoryUrl, string? caCertificate, CancellationToken ct) =>
        _found.GetOrAdd(directoryUrl, url => ReadAsync(url, caCertificate, ct));

    private async Task<(AcmeDirectoryMetadata? Metadata, AcmeException? Failure)> ReadAsync(
        Uri directoryUrl, string? caCertificate, CancellationToken ct)
    {
        try
        {
            var settings = options(caCertificate) with { MaxRetries = 0 };
            using var client = await AcmeClient.ConnectAsync(directoryUrl, settings, ct).ConfigureAwait(false);
            return (client.Directory.Metadata, null);
        }
        catch (AcmeException e)
        {
            return (null, e);
        }
    }
}
