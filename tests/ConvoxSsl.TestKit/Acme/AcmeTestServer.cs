using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Acme;

/// <summary>
/// An ACME CA in this process that follows RFC 8555 strictly, records requests, and simulates faults. It resolves every
/// name to 127.0.0.1. Disposal stops it and deletes its files.
/// </summary>
public sealed class AcmeTestServer : IAsyncDisposable
{
    private readonly CaState _state;
    private readonly CertificateAuthority _authority;
    private readonly AcmeService _service;
    private readonly ChallengeValidator _validator;
    private readonly List<CaRequest> _requests = [];
    private readonly List<Task> _validations = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly DirectoryInfo _home = System.IO.Directory.CreateTempSubdirectory("acme-test-server-");
    private AcmeEndpoint? _endpoint;

    private AcmeTestServer(AcmeTestServerOptions options)
    {
        _state = new CaState(options);
        _authority = new CertificateAuthority(options.Time.GetUtcNow(), options.AlternateRoots);
        _service = new AcmeService(_state, _authority, Validate);
        HttpPort = options.HttpPort ?? FreePort.Next();
        TlsPort = options.TlsPort ?? FreePort.Next();
        _validator = new ChallengeValidator(HttpPort, TlsPort, options.Txt);
    }

    /// <summary>The directory URL.</summary>
    public Uri DirectoryUrl => new(_state.BaseUrl + "/directory");

    /// <summary>The PEM file with the root of its endpoint; it is deleted with the server.</summary>
    public string RootFile => Path.Combine(_home.FullName, EndpointCertificate.RootFile);

    /// <summary>The port of http-01 validation.</summary>
    public int HttpPort { get; }

    /// <summary>The port of tls-alpn-01 validation.</summary>
    public int TlsPort { get; }

    /// <summary>The faults to simulate.</summary>
    public FaultList<AcmeFault, CaRequest> Faults { get; } = new();

    /// <summary>The roots of its certificates: the first chain's, then those of the alternates.</summary>
    public IReadOnlyList<X509Certificate2> Roots => _authority.Roots;

    /// <summary>The received requests, in order.</summary>
    public IReadOnlyList<CaRequest> Requests => Locked(() => _requests.ToArray());

    /// <summary>The accounts, in the order of creation.</summary>
    public IReadOnlyList<CaAccount> Accounts => Locked(() => _state.Accounts.Values.ToArray());

    /// <summary>The orders, in the order of creation.</summary>
    public IReadOnlyList<CaOrder> Orders => Locked(() => _state.Orders.Values.ToArray().Select(_state.Settle).ToArray());

    /// <summary>The authorizations, in the order of creation.</summary>
    public IReadOnlyList<CaAuthorization> Authorizations =>
        Locked(() => _state.Authorizations.Values.ToArray().Select(_state.Settle).ToArray());

    /// <summary>The certificates, including revoked ones, in the order of issuance.</summary>
    public IReadOnlyList<CaCertificate> IssuedCertificates => Locked(() => _state.Certificates.Values.ToArray());

    /// <summary>The revoked certificates.</summary>
    public IReadOnlyList<CaCertificate> RevokedCertificates => [.. IssuedCertificates.Where(c => c.Revoked is not null)];

    /// <summary>Starts a server on a free port.</summary>
    public static async Task<AcmeTestServer> StartAsync(AcmeTestServerOptions options, CancellationToken ct)
    {
        var server = new AcmeTestServer(options);
        try
        {
            server._endpoint = await AcmeEndpoint.StartAsync(server._home.FullName, options.Time, server.RespondAsync, ct);
            server._state.BaseUrl = server._endpoint.BaseUrl;
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Counts the requests of a resource.</summary>
    public int Count(AcmeResource resource) => Requests.Count(r => r.Resource == resource);

    /// <summary>Changes the terms of service. Accounts must agree to them before their next order.</summary>
    public void ChangeTerms(string url) => Locked(() => _state.Terms = url);

    /// <summary>Deletes all accounts.</summary>
    public void ForgetAccounts() => Locked(() =>
    {
        _state.Accounts.Clear();
        return true;
    });

    /// <summary>Restores what another server stored of an account and its orders, except for certificates.</summary>
    /// <param name="saved">The URL of the account, the orders and the authorizations.</param>
    /// <param name="accountKey">The PEM of the account's ECDSA key.</param>
    public void Restore(JsonNode saved, string accountKey) => Locked(() =>
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(accountKey);
        _state.Restore(saved, PublicJwk.FromKey(key));
        return true;
    });

    /// <summary>Makes the pending authorizations of a name valid, as if its owner had acted.</summary>
    public void MakeValid(string name) => Decide(name, null);

    /// <summary>Makes the pending authorizations of a name invalid, as if its owner had declined.</summary>
    public void MakeInvalid(string name, CaProblem problem) => Decide(name, problem);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_endpoint is not null)
        {
            await _endpoint.DisposeAsync();
        }

        await Task.WhenAll(Locked(() => _validations.ToArray()));
        _validator.Dispose();
        foreach (var certificate in _state.Certificates.Values)
        {
            certificate.Certificate.Dispose();
        }

        _authority.Dispose();
        _stop.Dispose();
        _home.Delete(recursive: true);
    }

    /// <returns>The response; null to break the connection.</returns>
    private async Task<CaResponse?> RespondAsync(CaRequest request, CancellationToken ct)
    {
        var fault = Locked(() =>
        {
            _requests.Add(request);
            return Faults.Take(request);
        });
        if (fault?.Before is { } before)
        {
            await before(request, ct);
        }

        if (fault is { AbortsBefore: true })
        {
            return null;
        }

        var response = fault?.Instead is { } instead ? Scripted(instead(request), request) : _service.Handle(request, fault);
        return fault is { AbortsAfter: true } ? null : fault?.Edit?.Invoke(response) ?? response;
    }

    // RFC 8555 section 6.5: errors carry a nonce too.
    private CaResponse Scripted(CaResponse response, CaRequest request) =>
        request.Method == "POST" && response.ContentType == "application/problem+json"
        ? response.With("Replay-Nonce", Locked(_state.NewNonce))
        : response;

    private void Validate(CaAuthorization authorization, CaChallenge challenge, CaAccount account, CaProblem? failure)
    {
        if (failure is not null || _state.Options.AcceptsAllChallenges)
        {
            Conclude(authorization, challenge, failure);
            return;
        }

        _validations.Add(Task.Run(async () =>
        {
            try
            {
                var problem = await _validator.ValidateAsync(authorization.Identifier, challenge, account.Thumbprint, _stop.Token);
                Locked(() => Conclude(authorization, challenge, problem));
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
            }
        }));
    }

    private void Decide(string name, CaProblem? problem) => Locked(() => _state.Authorizations.Values
        .Where(a => a.Identifier.Value == name && a.Status == "pending").ToList().TrueForAll(a => Conclude(a, a.Challenges[0], problem)));

    private bool Conclude(CaAuthorization authorization, CaChallenge challenge, CaProblem? problem)
    {
        _state.Put(authorization.Url, challenge with
        {
            Status = problem is null ? "valid" : "invalid",
            Validated = problem is null ? _state.Now : null,
            Error = problem,
        });
        return true;
    }

    private T Locked<T>(Func<T> action)
    {
        lock (_state.Gate)
        {
            return action();
        }
    }
}
