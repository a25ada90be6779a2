using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Formatting;

/// <summary>Why a certificate is in its state, in words.</summary>
internal static class StatusReason
{
    /// <summary>Of a stored certificate; null where there is nothing to say.</summary>
    public static string? Describe(CertificateEntry entry, CertificateState state, DateTimeOffset now)
    {
        var (live, order) = (entry.Live, state.Order);
        if (live.Revoked is { } revoked)
        {
            return $"Revoked on {revoked:u}: {live.RevocationReason}.";
        }

        if (state.Failure is { } failure)
        {
            return $"Its renewal failed at {failure.At:u}: {failure.Cause} {DescribeNextAttempt(failure, now)}";
        }

        return state.Controlled is { } controlled ? $"A renewal is under way. {Describe(controlled, now)}"
            : order is { IsEnded: false } ? $"A renewal is under way. {Describe(order, now)}"
            : live.Advice is { Start: not null, ExplanationUrl: { } url } ? $"The CA wants it renewed from {live.RenewAfter:u} on: {url}"
            : null;
    }

    /// <summary>Of an order without a certificate.</summary>
    public static string Describe(OrderRecord order, DateTimeOffset now) =>
        order.Failure is { } failure ? $"It failed at {failure.At:u}: {failure.Cause} {DescribeNextAttempt(failure, now)}"
        : order.WaitsFor ?? $"Begun on {order.Started:u} and not finished; Update-ConvoxCertificate goes on with it.";

    /// <summary>Of a certificate that the rack's controller has not finished.</summary>
    public static string Describe(ControlledCertificate controlled, DateTimeOffset now) =>
        controlled.Phase == ControlledPhase.Failed && new CertificateState(null, null, controlled).Failure is { } failure
            ? $"It failed at {failure.At:u}: {failure.Cause} {DescribeNextAttempt(failure, now)}"
            : controlled.Reason ?? $"{controlled.Certificate.Settings?.Controller} was asked for it on {controlled.Started:u} and has not said anything yet.";

    /// <summary>When Update-ConvoxCertificate tries again.</summary>
    public static string DescribeNextAttempt(IssuanceFailure failure, DateTimeOffset now) => failure switch
    {
        { NextTry: null, HelpUrl: { } url } => $"The CA has paused it until somebody visits {url}.",
        { IsAskedByCa: true } when failure.Holds(now) => "With -Force it is tried now.",
        { NextTry: { } next } when failure.Holds(now) => $"Next try at {next:u}, or now with -Force.",
        _ => "Update-ConvoxCertificate tries again.",
    };
}
