using System.Text.Json;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Acme;

/// <summary>
/// A client of one CA (RFC 8555): its directory, its accounts, and what needs no account. Safe for use by many tasks
/// at once. Proves nothing and stores nothing: that is the caller's part.
/// </summary>
public sealed class AcmeClient : IDisposable
{
    private AcmeClient(AcmeTransport transport, AcmeClientOptions options, Uri directoryUrl, AcmeDirectory directory)
    {
        Transport = transport;
        Options = options;
        DirectoryUrl = directoryUrl;
        Directory = directory;
    }

    /// <summary>Where the directory was read.</summary>
    public Uri DirectoryUrl { get; }

    /// <summary>The directory.</summary>
    public AcmeDirectory Directory { get; }

    internal AcmeTransport Transport { get; }

    internal AcmeClientOptions Options { get; }

    /// <summary>Reads the directory.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidDirectoryUrl</c>: not an https URL.</exception>
    /// <exception cref="AcmeException">The CA can't be reached or is not trusted, or what it gives is no directory.</exception>
    public static async Task<AcmeClient> ConnectAsync(Uri directoryUrl, AcmeClientOptions options, CancellationToken ct)
    {
        if (!directoryUrl.IsAbsoluteUri || directoryUrl.Scheme != Uri.UriSchemeHttps)
        {
            throw new InvalidInputException(
                ErrorCode.InvalidDirectoryUrl, $"'{directoryUrl.OriginalString}' is not a directory URL that can be used: ACME is HTTPS only. Give an https:// URL.", directoryUrl.OriginalString);
        }

        var transport = new AcmeTransport(options);
        try
        {
            var answer = await transport.GetAsync(directoryUrl, ct).ConfigureAwait(false);
            var directory = answer.Read(AcmeJson.Default.AcmeDirectory);
            transport.NewNonce = directory.NewNonce;
            return new AcmeClient(transport, options, directoryUrl, directory);
        }
        catch
        {
            transport.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Makes an account, or finds the one that the key already has (RFC 8555 section 7.3: the CA then answers with it
    /// as it is).
    /// </summary>
    /// <param name="key">The account's key. The caller has stored it already.</param>
    /// <param name="contact">Contact URLs.</param>
    /// <param name="termsOfServiceAgreed">Whether the user accepted the terms in the directory.</param>
    /// <param name="external">The account at the CA to bind to, if it wants one.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="AcmeException">The CA refused.</exception>
    public Task<AcmeSession> CreateAccountAsync(
        PrivateKey key, IReadOnlyList<string> contact, bool termsOfServiceAgreed, ExternalAccount? external, CancellationToken ct) =>
        NewAccountAsync(
            key,
            new AccountPayload
            {
                Contact = contact.Count > 0 ? contact : null,
                TermsOfServiceAgreed = termsOfServiceAgreed ? true : null,
                ExternalAccountBinding = external is null ? null : Element(Jws.BindExternalAccount(external, key, Directory.NewAccount)),
            },
            ct);

    /// <summary>Finds the account that a key belongs to, and makes none (RFC 8555 section 7.3.1).</summary>
    /// <exception cref="AcmeException"><c>accountDoesNotExist</c>: there is none.</exception>
    public Task<AcmeSession> FindAccountAsync(PrivateKey key, CancellationToken ct) =>
        NewAccountAsync(key, new AccountPayload { OnlyReturnExisting = true }, ct);

    /// <summary>Goes on under an account whose URL is known; costs no request.</summary>
    public AcmeSession UseAccount(PrivateKey key, Uri accountUrl) => new(this, key, new AcmeAccount { Url = accountUrl });

    /// <summary>Revokes a certificate with its own key; needs no account (RFC 8555 section 7.6).</summary>
    /// <exception cref="AcmeException">The CA refused; a certificate that was revoked before is no error.</exception>
    public Task RevokeAsync(PrivateKey certificateKey, ReadOnlyMemory<byte> certificate, RevocationReason reason, CancellationToken ct) =>
        RevokeAsync(certificateKey, null, certificate, reason, ct);

    /// <summary>When the CA wants a certificate renewed; null where it offers no such information (RFC 9773).</summary>
    /// <param name="certificateId">The identifier, as <see cref="RenewalIdentifier"/> makes it.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<AcmeRenewalInfo?> GetRenewalInfoAsync(string certificateId, CancellationToken ct)
    {
        if (Directory.RenewalInfo is not { } url)
        {
            return null;
        }

        var answer = await Transport.GetAsync(new Uri($"{url.OriginalString.TrimEnd('/')}/{certificateId}"), ct).ConfigureAwait(false);
        return answer.Read(AcmeJson.Default.AcmeRenewalInfo) with { AskAgainAt = answer.RetryAt };
    }

    /// <inheritdoc/>
    public void Dispose() => Transport.Dispose();

    internal async Task RevokeAsync(PrivateKey key, Uri? account, ReadOnlyMemory<byte> certificate, RevocationReason reason, CancellationToken ct)
    {
        var url = Directory.RevokeCertificate ?? throw NotOffered("revocation");
        var payload = JsonSerializer.SerializeToUtf8Bytes(
            new RevocationRequest(Base64Url.Encode(certificate.Span), (int)reason), AcmeJson.Default.RevocationRequest);
        try
        {
            await Transport.PostAsync(url, key, account, payload, null, RequestPriority.Finish, ct).ConfigureAwait(false);
        }
        catch (AcmeException e) when (e.Problem.ShortType == "alreadyRevoked")
        {
        }
    }

    internal AcmeException NotOffered(string what) =>
        new(AcmeProblem.Create("unsupported", $"its directory offers no {what}"), DirectoryUrl);

    internal static JsonElement Element(byte[] json) => JsonSerializer.Deserialize(json, AcmeJson.Default.JsonElement);

    private async Task<AcmeSession> NewAccountAsync(PrivateKey key, AccountPayload request, CancellationToken ct)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(request, AcmeJson.Default.AccountPayload);
        var answer = await Transport.PostAsync(Directory.NewAccount, key, null, payload, null, RequestPriority.Begin, ct).ConfigureAwait(false);
        return new AcmeSession(this, key, answer.Read(AcmeJson.Default.AcmeAccount) with { Url = answer.RequireLocation() });
    }
}
