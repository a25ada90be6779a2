using System.Globalization;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.RateLimits;

/// <summary>What a CA still allows.</summary>
/// <param name="Subject">What it counts.</param>
/// <param name="Bucket">How it counts; null where only a refusal is known.</param>
/// <param name="Left">How many are left.</param>
/// <param name="NextAt">When the next one is possible.</param>
/// <param name="Refusal">What the CA refused, if that is why none is left.</param>
internal sealed record RemainingQuota(LimitSubject Subject, TokenBucket? Bucket, int Left, DateTimeOffset NextAt, LimitRefusal? Refusal)
{
    /// <summary>What is left of it, in words.</summary>
    public override string ToString() => (Bucket, Refusal) switch
    {
        (_, { } refusal) => $"nothing for {Subject.Text} before {FormatUtc(refusal.Until)}, as the CA said",
        ({ } bucket, null) => $"{Left} of {bucket.Capacity} {CountedText}{(Left > 0 ? string.Empty : $", the next one at {FormatUtc(NextAt)}")}",
        _ => CountedText,
    };

    /// <summary>Why an order would be refused, and what to do instead.</summary>
    public string Explain(Uri directoryUrl, CaLimits? limits)
    {
        var why = Refusal is { } refusal
            ? $"The CA at {directoryUrl.Host} refused an order for {Subject.Text} at {FormatUtc(refusal.Refused)}: {refusal.Detail?.TrimEnd('.') ?? "it gave no reason"}. It takes the next one at {FormatUtc(refusal.Until)}; nothing is sent before."
            : $"The CA at {directoryUrl.Host} would refuse this order, so it is not sent: this rack used up its {CountedText}, {Bucket!.Capacity} at once and one more every {FormatSpan(Bucket.Refill)} ({limits!.Source}). The next one is possible at {FormatUtc(NextAt)}.";
        return $"{why} {Remedy}{(limits?.TrialIssuer is { } trial ? $" For trials use -Issuer {trial}." : string.Empty)}";
    }

    private string CountedText => Subject.Limit switch
    {
        LimitKind.NewOrders => "new orders of the account",
        LimitKind.RegisteredDomain => $"certificates for names below {Subject.Text}",
        LimitKind.ExactSet => $"certificates for exactly {Subject.Text}",
        _ => $"failed validations of {Subject.Text}",
    };

    private string Remedy => Subject.Limit switch
    {
        _ when Refusal is { Limit: null } => "Run the command again then.",
        LimitKind.RegisteredDomain => "Wait, or put several names into one certificate.",
        LimitKind.ExactSet => "Until then use the certificate that is there: Get-ConvoxCertificate.",
        LimitKind.FailedAuthorizations => "Find out first why it could not be validated: Test-ConvoxDomain.",
        _ => "Run the command again then.",
    };

    // Up to the next whole second: who comes back at the time shown must not be early.
    private static string FormatUtc(DateTimeOffset time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime.AddTicks(TimeSpan.TicksPerSecond - 1):yyyy-MM-dd HH:mm:ss} UTC");

    private static string FormatSpan(TimeSpan time) => string.Create(
        CultureInfo.InvariantCulture, $"{(time.TotalMinutes >= 600 ? $"{time.TotalHours:0.#} hours" : time.TotalSeconds >= 60 ? $"{time.TotalMinutes:0.#} minutes" : $"{time.TotalSeconds:0.#} seconds")}");
}
