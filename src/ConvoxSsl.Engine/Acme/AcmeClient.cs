namespace ConvoxSsl.Engine.Acme;

/// <summary>
/// A client of one CA (RFC 8555): its directory, its accounts, and operations that need no account. Thread-safe. It
/// neither solves challenges nor stores anything; callers do both. Each resource's operations are in the resource's file.
/// </summary>
public sealed partial class AcmeClient : IDisposable
{
    private const int MaxRedirects = 5;

    private AcmeClient(AcmeTransport transport, AcmeClientOptions options, Uri directoryUrl, AcmeDirectory directory)
    {
        Transport = transport;
        Options = options;
        DirectoryUrl = directoryUrl;
        Directory = directory;
    }

    /// <summary>The directory's URL.</summary>
    public Uri DirectoryUrl { get; }

    /// <summary>The directory.</summary>
    public AcmeDirectory Directory { get; }

    internal AcmeTransport Transport { get; }

    internal AcmeClientOptions Options { get; }

    /// <summary>Reads the directory and creates a client.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidDirectoryUrl</c>: the URL is not an https URL.</exception>
    /// <exception cref="AcmeException">The CA is unreachable or not trusted, or its response is not a directory.</exception>
    public static async Task<AcmeClient> ConnectAsync(Uri directoryUrl, AcmeClientOptions options, CancellationToken ct)
    {
        // RFC 8555 section 6.1: all communication between a client and a server uses HTTPS.
        if (!directoryUrl.IsAbsoluteUri || directoryUrl.Scheme != Uri.UriSchemeHttps)
        {
            throw new InvalidInputException(
                ErrorCode.InvalidDirectoryUrl,
                $"The directory URL '{directoryUrl.OriginalString}' is not valid because it is not an https:// URL.",
                directoryUrl.OriginalString)
            {
                Remedy = "Give the https:// URL of an ACME directory.",
            };
        }

        var transport = new AcmeTransport(options);
        try
        {
            var directory = await ReadDirectoryAsync(transport, directoryUrl, ct).ConfigureAwait(false);
            transport.NewNonce = directory.NewNonce;
            return new AcmeClient(transport, options, directoryUrl, directory);
        }
        catch
        {
            transport.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Transport.Dispose();

    // Only for the directory: signed requests contain their URL and must not go elsewhere.
    private static async Task<AcmeDirectory> ReadDirectoryAsync(AcmeTransport transport, Uri url, CancellationToken ct)
    {
        for (var redirects = 0; ; redirects++)
        {
            var request = new AcmeRequest(url, RequestPriority.Begin) { ReturnsRedirect = true };
            var response = await transport.SendAsync(request, ct).ConfigureAwait(false);
            if (!response.IsRedirect)
            {
                return response.Read(AcmeJson.Default.AcmeDirectory);
            }

            if (redirects == MaxRedirects || response.Location!.Scheme != Uri.UriSchemeHttps)
            {
                var rule = redirects == MaxRedirects ? $"only {MaxRedirects} redirects are followed" : "only redirects to https are followed";
                var fault = $"its response is a redirect to {response.Location}, but {rule}";
                throw new AcmeException(
                    AcmeProblem.Create(AcmeProblemType.MalformedAnswer, fault) with { Status = (int)response.Status }, url);
            }

            url = response.Location;
        }
    }

    internal AcmeException NotOffered(string feature) =>
        new(AcmeProblem.Create(AcmeProblemType.Unsupported, $"its directory offers no {feature}"), DirectoryUrl);
}
