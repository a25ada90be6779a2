using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Plans;
using ConvoxSsl.Engine.Issuance.Solvers;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>
/// Makes a pending order ready: authorizations, challenges, responses (RFC 8555 section 7.5). All responses are published before
/// the first is validated, so that their propagation is awaited only once.
/// </summary>
/// <param name="services">The services.</param>
/// <param name="plan">The plan of the certificate.</param>
/// <param name="session">The account.</param>
/// <param name="journaled">The order in the journal.</param>
/// <param name="solvers">The solver for each name.</param>
/// <param name="job">The job in the batch, which publishes with the others.</param>
internal sealed class AcmeValidation(
    AcmeServices services,
    IssuancePlan plan,
    AcmeSession session,
    JournaledOrder journaled,
    IReadOnlyDictionary<CertificateName, ChosenSolver> solvers,
    RecordBatchJob job)
{
    private const int MaxReads = 4;

    private static readonly TimeSpan DelayBetweenReads = TimeSpan.FromMilliseconds(100);

    private readonly IssuanceContext _context = services.Context;

    /// <summary>Validates all names of a pending order.</summary>
    /// <returns>The order, which is no longer pending.</returns>
    /// <exception cref="AcmeException">The CA could not validate a name.</exception>
    /// <exception cref="EngineException"><c>ValidationPending</c>, <c>ChallengeNotOffered</c>, or what a solver throws.</exception>
    public async Task<AcmeOrder> RunAsync(AcmeOrder order, PollDeadline deadline, CancellationToken ct)
    {
        var authorizations = await ReadAuthorizationsAsync(order.Authorizations, ct).ConfigureAwait(false);
        var allSolvers = await AddParentsAsync(order, authorizations, ct).ConfigureAwait(false);
        var (challenges, outOfBand) = ChooseChallenges(authorizations, allSolvers);
        var isFirst = journaled.Record.Published.Count == 0;
        await JournalResponsesAsync(challenges, ct).ConfigureAwait(false);
        EngineException? rejection = null;
        try
        {
            try
            {
                await PublishAsync(challenges, ct).ConfigureAwait(false);
            }
            catch (EngineException e) when (isFirst && ChallengeCleanup.IsRejection(e))
            {
                rejection = e;
                throw;
            }

            var retryAt = await RespondAsync(challenges, ct).ConfigureAwait(false);
            _context.ReportStep("Waiting for the CA to validate", 50);
            var isVisited = await WaitUntilVisitedAsync(challenges, ct).ConfigureAwait(false);
            if (outOfBand.Count > 0)
            {
                // The order stays pending, so only the authorizations show when the responses may be removed.
                await Task.WhenAll(challenges.Select(c => session.WaitForAuthorizationAsync(c.Authorization, deadline, ct)))
                    .ConfigureAwait(false);
                throw await WaitForOwnerAsync(outOfBand, ct).ConfigureAwait(false);
            }

            order = order with { RetryAt = retryAt };
            order = await session.WaitForOrderAsync(order, o => o.Status != AcmeOrderStatus.Pending, isVisited, deadline, ct)
                .ConfigureAwait(false);
        }
        finally
        {
            journaled.Removal = services.Cleanup.TryRemoveAsync(challenges.ToLookup(c => c.Solver, c => c.Response), rejection);
            if (journaled.Record.Published.Count == 0)
            {
                // Nothing in the journal would make the next run clean up, and in this process it takes no time.
                await journaled.Removal.ConfigureAwait(false);
            }
        }

        return order.Status == AcmeOrderStatus.Invalid ? throw await ExplainAsync(order, challenges, ct).ConfigureAwait(false) : order;
    }

    // RFC 8555 section 7.5: POST-as-GET to each of the order's authorization URLs.
    private async Task<IReadOnlyList<AcmeAuthorization>> ReadAuthorizationsAsync(IReadOnlyList<Uri> urls, CancellationToken ct)
    {
        var authorizations = new AcmeAuthorization[urls.Count];
        await ForEachAsync(urls.Count, async (i, stop) =>
        {
            _context.ReportStep($"Reading authorization {i + 1} of {urls.Count}", 15 + (15 * i / urls.Count));
            authorizations[i] = await session.GetAuthorizationAsync(urls[i], stop).ConfigureAwait(false);
        }, ct).ConfigureAwait(false);
        return authorizations;
    }

    // RFC 8555 section 7.1.4: one challenge of a pending authorization is enough. Out of band are those that only the domain's
    // owner can fulfill.
    private (List<ChosenChallenge> Challenges, List<AcmeAuthorization> OutOfBand) ChooseChallenges(
        IReadOnlyList<AcmeAuthorization> authorizations, IReadOnlyDictionary<CertificateName, ChosenSolver> allSolvers)
    {
        var chosen = new List<ChosenChallenge>();
        var outOfBand = new List<AcmeAuthorization>();
        foreach (var authorization in authorizations)
        {
            RequireUsable(authorization);
            var validated = authorization.CertificateName;
            if (authorization.Status != AcmeAuthorizationStatus.Pending)
            {
                _context.ReportDetail($"{validated} is {authorization.Status} already");
                continue;
            }

            var (name, (solver, location)) = allSolvers.First(pair => pair.Key.Value == validated);
            if (authorization.Challenges.FirstOrDefault(c => c.Type == solver.Type) is { } challenge)
            {
                var response = session.CreateKeyAuthorization(authorization, challenge) with { Location = location ?? solver.GetPlace() };
                chosen.Add(new ChosenChallenge(solver, authorization, challenge, response));
            }
            else if (authorization.Challenges.Any(c => c.Type is ChallengeTypes.Http01 or ChallengeTypes.Dns01 or ChallengeTypes.TlsAlpn01))
            {
                var offered = string.Join(", ", authorization.Challenges.Select(c => c.Type));
                throw new EngineException(
                    ErrorCode.ChallengeNotOffered,
                    EngineErrorKind.InvalidState,
                    $"The CA offers {offered} for '{name}', and not {solver.Type}.",
                    name.Value);
            }
            else
            {
                outOfBand.Add(authorization);
            }
        }

        return (chosen, outOfBand);
    }

    // An order with such an authorization cannot become ready, even if the CA still calls it pending.
    private static void RequireUsable(AcmeAuthorization authorization)
    {
        if (authorization.Status is not (AcmeAuthorizationStatus.Pending or AcmeAuthorizationStatus.Valid))
        {
            var detail = $"its authorization for '{authorization.CertificateName}' is {authorization.Status}";
            throw new AcmeException(
                FindProblem(authorization) ?? AcmeProblem.Create(AcmeProblemType.OrderInvalid, detail), authorization.Url);
        }
    }

    private static AcmeProblem? FindProblem(AcmeAuthorization authorization) =>
        authorization.Challenges.FirstOrDefault(c => c.Error is not null) is { Error: { } error } failed
            ? error with { Identifier = error.Identifier ?? authorization.Identifier, ChallengeType = failed.Type }
            : null;

    // RFC 8555 section 7.1.3: the authorizations need not match the identifiers of the order. The CA may validate a parent domain
    // (RFC 9444) or, for a wildcard, the name without its first label.
    private async Task<IReadOnlyDictionary<CertificateName, ChosenSolver>> AddParentsAsync(
        AcmeOrder order, IReadOnlyList<AcmeAuthorization> authorizations, CancellationToken ct)
    {
        var known = solvers.Keys.Select(name => name.Value).ToHashSet(StringComparer.Ordinal);
        var others = authorizations.Where(a => !known.Contains(a.CertificateName)).ToArray();
        if (others.FirstOrDefault(other => !plan.Request.Names.Any(name => IsParent(other, name))) is { } foreign)
        {
            throw new AcmeException(
                AcmeProblem.Create(
                    AcmeProblemType.OrderMismatch,
                    $"its order holds an authorization for '{foreign.CertificateName}', which was not requested"),
                order.Url);
        }

        string[] parents =
            [.. others.Where(a => a.Status == AcmeAuthorizationStatus.Pending).Select(a => a.CertificateName).Distinct()];
        if (parents.Length == 0)
        {
            return solvers;
        }

        _context.ReportDetail($"The CA validates {string.Join(", ", parents)}");
        var settings = plan.Request.Settings with { Http01Names = null };
        var added = await services.Solvers.ChooseAsync(CertificateNameSet.Parse(parents), settings, job, ct).ConfigureAwait(false);
        return solvers.Concat(added).ToDictionary(pair => pair.Key, pair => pair.Value);
    }

    private static bool IsParent(AcmeAuthorization authorization, CertificateName name) =>
        !name.IsAddress
        && (name.BaseName == authorization.BaseName || name.BaseName.EndsWith("." + authorization.BaseName, StringComparison.Ordinal));

    // Before they are published, so that the run after a kill removes them.
    private async Task JournalResponsesAsync(List<ChosenChallenge> challenges, CancellationToken ct)
    {
        var published = challenges.Where(c => c.Solver.OutlivesProcess).Select(c => c.Response).ToList();
        if (published.Count > 0)
        {
            await journaled.SaveAsync(journaled.Record with { Published = published }, ct).ConfigureAwait(false);
        }
    }

    private async Task PublishAsync(List<ChosenChallenge> challenges, CancellationToken ct)
    {
        var presenting = new List<Task>();
        foreach (var group in challenges.GroupBy(c => c.Solver))
        {
            _context.ReportStep($"Publishing {group.Count()} {group.Key.Type} response{(group.Count() == 1 ? string.Empty : "s")}", 30);
            presenting.Add(group.Key.PresentAsync([.. group.Select(c => c.Response)], ct));
            if (group.Key.WaitsFor is { } cause)
            {
                _context.ReportStep($"Waiting for {cause}", 30);
            }
        }

        // Only now: the batch's provider calls start when no job is preparing any more.
        job.IsPreparing = false;
        await Task.WhenAll(presenting).ConfigureAwait(false);
        foreach (var group in challenges.GroupBy(c => c.Solver))
        {
            await group.Key.WaitUntilVisibleAsync([.. group.Select(c => c.Response)], ct).ConfigureAwait(false);
        }
    }

    // RFC 8555 section 7.5.1: POST {} to each challenge URL. The latest Retry-After tells when the outcome is worth reading.
    private async Task<DateTimeOffset?> RespondAsync(List<ChosenChallenge> challenges, CancellationToken ct)
    {
        var retryAt = new DateTimeOffset?[challenges.Count];
        await ForEachAsync(challenges.Count, async (i, stop) =>
        {
            _context.ReportStep($"Telling the CA that {challenges[i].Response.Name} is ready", 40 + (10 * i / challenges.Count));
            retryAt[i] = await RespondAsync(challenges[i], stop).ConfigureAwait(false);
        }, ct).ConfigureAwait(false);
        return retryAt.Max();
    }

    private async Task<DateTimeOffset?> RespondAsync(ChosenChallenge chosen, CancellationToken ct)
    {
        try
        {
            return await session.RespondToChallengeAsync(chosen.Challenge.Url, ct).ConfigureAwait(false);
        }
        catch (AcmeException e) when (e.Problem.ShortType == AcmeProblemType.Malformed)
        {
            // If the CA's response to an earlier attempt was lost, it rejects the repetition because it validates already.
            var current = await session.GetAuthorizationAsync(chosen.Authorization.Url, ct).ConfigureAwait(false);
            if (current.Status == AcmeAuthorizationStatus.Pending
                && current.Challenges.All(c => c.Url != chosen.Challenge.Url || c.Status == AcmeChallengeStatus.Pending))
            {
                throw;
            }

            return null;
        }
    }

    private static async Task<bool> WaitUntilVisitedAsync(List<ChosenChallenge> challenges, CancellationToken ct)
    {
        var visits = await Task.WhenAll(challenges
            .GroupBy(c => c.Solver)
            .Select(g => g.Key.WaitUntilVisitedAsync([.. g.Select(c => c.Response)], ct))).ConfigureAwait(false);
        return visits.All(isVisited => isVisited);
    }

    // The CA contacts the domain's owner, such as by mail. The order stays in the journal until the owner has acted.
    private async Task<EngineException> WaitForOwnerAsync(List<AcmeAuthorization> outOfBand, CancellationToken ct)
    {
        var what = string.Join("; ", outOfBand.Select(a =>
            $"'{a.CertificateName}' by {string.Join(" or ", a.Challenges.Select(c => c.Type).DefaultIfEmpty("a message to the owner"))}"));
        var until = outOfBand.Min(a => a.Expires) is { } end ? $", until {end.ToUniversalTime():u}" : string.Empty;
        var record = journaled.Record;
        var pending = new EngineException(
            ErrorCode.ValidationPending,
            EngineErrorKind.Waiting,
            $"The CA validates {what}, which only the domain's owner can do{until}. {OrderFailures.Resumption}",
            record.Certificate.Id)
        {
            Remedy = new Remedy(ErrorCode.ValidationPending),
        };
        await journaled.SaveAsync(record with { WaitsFor = _context.DescribeFailure(pending) }, ct).ConfigureAwait(false);
        return pending;
    }

    /// <summary>
    /// Explains why an order became invalid with the errors of its challenges (RFC 8555 section 8), and counts them against the
    /// CA's limits.
    /// </summary>
    private async Task<AcmeException> ExplainAsync(AcmeOrder order, List<ChosenChallenge> challenges, CancellationToken ct)
    {
        var problems = new List<AcmeProblem>();
        foreach (var authorization in await ReadSettledAsync([.. challenges.Select(c => c.Authorization.Url)], ct).ConfigureAwait(false))
        {
            if (FindProblem(authorization) is { } problem)
            {
                problems.Add(problem);
            }
        }

        await services.Limits.RecordFailedValidationAsync(
            plan.Request.Issuer.DirectoryUrl!,
            session.Account.Url,
            [.. problems.Select(p => p.Identifier!.Value)],
            CancellationToken.None).ConfigureAwait(false);
        return problems switch
        {
            [] => new AcmeException(order.Error ?? AcmeProblem.Create(AcmeProblemType.OrderInvalid, "it gave no reason"), order.Url),
            [var only] => new AcmeException(only with { Detail = $"{only.Identifier}: {only.Detail}" }, order.Url),
            _ => new AcmeException(
                problems[0] with { Detail = $"{problems.Count} names could not be validated", Identifier = null, Subproblems = problems },
                order.Url),
        };
    }

    // The first invalid name makes the order invalid while the CA may still validate the others. Some CAs leave those pending.
    private async Task<IReadOnlyList<AcmeAuthorization>> ReadSettledAsync(IReadOnlyList<Uri> urls, CancellationToken ct)
    {
        var authorizations = new AcmeAuthorization?[urls.Count];
        for (var read = 1; ; read++)
        {
            for (var i = 0; i < authorizations.Length; i++)
            {
                if (authorizations[i] is null or { Status: AcmeAuthorizationStatus.Pending })
                {
                    authorizations[i] = await session.GetAuthorizationAsync(urls[i], ct).ConfigureAwait(false);
                }
            }

            if (read == MaxReads || authorizations.All(a => a!.Status != AcmeAuthorizationStatus.Pending))
            {
                return authorizations!;
            }

            await Task.Delay(DelayBetweenReads, _context.Time, ct).ConfigureAwait(false);
        }
    }

    private Task ForEachAsync(int count, Func<int, CancellationToken, ValueTask> action, CancellationToken ct) =>
        Parallel.ForAsync(
            0, count, new ParallelOptions { MaxDegreeOfParallelism = session.ReadConcurrency, CancellationToken = ct }, action);

    private sealed record ChosenChallenge(
        IChallengeSolver Solver, AcmeAuthorization Authorization, AcmeChallenge Challenge, KeyAuthorization Response);
}
