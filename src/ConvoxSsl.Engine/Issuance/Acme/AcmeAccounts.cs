using System.Collections.Concurrent;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>
/// The ACME accounts of a rack at work: each CA's directory is read once and its session shared. The account's key is
/// on the rack before the CA hears of it, so that a lost answer loses no account.
/// </summary>
public sealed class AcmeAccounts(IRack rack, TimeProvider time, IProgress<IssuanceEvent> events, int concurrency = EngineOptions.DefaultConcurrency) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly SemaphoreSlim _connecting = new(1);
    private readonly ConcurrentDictionary<Uri, AcmeClient> _clients = new();
    private readonly ConcurrentDictionary<Uri, AcmeSession> _sessions = new();

    /// <summary>Whether an account would have to be made, for which the CA's terms must be accepted.</summary>
    public async Task<bool> IsMissingAsync(Uri directoryUrl, CancellationToken ct) =>
        await rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false) is not { Url: not null };

    /// <summary>Checks what can be checked without asking anyone.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidCaCertificate</c>, <c>InvalidContact</c>.</exception>
    public static void Check(AccountRequest request)
    {
        RootCertificates.Parse(request.CaCertificate);
        ContactUrls(request.Contact);
    }

    /// <summary>Makes sure that the account is there or may be made; asks nobody.</summary>
    /// <exception cref="InvalidInputException"><c>TermsOfServiceNotAccepted</c>.</exception>
    public async Task RequireTermsAsync(Uri directoryUrl, AccountRequest request, CancellationToken ct)
    {
        if (!request.AcceptTermsOfService && await IsMissingAsync(directoryUrl, ct).ConfigureAwait(false))
        {
            throw new InvalidInputException(
                ErrorCode.TermsOfServiceNotAccepted,
                $"There is no account at {directoryUrl} yet, and making one means accepting the CA's terms of service, which its directory names. Read them and add -AcceptTermsOfService.",
                directoryUrl.AbsoluteUri);
        }
    }

    /// <summary>Where the CA's terms of service are; null where it has none.</summary>
    public async Task<string?> ReadTermsAsync(Uri directoryUrl, string? caCertificate, CancellationToken ct) =>
        (await ConnectAsync(directoryUrl, caCertificate, ct).ConfigureAwait(false)).Directory.Metadata.TermsOfService;

    /// <summary>What the rack knows of the account at a CA.</summary>
    /// <exception cref="EngineException"><c>AccountNotFound</c>.</exception>
    public async Task<AccountRecord> GetAsync(Uri directoryUrl, CancellationToken ct) =>
        await rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false) is { Url: not null } account ? account : throw NotFound(directoryUrl);

    /// <summary>The session of the account at a CA; makes the account where there is none.</summary>
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
                var known = await rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false);
                session = known is { Url: not null }
                    ? await UseAsync(known, request, ct).ConfigureAwait(false)
                    : await MakeAsync(directoryUrl, request, ct).ConfigureAwait(false);
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
    /// Makes an account again that the CA has forgotten, with the same key; the terms were accepted when it was made
    /// first.
    /// </summary>
    public async Task<AcmeSession> MakeAgainAsync(Uri directoryUrl, ExternalAccount? external, CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await using var locked = await LockAsync(directoryUrl, ct).ConfigureAwait(false);
            var account = await rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false) ?? throw NotFound(directoryUrl);
            var client = await ConnectAsync(directoryUrl, account.CaCertificate, ct).ConfigureAwait(false);
            var key = await rack.Accounts.ReadKeyAsync(directoryUrl, ct).ConfigureAwait(false);
            var session = await client.CreateAccountAsync(key, account.Contact, true, external, ct).ConfigureAwait(false);
            await rack.Accounts.UpdateAsync(account with { Url = session.Account.Url }, ct).ConfigureAwait(false);
            return _sessions[directoryUrl] = session;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The session of an account that exists.</summary>
    /// <exception cref="EngineException"><c>AccountNotFound</c>.</exception>
    public async Task<AcmeSession> OpenExistingAsync(Uri directoryUrl, CancellationToken ct) =>
        await IsMissingAsync(directoryUrl, ct).ConfigureAwait(false)
            ? throw NotFound(directoryUrl)
            : await OpenAsync(directoryUrl, new AccountRequest(), ct).ConfigureAwait(false);

    /// <summary>The client of a CA, for what needs no account.</summary>
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
                events.Report(new IssuanceEvent(IssuanceEventKind.Detail, $"Reading the directory {directoryUrl}"));
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

    /// <summary>Replaces contacts, on the CA and on the rack.</summary>
    public async Task<AccountRecord> UpdateAsync(Uri directoryUrl, IReadOnlyList<string> contact, CancellationToken ct)
    {
        var urls = ContactUrls(contact);
        var session = await OpenExistingAsync(directoryUrl, ct).ConfigureAwait(false);
        await using var locked = await LockAsync(directoryUrl, ct).ConfigureAwait(false);
        await session.UpdateContactsAsync(urls, ct).ConfigureAwait(false);
        var account = (await rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false) ?? throw NotFound(directoryUrl)) with { Contact = urls };
        await rack.Accounts.UpdateAsync(account, ct).ConfigureAwait(false);
        return account;
    }

    /// <summary>
    /// Gives an account a new key (RFC 8555 section 7.3.5). The new key is on the rack before the CA is asked, so
    /// that either key that is in force afterwards is one that the rack has.
    /// </summary>
    public async Task<AccountRecord> ChangeKeyAsync(Uri directoryUrl, KeyAlgorithm algorithm, CancellationToken ct)
    {
        var session = await OpenExistingAsync(directoryUrl, ct).ConfigureAwait(false);
        await using var locked = await LockAsync(directoryUrl, ct).ConfigureAwait(false);
        var next = PrivateKey.Generate(algorithm);
        await rack.Accounts.SaveNextKeyAsync(directoryUrl, next, ct).ConfigureAwait(false);
        try
        {
            _sessions[directoryUrl] = await session.ChangeKeyAsync(next, ct).ConfigureAwait(false);
        }
        catch (AcmeException)
        {
            // A refusal may answer the repetition of a request that arrived: the CA is asked which key is in force.
            if (!await SettleKeyChangeAsync(_clients[directoryUrl], directoryUrl, next, ct).ConfigureAwait(false))
            {
                throw;
            }

            _sessions.TryRemove(directoryUrl, out _);
            return await rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false) ?? throw NotFound(directoryUrl);
        }

        await rack.Accounts.PromoteNextKeyAsync(directoryUrl, ct).ConfigureAwait(false);
        return await rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false) ?? throw NotFound(directoryUrl);
    }

    /// <summary>Removes an account from the rack, and unless <paramref name="keepAtCa"/> ends it at the CA first.</summary>
    public async Task RemoveAsync(Uri directoryUrl, bool keepAtCa, CancellationToken ct)
    {
        var account = await rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false) ?? throw NotFound(directoryUrl);
        if (!keepAtCa && account.Url is not null)
        {
            var session = await OpenExistingAsync(directoryUrl, ct).ConfigureAwait(false);
            await EndAsync(session, ct).ConfigureAwait(false);
        }

        await using var locked = await LockAsync(directoryUrl, ct).ConfigureAwait(false);
        await rack.Accounts.RemoveAsync(directoryUrl, ct).ConfigureAwait(false);
        _sessions.TryRemove(directoryUrl, out _);
    }

    /// <summary>Contacts as URLs: a bare e-mail address becomes a <c>mailto:</c> one.</summary>
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

    private async Task EndAsync(AcmeSession session, CancellationToken ct)
    {
        try
        {
            await session.DeactivateAsync(ct).ConfigureAwait(false);
        }
        catch (AcmeException e) when (e.Problem.ShortType is AcmeProblemType.Unauthorized or AcmeProblemType.AccountDoesNotExist)
        {
            // RFC 8555 section 7.3.6: so says the CA of an account that has ended, also where its first answer was lost.
            events.Report(new IssuanceEvent(IssuanceEventKind.Detail, $"The CA had ended the account {session.Account.Url} already."));
        }
    }

    private async Task<AcmeSession> UseAsync(AccountRecord account, AccountRequest request, CancellationToken ct)
    {
        var client = await ConnectAsync(account.DirectoryUrl, request.CaCertificate ?? account.CaCertificate, ct).ConfigureAwait(false);
        var profiles = client.Directory.Metadata.Profiles;
        if ((request.CaCertificate ?? account.CaCertificate) != account.CaCertificate || !profiles.OrderBy(p => p.Key).SequenceEqual(account.Profiles.OrderBy(p => p.Key)))
        {
            await rack.Accounts.UpdateAsync(account with { CaCertificate = request.CaCertificate ?? account.CaCertificate, Profiles = profiles }, ct).ConfigureAwait(false);
        }

        await SettleKeyChangeAsync(client, account.DirectoryUrl, ct).ConfigureAwait(false);
        return client.UseAccount(await rack.Accounts.ReadKeyAsync(account.DirectoryUrl, ct).ConfigureAwait(false), account.Url!);
    }

    /// <summary>After a change of keys that broke off: asks the CA which key is in force.</summary>
    private async Task SettleKeyChangeAsync(AcmeClient client, Uri directoryUrl, CancellationToken ct)
    {
        if (await rack.Accounts.ReadNextKeyAsync(directoryUrl, ct).ConfigureAwait(false) is null)
        {
            return;
        }

        await using var locked = await LockAsync(directoryUrl, ct).ConfigureAwait(false);
        using var next = await rack.Accounts.ReadNextKeyAsync(directoryUrl, ct).ConfigureAwait(false);
        if (next is not null)
        {
            await SettleKeyChangeAsync(client, directoryUrl, next, ct).ConfigureAwait(false);
        }
    }

    /// <returns>Whether the next key is in force.</returns>
    private async Task<bool> SettleKeyChangeAsync(AcmeClient client, Uri directoryUrl, PrivateKey next, CancellationToken ct)
    {
        try
        {
            await client.FindAccountAsync(next, ct).ConfigureAwait(false);
            await rack.Accounts.PromoteNextKeyAsync(directoryUrl, ct).ConfigureAwait(false);
            events.Report(new IssuanceEvent(IssuanceEventKind.Detail, "A change of the account's key had broken off after the CA took it; the new key is in force."));
            return true;
        }
        catch (AcmeException e) when (e.Problem.ShortType == AcmeProblemType.AccountDoesNotExist)
        {
            await rack.Accounts.DropNextKeyAsync(directoryUrl, ct).ConfigureAwait(false);
            events.Report(new IssuanceEvent(IssuanceEventKind.Detail, "A change of the account's key did not reach the CA; the old key stays."));
            return false;
        }
    }

    private async Task<AcmeSession> MakeAsync(Uri directoryUrl, AccountRequest request, CancellationToken ct)
    {
        var contact = ContactUrls(request.Contact);
        await RequireTermsAsync(directoryUrl, request, ct).ConfigureAwait(false);
        await rack.PrepareAsync(ct).ConfigureAwait(false);
        AccountRecord? known;
        await using (await LockAsync(directoryUrl, ct).ConfigureAwait(false))
        {
            known = await rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false);
            if (known is not { Url: not null })
            {
                return await MakeLockedAsync(directoryUrl, request, contact, known, ct).ConfigureAwait(false);
            }
        }

        // Another process made it meanwhile. Not under the lock, which settling a change of keys takes itself.
        return await UseAsync(known, request, ct).ConfigureAwait(false);
    }

    private async Task<AcmeSession> MakeLockedAsync(
        Uri directoryUrl, AccountRequest request, IReadOnlyList<string> contact, AccountRecord? known, CancellationToken ct)
    {
        var client = await ConnectAsync(directoryUrl, request.CaCertificate, ct).ConfigureAwait(false);
        if (client.Directory.Metadata.ExternalAccountRequired && request.ExternalAccount is null)
        {
            throw new InvalidInputException(
                ErrorCode.ExternalAccountRequired,
                $"The CA at {directoryUrl.Host} wants accounts that are bound to one of its customers. Make it with New-ConvoxAcmeAccount -ExternalAccountKeyId and -ExternalAccountKey, which the CA gives you.",
                directoryUrl.AbsoluteUri);
        }

        events.Report(new IssuanceEvent(IssuanceEventKind.Step, $"Making an account at {directoryUrl.Host}", 5));
        var record = new AccountRecord
        {
            DirectoryUrl = directoryUrl,
            Contact = contact,
            TermsOfServiceAgreed = true,
            ExternalAccountKeyId = request.ExternalAccount?.KeyId,
            CaCertificate = request.CaCertificate,
            Profiles = client.Directory.Metadata.Profiles,
            Created = time.GetUtcNow(),
        };
        var key = request.Key is { } own ? own
            : known is null ? PrivateKey.Generate(request.KeyAlgorithm)
            : await rack.Accounts.ReadKeyAsync(directoryUrl, ct).ConfigureAwait(false);
        await rack.Accounts.SaveAsync(record, key, ct).ConfigureAwait(false);
        var session = await client.CreateAccountAsync(key, contact, true, request.ExternalAccount, ct).ConfigureAwait(false);
        await rack.Accounts.UpdateAsync(record with { Url = session.Account.Url }, ct).ConfigureAwait(false);
        return session;
    }

    private Task<IAsyncDisposable> LockAsync(Uri directoryUrl, CancellationToken ct) => rack.LockAsync(
        $"account/{directoryUrl.AbsoluteUri}",
        () => events.Report(new IssuanceEvent(IssuanceEventKind.Step, $"Waiting for another process that uses the account at {directoryUrl.Host}")),
        ct);

    private AcmeClientOptions OptionsFor(string? caCertificate) => new()
    {
        TrustedRoots = RootCertificates.Parse(caCertificate),
        Time = time,
        MaxConcurrentRequests = concurrency,
        Observe = e => events.Report(new IssuanceEvent(IssuanceEventKind.Exchange, $"{e.Method} {e.Url} {e.Payload} -> {e.Status} {e.Response}")),
        ObserveDelay = w => events.Report(new IssuanceEvent(IssuanceEventKind.Step, $"Waiting {w.Duration.TotalSeconds:0.0} s for the CA: {w.Reason}", Left: w.Duration)),
    };

    private static string ContactUrl(string contact)
    {
        if (contact.Contains(':', StringComparison.Ordinal) && Uri.TryCreate(contact, UriKind.Absolute, out var url))
        {
            return url.OriginalString;
        }

        return contact.Split('@') is [{ Length: > 0 }, { Length: > 0 }] && !contact.Any(char.IsWhiteSpace)
            ? "mailto:" + contact
            : throw new InvalidInputException(ErrorCode.InvalidContact, $"'{contact}' is no contact. Give an e-mail address such as you@example.org.", contact);
    }

    private static EngineException NotFound(Uri directoryUrl) => new(
        ErrorCode.AccountNotFound, EngineErrorKind.NotFound, $"This rack has no account at {directoryUrl}. Make one with New-ConvoxAcmeAccount.", directoryUrl.AbsoluteUri);
}
