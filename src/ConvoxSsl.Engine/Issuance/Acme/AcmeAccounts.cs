using System.Collections.Concurrent;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>
/// The ACME accounts of a rack. Reads each CA's directory once and shares its session. The key of a new account is stored before
/// the request that creates it, so that a lost response loses no account.
/// </summary>
public sealed class AcmeAccounts : IDisposable
{
    private readonly IssuanceContext _context;
    private readonly IRack _rack;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly SemaphoreSlim _connecting = new(1);
    private readonly ConcurrentDictionary<Uri, AcmeClient> _clients = new();
    private readonly ConcurrentDictionary<Uri, AcmeSession> _sessions = new();
    private readonly TermsLookup _terms;

    internal AcmeAccounts(IssuanceContext context)
    {
        (_context, _rack) = (context, context.Rack);
        _terms = new TermsLookup(OptionsFor);
    }

    /// <summary>True if an account would have to be created, for which the CA's terms must be accepted.</summary>
    public async Task<bool> IsMissingAsync(Uri directoryUrl, CancellationToken ct) =>
        await _rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false) is not { Url: not null };

    /// <summary>Checks a request without a request to the CA.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidCaCertificate</c>, <c>InvalidContact</c>.</exception>
    public static void Check(AccountRequest request)
    {
        RootCertificates.Parse(request.CaCertificate);
        ContactUrls(request.Contact);
    }

    /// <summary>
    /// Verifies that the account exists or may be created. Sends a request to the CA only if not, to name its terms in the error.
    /// </summary>
    /// <exception cref="InvalidInputException"><c>TermsOfServiceNotAccepted</c>.</exception>
    public async Task RequireTermsAsync(Uri directoryUrl, AccountRequest request, CancellationToken ct)
    {
        if (!request.AcceptTermsOfService && await IsMissingAsync(directoryUrl, ct).ConfigureAwait(false))
        {
            var (metadata, failure) = await _terms.FindAsync(directoryUrl, request.CaCertificate, ct).ConfigureAwait(false);
            var terms = DisplayText.OneLine(metadata?.TermsOfService);
            throw new InvalidInputException(
                ErrorCode.TermsOfServiceNotAccepted,
                $"There is no account at {directoryUrl} yet. Creating one requires accepting the CA's terms of service"
                + (failure is not null ? $", but its directory cannot be read. {failure.Message}" : terms is null ? "." : $" ({terms})."),
                directoryUrl.AbsoluteUri,
                failure)
            {
                Remedy = failure is null
                    ? new Remedy(ErrorCode.TermsOfServiceNotAccepted)
                    : Remedy.Join(failure.Remedy, new Remedy("TermsOfServiceNotAccepted.Unreadable")),
            };
        }
    }

    /// <summary>
    /// Verifies for a preview that the CA would accept the request to create an account. Does nothing if there is one, or if the CA cannot
    /// be reached.
    /// </summary>
    /// <exception cref="InvalidInputException"><c>ExternalAccountRequired</c>.</exception>
    public async Task RequireCreatableAsync(Uri directoryUrl, AccountRequest request, CancellationToken ct)
    {
        if (await IsMissingAsync(directoryUrl, ct).ConfigureAwait(false)
            && await _terms.FindAsync(directoryUrl, request.CaCertificate, ct).ConfigureAwait(false) is ({ } metadata, _))
        {
            TermsLookup.RequireBinding(directoryUrl, metadata, request);
        }
    }

    /// <summary>
    /// Finds the terms of service that the user has to accept before a request creates an account; null if there is an account or
    /// the request accepts them.
    /// </summary>
    public async Task<PendingTerms?> FindPendingTermsAsync(Uri directoryUrl, AccountRequest request, CancellationToken ct) =>
        request.AcceptTermsOfService || !await IsMissingAsync(directoryUrl, ct).ConfigureAwait(false)
            ? null
            : new PendingTerms(directoryUrl.Authority, await ReadTermsAsync(directoryUrl, request.CaCertificate, ct).ConfigureAwait(false));

    /// <summary>Reads the URL of the CA's terms of service; null if it has none.</summary>
    public async Task<string?> ReadTermsAsync(Uri directoryUrl, string? caCertificate, CancellationToken ct) =>
        (await ConnectAsync(directoryUrl, caCertificate, ct).ConfigureAwait(false)).Directory.Metadata.TermsOfService;

    /// <summary>Gets the record of the account at a CA.</summary>
    /// <exception cref="EngineException"><c>AccountNotFound</c>.</exception>
    public async Task<AccountRecord> GetAsync(Uri directoryUrl, CancellationToken ct) =>
        await _rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false) is { Url: not null } account
            ? account
            : throw NotFound(directoryUrl);

    /// <summary>Opens a session of the account at a CA; creates the account if there is none.</summary>
    /// <exception cref="InvalidInputException">
    /// <c>TermsOfServiceNotAccepted</c>, <c>InvalidCaCertificate</c>, <c>InvalidContact</c>, <c>ExternalAccountRequired</c>.
    /// </exception>
    /// <exception cref="AcmeException">The CA refused.</exception>
    public async Task<AcmeSession> OpenAsync(Uri directoryUrl, AccountRequest request, CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (!_sessions.TryGetValue(directoryUrl, out var session))
            {
                var known = await _rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false);
                session = known is { Url: not null }
                    ? await UseAsync(known, request, ct).ConfigureAwait(false)
                    : await CreateAsync(directoryUrl, request, ct).ConfigureAwait(false);
                _sessions[directoryUrl] = session;
            }

            return session;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// Creates an account again that the CA has forgotten, with the same key. The terms were accepted when it was first
    /// created.
    /// </summary>
    public async Task<AcmeSession> RecreateAsync(Uri directoryUrl, ExternalAccount? external, CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await using var locked = await LockAsync(directoryUrl, ct).ConfigureAwait(false);
            var account = await _rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false) ?? throw NotFound(directoryUrl);
            var client = await ConnectAsync(directoryUrl, account.CaCertificate, ct).ConfigureAwait(false);
            var key = await _rack.Accounts.ReadKeyAsync(directoryUrl, ct).ConfigureAwait(false);
            var session = await client.CreateAccountAsync(key, account.Contact, true, external, ct).ConfigureAwait(false);
            await _rack.Accounts.UpdateAsync(account with { Url = session.Account.Url }, ct).ConfigureAwait(false);
            return _sessions[directoryUrl] = session;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Opens a session of an existing account.</summary>
    /// <exception cref="EngineException"><c>AccountNotFound</c>.</exception>
    public async Task<AcmeSession> OpenExistingAsync(Uri directoryUrl, CancellationToken ct) =>
        await IsMissingAsync(directoryUrl, ct).ConfigureAwait(false)
            ? throw NotFound(directoryUrl)
            : await OpenAsync(directoryUrl, new AccountRequest(), ct).ConfigureAwait(false);

    /// <summary>Gets the client of a CA, for requests that need no account.</summary>
    public async Task<AcmeClient> ConnectAsync(Uri directoryUrl, string? caCertificate, CancellationToken ct)
    {
        if (_clients.TryGetValue(directoryUrl, out var known))
        {
            return known;
        }

        await _connecting.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (!_clients.TryGetValue(directoryUrl, out var client))
            {
                _context.ReportDetail($"Reading the directory {directoryUrl}");
                client = await AcmeClient.ConnectAsync(directoryUrl, OptionsFor(caCertificate), ct).ConfigureAwait(false);
                _clients[directoryUrl] = client;
            }

            return client;
        }
        finally
        {
            _connecting.Release();
        }
    }

    /// <summary>Replaces the contacts, at the CA and on the rack.</summary>
    public async Task<AccountRecord> UpdateAsync(Uri directoryUrl, IReadOnlyList<string> contact, CancellationToken ct)
    {
        var urls = ContactUrls(contact);
        var session = await OpenExistingAsync(directoryUrl, ct).ConfigureAwait(false);
        await using var locked = await LockAsync(directoryUrl, ct).ConfigureAwait(false);
        await session.UpdateContactsAsync(urls, ct).ConfigureAwait(false);
        var account = await _rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false) ?? throw NotFound(directoryUrl);
        account = account with { Contact = urls };
        await _rack.Accounts.UpdateAsync(account, ct).ConfigureAwait(false);
        return account;
    }

    /// <summary>
    /// Changes the key of an account (RFC 8555 section 7.3.5). The new key is stored before the request, so that the rack has
    /// the current key whatever happens.
    /// </summary>
    public async Task<AccountRecord> ChangeKeyAsync(Uri directoryUrl, KeyAlgorithm algorithm, CancellationToken ct)
    {
        var session = await OpenExistingAsync(directoryUrl, ct).ConfigureAwait(false);
        await using var locked = await LockAsync(directoryUrl, ct).ConfigureAwait(false);
        var next = PrivateKey.Generate(algorithm);
        await _rack.Accounts.SaveNextKeyAsync(directoryUrl, next, ct).ConfigureAwait(false);
        try
        {
            _sessions[directoryUrl] = await session.ChangeKeyAsync(next, ct).ConfigureAwait(false);
        }
        catch (AcmeException)
        {
            // The error may be the response to a repetition of a request that succeeded: query which key is current.
            if (!await CompleteKeyChangeAsync(_clients[directoryUrl], directoryUrl, next, ct).ConfigureAwait(false))
            {
                throw;
            }

            _sessions.TryRemove(directoryUrl, out _);
            return await _rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false) ?? throw NotFound(directoryUrl);
        }

        await _rack.Accounts.PromoteNextKeyAsync(directoryUrl, ct).ConfigureAwait(false);
        return await _rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false) ?? throw NotFound(directoryUrl);
    }

    /// <summary>Removes an account from the rack, after deactivating it at the CA unless <paramref name="keepAtCa"/> is true.</summary>
    public async Task RemoveAsync(Uri directoryUrl, bool keepAtCa, CancellationToken ct)
    {
        var account = await _rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false) ?? throw NotFound(directoryUrl);
        if (!keepAtCa && account.Url is not null)
        {
            var session = await OpenExistingAsync(directoryUrl, ct).ConfigureAwait(false);
            await DeactivateAsync(session, ct).ConfigureAwait(false);
        }

        await using var locked = await LockAsync(directoryUrl, ct).ConfigureAwait(false);
        await _rack.Accounts.RemoveAsync(directoryUrl, ct).ConfigureAwait(false);
        _sessions.TryRemove(directoryUrl, out _);
    }

    /// <summary>Converts contacts to URLs; an e-mail address becomes a <c>mailto:</c> URL.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidContact</c>.</exception>
    public static IReadOnlyList<string> ContactUrls(IEnumerable<string> contact) => [.. contact.Select(ContactUrl)];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }

        _gate.Dispose();
        _connecting.Dispose();
    }

    private async Task DeactivateAsync(AcmeSession session, CancellationToken ct)
    {
        try
        {
            await session.DeactivateAsync(ct).ConfigureAwait(false);
        }
        catch (AcmeException e) when (e.Problem.ShortType is AcmeProblemType.Unauthorized or AcmeProblemType.AccountDoesNotExist)
        {
            // RFC 8555 section 7.3.6: the error of an account that is deactivated already, such as after a lost response.
            _context.ReportDetail($"The CA had deactivated the account {session.Account.Url} already.");
        }
    }

    private async Task<AcmeSession> UseAsync(AccountRecord account, AccountRequest request, CancellationToken ct)
    {
        var client = await ConnectAsync(account.DirectoryUrl, request.CaCertificate ?? account.CaCertificate, ct).ConfigureAwait(false);
        var profiles = client.Directory.Metadata.Profiles;
        var caCertificate = request.CaCertificate ?? account.CaCertificate;
        if (caCertificate != account.CaCertificate || !profiles.OrderBy(p => p.Key).SequenceEqual(account.Profiles.OrderBy(p => p.Key)))
        {
            await _rack.Accounts.UpdateAsync(account with { CaCertificate = caCertificate, Profiles = profiles }, ct).ConfigureAwait(false);
        }

        await CompleteKeyChangeAsync(client, account.DirectoryUrl, ct).ConfigureAwait(false);
        return client.UseAccount(await _rack.Accounts.ReadKeyAsync(account.DirectoryUrl, ct).ConfigureAwait(false), account.Url!);
    }

    /// <summary>Completes or reverts an interrupted key change, after querying which key the CA accepts.</summary>
    private async Task CompleteKeyChangeAsync(AcmeClient client, Uri directoryUrl, CancellationToken ct)
    {
        if (await _rack.Accounts.ReadNextKeyAsync(directoryUrl, ct).ConfigureAwait(false) is null)
        {
            return;
        }

        await using var locked = await LockAsync(directoryUrl, ct).ConfigureAwait(false);
        using var next = await _rack.Accounts.ReadNextKeyAsync(directoryUrl, ct).ConfigureAwait(false);
        if (next is not null)
        {
            await CompleteKeyChangeAsync(client, directoryUrl, next, ct).ConfigureAwait(false);
        }
    }

    /// <returns>True if the next key is the current one.</returns>
    private async Task<bool> CompleteKeyChangeAsync(AcmeClient client, Uri directoryUrl, PrivateKey next, CancellationToken ct)
    {
        try
        {
            await client.FindAccountAsync(next, ct).ConfigureAwait(false);
            await _rack.Accounts.PromoteNextKeyAsync(directoryUrl, ct).ConfigureAwait(false);
            _context.ReportDetail("An interrupted change of the account's key had reached the CA; the new key is current.");
            return true;
        }
        catch (AcmeException e) when (e.Problem.ShortType == AcmeProblemType.AccountDoesNotExist)
        {
            await _rack.Accounts.DropNextKeyAsync(directoryUrl, ct).ConfigureAwait(false);
            _context.ReportDetail("An interrupted change of the account's key did not reach the CA; the old key stays.");
            return false;
        }
    }

    private async Task<AcmeSession> CreateAsync(Uri directoryUrl, AccountRequest request, CancellationToken ct)
    {
        var contact = ContactUrls(request.Contact);
        await RequireTermsAsync(directoryUrl, request, ct).ConfigureAwait(false);
        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        AccountRecord? known;
        await using (await LockAsync(directoryUrl, ct).ConfigureAwait(false))
        {
            known = await _rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false);
            if (known is not { Url: not null })
            {
                return await CreateLockedAsync(directoryUrl, request, contact, known, ct).ConfigureAwait(false);
            }
        }

        // Another process created it meanwhile. Not under the lock, which completing a key change takes itself.
        return await UseAsync(known, request, ct).ConfigureAwait(false);
    }

    private async Task<AcmeSession> CreateLockedAsync(
        Uri directoryUrl, AccountRequest request, IReadOnlyList<string> contact, AccountRecord? known, CancellationToken ct)
    {
        var client = await ConnectAsync(directoryUrl, request.CaCertificate, ct).ConfigureAwait(false);
        TermsLookup.RequireBinding(directoryUrl, client.Directory.Metadata, request);
        _context.ReportStep($"Creating an account at {directoryUrl.Authority}", 5);
        var record = new AccountRecord
        {
            DirectoryUrl = directoryUrl,
            Contact = contact,
            TermsOfServiceAgreed = true,
            ExternalAccountKeyId = request.ExternalAccount?.KeyId,
            CaCertificate = request.CaCertificate,
            Profiles = client.Directory.Metadata.Profiles,
            Created = _context.Now,
        };
        var key = request.Key is { } own ? own
            : known is null ? PrivateKey.Generate(request.KeyAlgorithm)
            : await _rack.Accounts.ReadKeyAsync(directoryUrl, ct).ConfigureAwait(false);
        await _rack.Accounts.SaveAsync(record, key, ct).ConfigureAwait(false);
        var session = await client.CreateAccountAsync(key, contact, true, request.ExternalAccount, ct).ConfigureAwait(false);
        await _rack.Accounts.UpdateAsync(record with { Url = session.Account.Url }, ct).ConfigureAwait(false);
        return session;
    }

    private Task<IAsyncDisposable> LockAsync(Uri directoryUrl, CancellationToken ct) => _rack.LockAsync(
        $"account/{directoryUrl.AbsoluteUri}",
        () => _context.ReportStep($"Waiting for another process that uses the account at {directoryUrl.Authority}"),
        ct);

    private AcmeClientOptions OptionsFor(string? caCertificate) => new()
    {
        TrustedRoots = RootCertificates.Parse(caCertificate),
        Time = _context.Time,
        MaxConcurrentRequests = _context.Options.Concurrency,
        Observe = e => _context.Events.Report(new IssuanceEvent(
            IssuanceEventKind.Exchange, $"{e.Method} {e.Url} {e.Payload} -> {e.Status} {e.Response}")),
        ObserveDelay = w => _context.ReportStep(
            $"Waiting {w.Duration.TotalSeconds:0.0} s for the CA: {w.Reason}", left: w.Duration),
    };

    private static string ContactUrl(string contact)
    {
        if (contact.Contains(':', StringComparison.Ordinal) && Uri.TryCreate(contact, UriKind.Absolute, out var url))
        {
            return url.OriginalString;
        }

        return contact.Split('@') is [{ Length: > 0 }, { Length: > 0 }] && !contact.Any(char.IsWhiteSpace)
            ? "mailto:" + contact
            : throw new InvalidInputException(ErrorCode.InvalidContact, $"The contact '{contact}' is not valid.", contact)
            {
                Remedy = "Give an e-mail address such as you@example.org.",
            };
    }

    private static EngineException NotFound(Uri directoryUrl) => new(
        ErrorCode.AccountNotFound,
        EngineErrorKind.NotFound,
        $"Cannot find an account at {directoryUrl} on this rack.",
        directoryUrl.AbsoluteUri);
}
