using System.Globalization;
using ConvoxSsl.Engine.Issuance.RateLimits.Published;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.RateLimits;

/// <summary>The remaining quota of a rate limit.</summary>
/// <param name="Subject">The subject of the limit.</param>
/// <param name="Bucket">The limit; null if only a refusal is known.</param>
/// <param name="Left">The remaining number.</param>
/// <param name="NextAt">The time at which the next one is possible.</param>
/// <param name="Refusal">The refusal of the CA, if that is the reason why none is left.</param>
internal sealed record RemainingQuota(LimitSubject Subject, TokenBucket? Bucket, int Left, DateTimeOffset NextAt, LimitRefusal? Refusal)
{
    /// <summary>Describes the remaining quota.</summary>
    public override string ToString() => (Bucket, Refusal) switch
    {
        (_, { } refusal) => $"nothing for {Subject.Text} before {FormatUtc(refusal.Until)}, according to the CA",
        ({ } bucket, null) when Left > 0 => $"{Left} of {bucket.Capacity} {CountedText}",
        ({ } bucket, null) => $"{Left} of {bucket.Capacity} {CountedText}, the next one at {FormatUtc(NextAt)}",
        _ => CountedText,
    };

    /// <summary>Explains why the CA would refuse an order.</summary>
    public string Explain(Uri directoryUrl, CaLimits? limits) => Refusal is { } refusal
        ? $"The CA at {directoryUrl.Authority} refused an order for {Subject.Text} at {FormatUtc(refusal.Refused)}: "
            + $"{refusal.Detail?.TrimEnd('.') ?? "it gave no reason"}. "
            + $"It accepts the next one at {FormatUtc(refusal.Until)}, so the order is not sent."
        : $"The CA at {directoryUrl.Authority} would refuse this order, so it is not sent: "
            + $"this rack used up its {CountedText}, {Bucket!.Capacity} at once and one more every {FormatSpan(Bucket.Refill)} "
            + $"({limits!.Source}). The next one is possible at {FormatUtc(NextAt)}.";

    /// <summary>Returns the advice for an order that the CA would refuse.</summary>
    public Remedy GetRemedy(CaLimits? limits)
    {
        var key = Subject.Limit switch
        {
            _ when Refusal is { Limit: null } => "LimitReached",
            LimitKind.RegisteredDomain => "LimitReached.RegisteredDomain",
            LimitKind.ExactSet => "LimitReached.ExactSet",
            LimitKind.FailedAuthorizations => "LimitReached.FailedAuthorizations",
            _ => "LimitReached",
        };
        return limits?.TrialIssuer is { } trial ? new Remedy($"{key}.Trial", trial) : new Remedy(key);
    }

    private string CountedText => Subject.Limit switch
    {
        LimitKind.NewOrders => "new orders of the account",
        LimitKind.RegisteredDomain => $"certificates for names below {Subject.Text}",
        LimitKind.ExactSet => $"certificates for exactly {Subject.Text}",
        _ => $"failed validations of {Subject.Text}",
    };

    // Rounded up to a whole second, so that a retry at the displayed time is not too early.
    private static string FormatUtc(DateTimeOffset time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime.AddTicks(TimeSpan.TicksPerSecond - 1):yyyy-MM-dd HH:mm:ss} UTC");

    private static string FormatSpan(TimeSpan time) =>
        time.TotalMinutes >= 600 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.#} hours")
        : time.TotalSeconds >= 60 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.#} minutes")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} seconds");
}
