using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.RateLimits;

/// <summary>
/// Holds orders against the limits of their CA before they are sent, and records what counts. Only what CAs with known
/// limits count is recorded, and of every CA what it refused until a time. Records that can't be read or written are
/// told of and stop nothing: the CA counts too.
/// </summary>
internal sealed class OrderLimits(IRack rack, Func<Uri, CaLimits?> limitsOf, TimeProvider time, IProgress<IssuanceEvent> events)
{
    private const int MaxDetailLength = 500;

    private readonly Lazy<LimitSubjects> _subjects = new(() => new LimitSubjects(PublicSuffixList.Load()));

    /// <summary>The day of the list that tells registered domains.</summary>
    public DateOnly SuffixDate => _subjects.Value.SuffixDate;

    /// <summary>Makes sure that the CA would take an order now, and says what is left.</summary>
    /// <exception cref="EngineException"><c>LimitReached</c>: it would refuse; the time at which it is possible is set.</exception>
    public async Task RequireQuotaAsync(Uri directoryUrl, Uri accountUrl, CertificateNameSet names, OrderKind kind, CancellationToken ct)
    {
        var rooms = await FindQuotasAsync(directoryUrl, accountUrl, names, kind, ct).ConfigureAwait(false);
        if (rooms.Count == 0)
        {
            return;
        }

        var last = rooms.MaxBy(r => r.NextAt)!;
        if (last.Left == 0)
        {
            throw new EngineException(ErrorCode.LimitReached, EngineErrorKind.Limited, Explain(directoryUrl, last), names[0].Value) { RetryAt = last.NextAt };
        }

        events.Report(new IssuanceEvent(IssuanceEventKind.Detail, $"The CA at {directoryUrl.Host} allows, as far as this rack knows, {Describe(rooms)}"));
    }

    /// <summary>
    /// What the CA still allows of all that it would hold against an order, and what it refused; empty where nothing is
    /// known or the order is exempt.
    /// </summary>
    /// <param name="directoryUrl">The CA's directory.</param>
    /// <param name="accountUrl">The account; null where there is none yet.</param>
    /// <param name="names">The names of the order.</param>
    /// <param name="kind">What the order is.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<IReadOnlyList<RemainingQuota>> FindQuotasAsync(Uri directoryUrl, Uri? accountUrl, CertificateNameSet names, OrderKind kind, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var limits = limitsOf(directoryUrl);
        var records = LimitAccounting.GetCurrent(await ReadAsync(ct).ConfigureAwait(false), now);
        if (limits is null && records.Refusals.Count == 0)
        {
            return [];
        }

