using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.RateLimits.Published;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.RateLimits;

/// <summary>
/// Checks orders against the rate limits of their CA before they are sent, and records what counts. Uses are recorded
/// for CAs with known limits only, refusals with a retry time for every CA. If the records cannot be read or written,
/// the order continues with a warning, because the CA counts too.
/// </summary>
internal sealed class OrderLimits(IssuanceContext context)
{
    /// <summary>
    /// The longest time that a CA can make the module wait. No published limit lasts longer: a Retry-After of months is a mistake.
    /// </summary>
    public static readonly TimeSpan MaxRefusal = TimeSpan.FromDays(7);

    private const int MaxDetailLength = 500;

    private readonly Lazy<LimitSubjects> _subjects = new(() => new LimitSubjects(PublicSuffixList.Load()));

    /// <summary>The date of the public suffix list.</summary>
    public DateOnly SuffixDate => _subjects.Value.SuffixDate;

    /// <summary>Checks that the CA accepts an order now and reports the remaining quota.</summary>
    /// <exception cref="EngineException"><c>LimitReached</c>: the CA would refuse the order; <c>RetryAt</c> is set.</exception>
    public async Task RequireQuotaAsync(
        Uri directoryUrl, Uri accountUrl, CertificateNameSet names, OrderKind kind, CancellationToken ct)
    {
        var quotas = await FindQuotasAsync(directoryUrl, accountUrl, names, kind, ct).ConfigureAwait(false);
        if (quotas.Count == 0)
        {
            return;
        }

        var last = quotas.MaxBy(r => r.NextAt)!;
        if (last.Left == 0)
        {
            throw new EngineException(ErrorCode.LimitReached, EngineErrorKind.Limited, Explain(directoryUrl, last), names[0].Value)
            {
                RetryAt = last.NextAt,
                Remedy = GetRemedy(directoryUrl, last),
            };
        }

        context.ReportDetail($"According to the records of this rack, the CA at {directoryUrl.Authority} allows {Describe(quotas)}");
    }

    /// <summary>
    /// Finds the remaining quota of each limit that an order counts towards, and the refusals that still apply. Returns
    /// none if nothing is known or the order is exempt.
    /// </summary>
    /// <param name="directoryUrl">The directory of the CA.</param>
    /// <param name="accountUrl">The account; null if there is none yet.</param>
    /// <param name="names">The names of the order.</param>
    /// <param name="kind">The kind of the order.</param>
    /// <param name="ct">The cancellation token.</param>
    public async Task<IReadOnlyList<RemainingQuota>> FindQuotasAsync(
        Uri directoryUrl, Uri? accountUrl, CertificateNameSet names, OrderKind kind, CancellationToken ct)
    {
        var now = context.Now;
        var limits = FindLimits(directoryUrl);
        var records = LimitAccounting.GetCurrent(await ReadAsync(ct).ConfigureAwait(false), now);
        if (limits is null && records.Refusals.Count == 0)
        {
            return [];
        }

        var effective = GetEffectiveKind(records, directoryUrl, names, kind);
        var subjects = _subjects.Value.GetSubjects(accountUrl, names).Where(s => Counts(limits, s.Limit, effective)).ToList();
        var quotas = subjects
            .Where(s => GetBucket(limits, s.Limit) is not null)
            .Select(s => LimitAccounting.GetQuota(records, directoryUrl, s, GetBucket(limits, s.Limit)!, now));
        return [.. quotas, .. FindRefusedQuotas(records, directoryUrl, names, subjects)];
    }

    /// <summary>Describes the smallest remaining quota of each limit.</summary>
    public static string Describe(IReadOnlyList<RemainingQuota> quotas) => string.Join("; ", quotas
        .GroupBy(quota => quota.Subject.Limit)
        .OrderBy(group => group.Key)
        .Select(group => group.OrderBy(quota => quota.Left).ThenByDescending(quota => quota.NextAt).First()));

    /// <summary>Explains why the CA would refuse an order.</summary>
    public string Explain(Uri directoryUrl, RemainingQuota reached) => reached.Explain(directoryUrl, FindLimits(directoryUrl));

    /// <summary>Returns the advice for an order that the CA would refuse.</summary>
    public Remedy GetRemedy(Uri directoryUrl, RemainingQuota reached) => reached.GetRemedy(FindLimits(directoryUrl));

    /// <summary>Records that the CA accepted an order.</summary>
    public Task RecordOrderAsync(
        Uri directoryUrl, Uri accountUrl, CertificateNameSet names, OrderKind kind, CancellationToken ct) =>
        RecordUseAsync(directoryUrl, accountUrl, names, kind, [LimitKind.NewOrders], ct);

