using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Issuance.RateLimits;
using ConvoxSsl.Engine.Issuance.Solvers;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>
/// The way from an order to a certificate, in one line: order, authorizations, publish all challenges, answer them,
/// wait, finalize, wait, download, check. What is needed to go on is in the journal before each step. What was published
/// is removed beside the steps that no longer need it. One serves one order.
/// </summary>
internal sealed class AcmeIssuance(
    IOrderJournal journal, AcmeSession session, CountedOrder counted, OrderRecovery lost, IReadOnlyDictionary<CertificateName, ChosenSolver> solvers, IDisposable ticket, TimeProvider time, IProgress<IssuanceEvent> events)
{
    /// <summary>The code of the failure that tells that the domain's owner must act.</summary>
    public const string ValidationPending = "ValidationPending";

    private static readonly TimeSpan LongestCleanUp = TimeSpan.FromSeconds(30);

    private readonly PublishedResponses _published = new(journal, time, events);

    /// <summary>Goes from where the record stands to a checked chain.</summary>
    /// <param name="record">The journal's record, which is stored already.</param>
    /// <param name="request">The signing request.</param>
    /// <param name="ct">Stops it; the order can be taken up again later.</param>
    /// <returns>The chain, and whether what was published could be removed, which may be under way still.</returns>
    public async Task<(CertificateChain Chain, Task<bool> Removal)> RunAsync(OrderRecord record, SigningRequest request, CancellationToken ct)
    {
        (record, var order) = await OpenOrderAsync(record, request.Names, ct).ConfigureAwait(false);
        try
        {
            order.RequireIdentifiers([.. request.Names.Select(AcmeIdentifier.FromName)]);
            if (order.Status == AcmeOrderStatus.Pending)
            {
                order = await ValidateAsync(record, order, request.Names, ct).ConfigureAwait(false);
            }

            if (order.Status == AcmeOrderStatus.Ready)
            {
                events.Report(Step("Asking for the certificate", 70));
                order = await session.FinalizeAsync(order, request, ct).ConfigureAwait(false);
            }

            events.Report(Step("Waiting for the certificate", 80));
            order = await session.WaitForOrderAsync(order, o => o.Status is AcmeOrderStatus.Invalid || (o.Status == AcmeOrderStatus.Valid && o.Certificate is not null), isExpected: false, ct).ConfigureAwait(false);
            RequireNotInvalid(order);

            events.Report(Step("Downloading the certificate", 90));
            var chain = await DownloadAsync(order, request, record.Certificate.Settings?.PreferredChain, ct).ConfigureAwait(false);
            await counted.IssuedAsync(record).ConfigureAwait(false);
            return (chain, _published.Removal);
        }
        catch (Exception e)
        {
            await _published.ForgetAsync(record.Certificate.Id).ConfigureAwait(false);
            if (IsFinal(e))
            {
                await GiveUpAsync(order).ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>
    /// Whether a failure ends the order. After a stop or a fault of the network it stays, and the next run goes on
    /// with it.
    /// </summary>
    public static bool IsFinal(Exception e) => e switch
    {
        OperationCanceledException => false,
        // A full disk is no word of the CA's either.
        IOException or UnauthorizedAccessException => false,
        EngineException { Kind: EngineErrorKind.Waiting or EngineErrorKind.TimedOut } => false,
        AcmeException { Problem.ShortType: AcmeProblemType.Unreachable or AcmeProblemType.ServerInternal or AcmeProblemType.RateLimited or AcmeProblemType.BadNonce } => false,
        // Said of the account, for which more can be done; the order has not changed by it.
        AcmeException { Problem.ShortType: AcmeProblemType.AccountDoesNotExist or AcmeProblemType.UserActionRequired } => false,
        // A load balancer's page or another's certificate is no word of the CA's about the order.
        AcmeException { Problem.ShortType: AcmeProblemType.Untyped or AcmeProblemType.MalformedAnswer or AcmeProblemType.Untrusted } => false,
        AcmeException { Problem.Status: >= 500 or 429 } => false,
        _ => true,
    };

    private async Task<(OrderRecord Record, AcmeOrder Order)> OpenOrderAsync(OrderRecord record, CertificateNameSet names, CancellationToken ct)
    {
        if (record.OrderUrl is { } url && await FindOpenOrderAsync(url, record.WaitsFor is not null, ct).ConfigureAwait(false) is { } known)
        {
            events.Report(new IssuanceEvent(IssuanceEventKind.Detail, $"Going on with the order {url}, which is {known.Status}"));
            return (record, known);
        }

        events.Report(Step($"Ordering a certificate for {names[0]}{(names.Count > 1 ? $" and {names.Count - 1} more" : string.Empty)}", 10));
        (record, var order) = await OrderAsync(record, names, ct).ConfigureAwait(false);
        record = record with { OrderUrl = order.Url };
        await journal.SaveAsync(record, ct).ConfigureAwait(false);
        await counted.TakenAsync(record).ConfigureAwait(false);
        return (record, order);
    }

    private async Task<(OrderRecord Record, AcmeOrder Order)> OrderAsync(OrderRecord record, CertificateNameSet names, CancellationToken ct)
    {
        try
        {
            return (record, await counted.SendAsync(session, record, NewOrderFor(record, names), lost, ct).ConfigureAwait(false));
        }
        catch (AcmeException e) when (record.Replaces is not null && RefusesReplacement(e.Problem))
        {
            // RFC 9773 section 5: an order for a replacement is only wanted once, a certificate is wanted all the same.
            events.Report(new IssuanceEvent(IssuanceEventKind.Detail, $"The CA does not take this order for a replacement ({e.Problem.ShortType}: {e.Problem.Detail}); it is made without saying so."));
            record = record with { Replaces = null };
            return (record, await counted.SendAsync(session, record, NewOrderFor(record, names), lost, ct).ConfigureAwait(false));
        }
    }

    // A CA may also not know the certificate any more, or hold it to be another account's.
    private static bool RefusesReplacement(AcmeProblem problem) =>
        problem.ShortType is AcmeProblemType.AlreadyReplaced or AcmeProblemType.Malformed or AcmeProblemType.Unauthorized || problem.Status is 404 or 409;

    private NewOrder NewOrderFor(OrderRecord record, CertificateNameSet names)
    {
        var settings = record.Certificate.Settings;
        return new NewOrder
        {
            Identifiers = [.. names.Select(AcmeIdentifier.FromName)],
            NotAfter = settings?.Duration is { } duration ? time.GetUtcNow() + duration : null,
            Profile = settings?.Profile,
            Replaces = record.Replaces,
        };
    }

    private async Task<AcmeOrder?> FindOpenOrderAsync(Uri url, bool ownerWasAsked, CancellationToken ct)
    {
        AcmeOrder order;
        try
        {
            order = await session.GetOrderAsync(url, ct).ConfigureAwait(false);
        }
        catch (AcmeException e) when (e.Problem.Status is 403 or 404 or 410)
        {
            return null;
        }

        if (ownerWasAsked)
        {
            // That the domain's owner declined is an answer: another order would only ask again.
            RequireNotInvalid(order);
        }

        return order.Status switch
        {
            // Done, which an order that runs out does not undo, nor a clock that is wrong.
            AcmeOrderStatus.Processing or AcmeOrderStatus.Valid => order,
            AcmeOrderStatus.Pending or AcmeOrderStatus.Ready when order.Expires is not { } end || end > time.GetUtcNow() => order,
            _ => null,
        };
    }

    private async Task<AcmeOrder> ValidateAsync(OrderRecord record, AcmeOrder order, CertificateNameSet names, CancellationToken ct)
    {
        var (tasks, outOfBand) = await ChooseAsync(order, names, ct).ConfigureAwait(false);
        record = record with { Published = [.. tasks.Where(t => t.Solver.OutlivesProcess).Select(t => t.Response)] };
        if (record.Published.Count > 0)
        {
            await journal.SaveAsync(record, ct).ConfigureAwait(false);
        }

        try
        {
            var askedFor = await PublishAndAnswerAsync(tasks, ct).ConfigureAwait(false);
            events.Report(Step("Waiting for the CA to validate", 50));
            var visits = await Task.WhenAll(tasks.GroupBy(t => t.Solver).Select(g => g.Key.WaitUntilVisitedAsync([.. g.Select(t => t.Response)], ct))).ConfigureAwait(false);
            if (outOfBand.Count > 0)
            {
                // The order stays pending, so the authorizations themselves tell when the responses can go.
                await Task.WhenAll(tasks.Select(t => session.WaitForAuthorizationAsync(t.Authorization, ct))).ConfigureAwait(false);
                throw await WaitForOwnerAsync(record, outOfBand, ct).ConfigureAwait(false);
            }

            order = await session.WaitForOrderAsync(order with { RetryAt = askedFor }, o => o.Status != AcmeOrderStatus.Pending, visits.All(seen => seen), ct).ConfigureAwait(false);
        }
        finally
        {
            _published.Remove(tasks.ToLookup(t => t.Solver, t => t.Response));
            if (record.Published.Count == 0)
            {
                // A moment's work in this process, and nothing in the journal would tell that it is to be done.
                await _published.Removal.ConfigureAwait(false);
            }
        }

        return order.Status == AcmeOrderStatus.Invalid ? throw await new FailedOrder(session, counted, time).ExplainAsync(order, [.. tasks.Select(t => t.Authorization.Url)], ct).ConfigureAwait(false) : order;
    }

    /// <summary>A challenge for each authorization that needs one; those that only the domain's owner can satisfy apart.</summary>
    private async Task<(List<ChallengeTask> Tasks, List<AcmeAuthorization> OutOfBand)> ChooseAsync(AcmeOrder order, CertificateNameSet names, CancellationToken ct)
    {
        var tasks = new List<ChallengeTask>();
        var outOfBand = new List<AcmeAuthorization>();
        foreach (var authorization in await ReadAsync(order.Authorizations, ct).ConfigureAwait(false))
        {
            var name = names.FirstOrDefault(n => n.Value.Equals(authorization.CertificateName, StringComparison.OrdinalIgnoreCase)) ?? throw new AcmeException(
                AcmeProblem.Create(AcmeProblemType.OrderMismatch, $"its order holds an authorization for '{authorization.CertificateName}', which was not asked for"), order.Url);
            if (authorization.Status != AcmeAuthorizationStatus.Pending)
            {
                events.Report(new IssuanceEvent(IssuanceEventKind.Detail, $"{name} is {authorization.Status} already"));
                continue;
            }

            var (solver, location) = solvers[name];
            if (authorization.Challenges.FirstOrDefault(c => c.Type == solver.Type) is { } challenge)
            {
                tasks.Add(new ChallengeTask(solver, authorization, challenge, session.CreateKeyAuthorization(authorization, challenge) with { Location = location }));
            }
            else if (authorization.Challenges.Any(c => c.Type is ChallengeTypes.Http01 or ChallengeTypes.Dns01 or ChallengeTypes.TlsAlpn01))
            {
                throw new EngineException(
                    ErrorCode.ChallengeNotOffered,
                    EngineErrorKind.InvalidState,
                    $"For '{name}' the CA offers {string.Join(", ", authorization.Challenges.Select(c => c.Type))} and not {solver.Type}. Choose one of them with -Challenge.",
                    name.Value);
            }
            else
            {
                outOfBand.Add(authorization);
            }
        }

        return (tasks, outOfBand);
    }

    private async Task<IReadOnlyList<AcmeAuthorization>> ReadAsync(IReadOnlyList<Uri> urls, CancellationToken ct)
    {
        var read = new AcmeAuthorization[urls.Count];
        await Parallel.ForAsync(0, urls.Count, Overlapped(ct), async (i, stop) =>
        {
            events.Report(Step($"Reading authorization {i + 1} of {urls.Count}", 15 + (15 * i / urls.Count)));
            read[i] = await session.GetAuthorizationAsync(urls[i], stop).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return read;
    }

    private ParallelOptions Overlapped(CancellationToken ct) => new() { MaxDegreeOfParallelism = session.ReadConcurrency, CancellationToken = ct };

    /// <returns>When the CA wants to be asked for the outcome, if it said so.</returns>
    private async Task<DateTimeOffset?> PublishAndAnswerAsync(List<ChallengeTask> tasks, CancellationToken ct)
    {
        var presenting = new List<Task>();
        foreach (var group in tasks.GroupBy(t => t.Solver))
        {
            events.Report(Step($"Publishing {group.Count()} {group.Key.Type} response{(group.Count() == 1 ? string.Empty : "s")}", 30));
            presenting.Add(group.Key.PresentAsync([.. group.Select(t => t.Response)], ct));
        }

        // Only now, when the calls of this order are under way, may others go without waiting for it.
        ticket.Dispose();
        await Task.WhenAll(presenting).ConfigureAwait(false);
        foreach (var group in tasks.GroupBy(t => t.Solver))
        {
            await group.Key.WaitUntilVisibleAsync([.. group.Select(t => t.Response)], ct).ConfigureAwait(false);
        }

        var retryAt = new DateTimeOffset?[tasks.Count];
        await Parallel.ForAsync(0, tasks.Count, Overlapped(ct), async (i, stop) =>
        {
            events.Report(Step($"Telling the CA that {tasks[i].Response.Name} is ready", 40 + (10 * i / tasks.Count)));
            retryAt[i] = await AnswerAsync(tasks[i], stop).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return retryAt.Max();
    }

    private async Task<DateTimeOffset?> AnswerAsync(ChallengeTask task, CancellationToken ct)
    {
        try
        {
            return await session.RespondToChallengeAsync(task.Challenge.Url, ct).ConfigureAwait(false);
        }
        catch (AcmeException e) when (e.Problem.ShortType == AcmeProblemType.Malformed)
        {
            // When the answer to an earlier try was lost, the CA refuses the repetition because it is at work already.
            var now = await session.GetAuthorizationAsync(task.Authorization.Url, ct).ConfigureAwait(false);
            if (now.Status == AcmeAuthorizationStatus.Pending && now.Challenges.All(c => c.Url != task.Challenge.Url || c.Status == AcmeChallengeStatus.Pending))
            {
                throw;
            }

            return null;
        }
    }

    /// <summary>
    /// The CA mails the domain's owner or the like (RFC 8555 section 7.1.4 names no client's part in it): the order
    /// stays in the journal until the owner has acted.
    /// </summary>
    private async Task<EngineException> WaitForOwnerAsync(OrderRecord record, List<AcmeAuthorization> outOfBand, CancellationToken ct)
    {
        var what = string.Join("; ", outOfBand.Select(a => $"'{a.CertificateName}' by {string.Join(" or ", a.Challenges.Select(c => c.Type).DefaultIfEmpty("what it sent the owner"))}"));
        var until = outOfBand.Min(a => a.Expires);
        var text = $"The CA validates {what}, which only the domain's owner can do{(until is { } end ? $", until {end.ToUniversalTime():u}" : string.Empty)}. Follow the CA's message, then run Wait-ConvoxCertificate, Update-ConvoxCertificate or the same command again: the order goes on where it stands.";
        await journal.SaveAsync(record with { WaitsFor = text }, ct).ConfigureAwait(false);
        return new EngineException(ValidationPending, EngineErrorKind.Waiting, text, record.Certificate.Id);
    }

    private static void RequireNotInvalid(AcmeOrder order)
    {
        if (order.Status == AcmeOrderStatus.Invalid)
        {
            throw new AcmeException(order.Error ?? AcmeProblem.Create(AcmeProblemType.OrderInvalid, "the order is invalid and the CA gave no reason"), order.Url);
        }
    }

    private async Task<CertificateChain> DownloadAsync(AcmeOrder order, SigningRequest request, string? preferredChain, CancellationToken ct)
    {
        var certificate = await session.DownloadAsync(order.Certificate!, ct).ConfigureAwait(false);
        var chain = IssuedCertificate.Check(certificate.Pem, request, order.Certificate!);
        if (preferredChain is null || IssuedCertificate.EndsIn(chain, preferredChain))
        {
            return chain;
        }

        foreach (var alternate in certificate.Alternates)
        {
            var other = await session.DownloadAsync(alternate, ct).ConfigureAwait(false);
            var candidate = IssuedCertificate.Check(other.Pem, request, alternate);
            if (IssuedCertificate.EndsIn(candidate, preferredChain))
            {
                return candidate;
            }
        }

        events.Report(new IssuanceEvent(IssuanceEventKind.Warning, $"The CA offers no chain that ends in '{preferredChain}'; its first one is taken, which ends in '{IssuedCertificate.Ending(chain)}'."));
        return chain;
    }

    /// <summary>Deactivates what is left pending, as far as the CA lets us (RFC 8555 section 7.5.2).</summary>
    private async Task GiveUpAsync(AcmeOrder order)
    {
        using var limit = new CancellationTokenSource(LongestCleanUp, time);
        foreach (var url in order.Authorizations)
        {
            try
            {
                if ((await session.GetAuthorizationAsync(url, limit.Token).ConfigureAwait(false)).Status == AcmeAuthorizationStatus.Pending)
                {
                    await session.DeactivateAuthorizationAsync(url, limit.Token).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is AcmeException or OperationCanceledException)
            {
                events.Report(new IssuanceEvent(IssuanceEventKind.Detail, $"A pending authorization could not be given up: {e.Message}"));
                if (e is not AcmeException { Problem.Status: < 500 })
                {
                    return;
                }
            }
        }
    }

    private static IssuanceEvent Step(string text, int percent) => new(IssuanceEventKind.Step, text, percent);

    private sealed record ChallengeTask(IChallengeSolver Solver, AcmeAuthorization Authorization, AcmeChallenge Challenge, KeyAuthorization Response);
}
