namespace ConvoxSsl.Engine.Acme;

/// <summary>
/// A client of one CA (RFC 8555): its directory, its accounts, and operations that need no account. Thread-safe. It
/// neither solves challenges nor stores anything; callers do both. Each resource's operations are in the resource's file.
/// </summary>
public sealed partial class AcmeClient : IDisposable
{
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
            var response = await transport.SendAsync(new AcmeRequest(directoryUrl, RequestPriority.Begin), ct).ConfigureAwait(false);
            var directory = response.Read(AcmeJson.Default.AcmeDirectory);
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

    internal AcmeException NotOffered(string feature) =>
        new(AcmeProblem.Create(AcmeProblemType.Unsupported, $"its directory offers no {feature}"), DirectoryUrl);
}