    /// <summary>Records that the CA issued a certificate.</summary>
    public Task RecordIssuedAsync(
        Uri directoryUrl, Uri accountUrl, CertificateNameSet names, OrderKind kind, CancellationToken ct) =>
        RecordUseAsync(directoryUrl, accountUrl, names, kind, [LimitKind.RegisteredDomain, LimitKind.ExactSet], ct);

    /// <summary>Records that the CA could not validate names, given without the wildcard label.</summary>
    public async Task RecordFailedValidationAsync(
        Uri directoryUrl, Uri accountUrl, IReadOnlyCollection<string> names, CancellationToken ct)
    {
        if (names.Count > 0 && FindLimits(directoryUrl)?.FailedAuthorizations is { } bucket)
        {
            await UpdateAsync(
                (records, now) => names.Aggregate(
                    records,
                    (r, name) => LimitAccounting.AddUse(r, directoryUrl, LimitSubjects.CreateFailedName(accountUrl, name), bucket, now)),
                ct).ConfigureAwait(false);
        }
    }

    /// <summary>Records a rate-limit refusal that has a retry time; ignores other errors.</summary>
    public async Task RecordRefusalAsync(
        Uri directoryUrl, Uri accountUrl, CertificateNameSet names, AcmeException refused, CancellationToken ct)
    {
        if (refused.RetryAt is not { } until || (refused.Problem.ShortType != AcmeProblemType.RateLimited && refused.Problem.Status != 429))
        {
            return;
        }

        var subjects = RateLimitClassifier.FindSubjects(refused.Problem, _subjects.Value.GetSubjects(accountUrl, names));
        var detail = refused.Problem.Detail is { Length: > MaxDetailLength } text ? text[..MaxDetailLength] : refused.Problem.Detail;
        await UpdateAsync(
            (records, now) => (subjects.Count > 0 ? subjects : [LimitSubjects.CreateExactSet(names)]).Aggregate(
                records,
                (r, subject) => LimitAccounting.AddRefusal(r, new LimitRefusal
                {
                    DirectoryUrl = directoryUrl,
                    Limit = subjects.Count > 0 ? subject.Limit : null,
                    Subject = subject.Key,
                    Refused = now,
                    Until = until < now + MaxRefusal ? until : now + MaxRefusal,
                    Detail = detail,
                })),
            ct).ConfigureAwait(false);
    }

    private CaLimits? FindLimits(Uri directoryUrl) => context.Options.Limits(directoryUrl);

    private async Task RecordUseAsync(
        Uri directoryUrl, Uri accountUrl, CertificateNameSet names, OrderKind kind, LimitKind[] counted, CancellationToken ct)
    {
        if (FindLimits(directoryUrl) is not { } limits || !counted.Any(c => Counts(limits, c, kind) && GetBucket(limits, c) is not null))
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

    private static IEnumerable<RemainingQuota> FindRefusedQuotas(
        LimitRecords records, Uri directoryUrl, CertificateNameSet names, List<LimitSubject> subjects)
    {
        foreach (var refusal in records.Refusals.Where(r => r.DirectoryUrl == directoryUrl))
        {
            // A refusal without a known limit applies to the same order, even if it is exempt.
            var subject = refusal.Limit is null
                ? LimitSubjects.CreateExactSet(names)
                : subjects.Find(s => s.Limit == refusal.Limit && s.Key == refusal.Subject);
            if (subject?.Key == refusal.Subject)
            {
                yield return new RemainingQuota(subject, null, 0, refusal.Until, refusal);
            }
        }
    }

    // After a certificate within the window, the next order for the same names counts as a renewal.
    private static OrderKind GetEffectiveKind(LimitRecords records, Uri directoryUrl, CertificateNameSet names, OrderKind kind) =>
        kind == OrderKind.New && LimitAccounting.Find(records, directoryUrl, LimitSubjects.CreateExactSet(names)) is not null
            ? OrderKind.Renewal
            : kind;

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
            return await context.Rack.Limits.ReadAsync(ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is EngineException or IOException or UnauthorizedAccessException)
        {
            Warn(e);
            return new LimitRecords();
        }
    }

    private async Task UpdateAsync(Func<LimitRecords, DateTimeOffset, LimitRecords> change, CancellationToken ct)
    {
        var now = context.Now;
        try
        {
            await context.Rack.Limits.UpdateAsync(
                records => change(LimitAccounting.GetCurrent(records, now), now), Warn, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is EngineException or IOException or UnauthorizedAccessException)
        {
            Warn(e);
        }
    }

    private void Warn(Exception e) =>
        context.ReportWarning($"The remaining quota of the CA's rate limits is not known: {e.Message}", Remedy.FromException(e));
}
