using System.Text.RegularExpressions;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>
/// Remembers on the rack why a certificate could not be issued, and keeps later runs from asking again too soon
/// (https://letsencrypt.org/docs/integration-guide: after 1, 10 and 100 minutes, then once a day).
/// </summary>
internal sealed partial class RetryBackoff(IRack rack, TimeProvider time)
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(100), TimeSpan.FromDays(1)];

    /// <summary>
    /// Whether a failure says something about the next try. Who was not reached was not bothered, and an order that
    /// only takes its time goes on.
    /// </summary>
    public static bool IsRemembered(Exception failure) => failure switch
    {
        AcmeException { Problem.ShortType: AcmeProblemType.Unreachable or AcmeProblemType.Untrusted } => false,
        EngineException { Kind: EngineErrorKind.Waiting or EngineErrorKind.TimedOut or EngineErrorKind.Limited } => false,
        EngineException { Code: ErrorCode.RackNotWritable or RetryLater.Code } => false,
        EngineException e when VaultFailure.IsOne(e) => false,
        AcmeException or EngineException => true,
        _ => false,
    };

    /// <summary>Makes sure that the last failure lets a new try be made. Other settings are a new try, unless the CA itself asked to wait.</summary>
    /// <exception cref="EngineException"><c>RetryLater</c>.</exception>
    public void RequireTryAllowed(OrderRecord? before, IssuanceSettings settings)
    {
        if (before?.Failure is { } failure && failure.Holds(time.GetUtcNow()) && (failure.IsAskedByCa || before.Certificate.Settings == settings))
        {
            throw RetryLater.For(before.Certificate, failure);
        }
    }

    /// <summary>
    /// Stores a failure with what is left of its order. Where nothing was ordered yet, only the CA's own word counts:
    /// whatever else was wrong can be put right at once. The caller holds the certificate's lock.
    /// </summary>
    /// <param name="record">The certificate.</param>
    /// <param name="before">The failure before this one.</param>
    /// <param name="failure">What was thrown.</param>
    /// <returns>What is remembered; null where nothing is.</returns>
    public async Task<IssuanceFailure?> RememberAsync(CertificateRecord record, IssuanceFailure? before, Exception failure)
    {
        var order = await rack.Orders.FindAsync(record.Id, CancellationToken.None).ConfigureAwait(false);
        var remembered = Describe(before, failure);
        if (order is null && !remembered.IsAskedByCa)
        {
            return null;
        }

        order ??= new OrderRecord { Certificate = record, Started = time.GetUtcNow(), IsEnded = true };
        await rack.Orders.SaveAsync(order with { Failure = remembered }, CancellationToken.None).ConfigureAwait(false);
        return remembered;
    }

    /// <summary>The stable name of what went wrong.</summary>
    public static string CodeOf(Exception failure) =>
        failure is AcmeException acme ? $"AcmeProblem.{acme.Problem.ShortType}" : ((EngineException)failure).Code;

    private IssuanceFailure Describe(IssuanceFailure? before, Exception failure)
    {
        var now = time.GetUtcNow();
        var count = 1 + (before?.Count ?? 0);
        var acme = failure as AcmeException;
        var pausedUrl = acme is null ? null : FindPausePage(acme.Problem);
        return new IssuanceFailure
        {
            Code = CodeOf(failure),
            Cause = failure.Message,
            At = now,
            Count = count,
            NextTry = pausedUrl is not null ? null : acme?.RetryAt ?? now + Pauses[Math.Min(count, Pauses.Length) - 1],
            IsAskedByCa = pausedUrl is not null || acme?.RetryAt is not null,
            HelpUrl = pausedUrl ?? acme?.Problem.Instance,
        };
    }

    /// <summary>
    /// Where the user ends a pause of an identifier that failed too often in a row: Let's Encrypt names its page only in
    /// the text of the problem (https://letsencrypt.org/docs/rate-limits, "Consecutive Authorization Failures").
    /// </summary>
    private static string? FindPausePage(AcmeProblem problem) =>
        problem.ShortType == AcmeProblemType.RateLimited && PausePage().Match(problem.Detail ?? string.Empty) is { Success: true } match ? match.Value.TrimEnd('.', ',', ')') : null;

    [GeneratedRegex(@"https://\S*unpause\S*", RegexOptions.CultureInvariant)]
    private static partial Regex PausePage();
}