        var effective = GetEffectiveKind(records, directoryUrl, names, kind);
        var subjects = _subjects.Value.GetSubjects(accountUrl, names).Where(s => Counts(limits, s.Limit, effective)).ToList();
        var rooms = subjects
            .Where(s => GetBucket(limits, s.Limit) is not null)
            .Select(s => LimitAccounting.GetQuota(records, directoryUrl, s, GetBucket(limits, s.Limit)!, now));
        return [.. rooms, .. FindRefusedQuotas(records, directoryUrl, names, subjects)];
    }

    /// <summary>What is left, in words: of each limit the scarcest.</summary>
    public static string Describe(IReadOnlyList<RemainingQuota> rooms) =>
        string.Join("; ", rooms.GroupBy(r => r.Subject.Limit).OrderBy(g => g.Key).Select(g => g.OrderBy(r => r.Left).ThenByDescending(r => r.NextAt).First()));

    /// <summary>Why an order would be refused, and what to do instead.</summary>
    public string Explain(Uri directoryUrl, RemainingQuota reached) => reached.Explain(directoryUrl, limitsOf(directoryUrl));

    /// <summary>Records that the CA took an order.</summary>
    public Task RecordOrderAsync(Uri directoryUrl, Uri accountUrl, CertificateNameSet names, OrderKind kind, CancellationToken ct) =>
        RecordUseAsync(directoryUrl, accountUrl, names, kind, [LimitKind.NewOrders], ct);

    /// <summary>Records that the CA issued a certificate.</summary>
    public Task RecordIssuedAsync(Uri directoryUrl, Uri accountUrl, CertificateNameSet names, OrderKind kind, CancellationToken ct) =>
        RecordUseAsync(directoryUrl, accountUrl, names, kind, [LimitKind.RegisteredDomain, LimitKind.ExactSet], ct);

    /// <summary>Records that the CA could not validate names, given without the wildcard label.</summary>
    public async Task RecordFailedValidationAsync(Uri directoryUrl, Uri accountUrl, IReadOnlyCollection<string> names, CancellationToken ct)
    {
        if (names.Count > 0 && limitsOf(directoryUrl)?.FailedAuthorizations is { } bucket)
        {
            await UpdateAsync(
                (records, now) => names.Aggregate(records, (r, name) => LimitAccounting.AddUse(r, directoryUrl, LimitSubjects.CreateFailedName(accountUrl, name), bucket, now)),
                ct).ConfigureAwait(false);
        }
    }

    /// <summary>Records a refusal that holds until a time; any other failure is none of this and is passed over.</summary>
    public async Task RecordRefusalAsync(Uri directoryUrl, Uri accountUrl, CertificateNameSet names, AcmeException refused, CancellationToken ct)
    {
        if (refused.RetryAt is not { } until || (refused.Problem.ShortType != "rateLimited" && refused.Problem.Status != 429))
        {
            return;
        }

        var found = RateLimitClassifier.FindSubjects(refused.Problem, _subjects.Value.GetSubjects(accountUrl, names));
        var detail = refused.Problem.Detail is { Length: > MaxDetailLength } text ? text[..MaxDetailLength] : refused.Problem.Detail;
        await UpdateAsync(
            (records, now) => (found.Count > 0 ? found : [LimitSubjects.CreateExactSet(names)]).Aggregate(records, (r, s) => LimitAccounting.AddRefusal(r, new LimitRefusal
            {
                DirectoryUrl = directoryUrl, Limit = found.Count > 0 ? s.Limit : null, Subject = s.Key, Refused = now, Until = until, Detail = detail,
            })),
            ct).ConfigureAwait(false);
    }

    private async Task RecordUseAsync(Uri directoryUrl, Uri accountUrl, CertificateNameSet names, OrderKind kind, LimitKind[] counted, CancellationToken ct)
    {
        if (limitsOf(directoryUrl) is not { } limits || !counted.Any(c => Counts(limits, c, kind) && GetBucket(limits, c) is not null))
        {
            return;
        }

        var subjects = _subjects.Value.GetSubjects(accountUrl, names).Where(s => counted.Contains(s.Limit)).ToList();
        await UpdateAsync(
            (records, now) =>
            {
                var effective = GetEffectiveKind(records, directoryUrl, names, kind);
                return subjects
                    .Where(s => Counts(limits, s.Limit, effective) && GetBucket(limits, s.Limit) is not null)
                    .Aggregate(records, (r, s) => LimitAccounting.AddUse(r, directoryUrl, s, GetBucket(limits, s.Limit)!, now));
            },
            ct).ConfigureAwait(false);
    }

    private static IEnumerable<RemainingQuota> FindRefusedQuotas(LimitRecords records, Uri directoryUrl, CertificateNameSet names, List<LimitSubject> subjects)
    {
        foreach (var refusal in records.Refusals.Where(r => r.DirectoryUrl == directoryUrl))
        {
            // Whatever was meant by a refusal without a known limit holds for the same order, also for an exempt one.
            var subject = refusal.Limit is null ? LimitSubjects.CreateExactSet(names) : subjects.Find(s => s.Limit == refusal.Limit && s.Key == refusal.Subject);
            if (subject?.Key == refusal.Subject)
            {
                yield return new RemainingQuota(subject, null, 0, refusal.Until, refusal);
            }
        }
    }

    // A certificate that this rack was issued within the window makes the next one for the same names a renewal.
    private static OrderKind GetEffectiveKind(LimitRecords records, Uri directoryUrl, CertificateNameSet names, OrderKind kind) =>
        kind == OrderKind.New && LimitAccounting.Find(records, directoryUrl, LimitSubjects.CreateExactSet(names)) is not null ? OrderKind.Renewal : kind;

    private static bool Counts(CaLimits? limits, LimitKind limit, OrderKind kind) => kind switch
    {
        OrderKind.Replacement => limits?.ExemptsReplacements != true,
        OrderKind.Renewal when limits?.ExemptsRenewals == true => limit is not (LimitKind.NewOrders or LimitKind.RegisteredDomain),
        _ => true,
    };

    private static TokenBucket? GetBucket(CaLimits? limits, LimitKind limit) => limit switch
    {
        LimitKind.NewOrders => limits?.NewOrders,
        LimitKind.RegisteredDomain => limits?.RegisteredDomain,
        LimitKind.ExactSet => limits?.ExactSet,
        _ => limits?.FailedAuthorizations,
    };

    private async Task<LimitRecords> ReadAsync(CancellationToken ct)
    {
        try
        {
            return await rack.Limits.ReadAsync(ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is EngineException or IOException or UnauthorizedAccessException)
        {
            Warn(e);
            return new LimitRecords();
        }
    }

    private async Task UpdateAsync(Func<LimitRecords, DateTimeOffset, LimitRecords> change, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        try
        {
            await rack.Limits.UpdateAsync(records => change(LimitAccounting.GetCurrent(records, now), now), Warn, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is EngineException or IOException or UnauthorizedAccessException)
        {
            Warn(e);
        }
    }

    private void Warn(Exception e) =>
        events.Report(new IssuanceEvent(IssuanceEventKind.Warning, $"What the CA's limits leave is not known: {e.Message}"));
}
