using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Formatting;

/// <summary>Explains the status of a certificate.</summary>
internal static class StatusReason
{
    /// <summary>Explains the status of a stored certificate; null if there is nothing to add.</summary>
    public static string? Describe(CertificateEntry entry, CertificateState state, DateTimeOffset now)
    {
        if (entry.Live is { Revoked: { } revoked } live)
        {
            return $"Revoked on {revoked:u}: {live.RevocationReason}.";
        }

        // The fault of an unusable certificate matters more than its renewal, and other faults matter less.
        var renewal = DescribeRenewal(entry.Live, state, now);
        return entry.Fault?.Value switch
        {
            null => renewal,
            { IsUsable: true } fault => Join(renewal, fault.Message),
            { } fault => Join($"{fault.Message} {DescribeReplacement(entry.Record)}", renewal),
        };
    }

    private static string Join(string? first, string? next) => string.Join(' ', new[] { first, next }.OfType<string>());

    private static string DescribeReplacement(CertificateRecord certificate) => certificate.IsOfApp()
        ? "To replace it, delete its Secret, so that the app's cert-manager issues it again."
        : certificate.Settings is null
        ? $"To replace it, use Import-ConvoxCertificate -Id {certificate.Id}."
        : $"To replace it, use Update-ConvoxCertificate {certificate.Id} -Force.";

    private static string? DescribeRenewal(CertificateVersion live, CertificateState state, DateTimeOffset now)
    {
        if (live.NotBefore > now)
        {
            return $"It is valid only from {live.NotBefore:u}.";
        }

        if (state.Failure is { } failure)
        {
            return $"Its renewal failed at {failure.At:u}: {failure.Cause} {DescribeNextAttempt(state.Record.Id, failure, now)}";
        }

        return state.Controlled is { } controlled ? $"A renewal is in progress. {Describe(controlled, now)}"
            : state.Order is { IsEnded: false } order ? DescribeRenewal(order)
            : live.Advice is { Start: not null, ExplanationUrl: { } url } ? $"The CA suggests a renewal after {live.RenewAfter:u}: {url}"
            : null;
    }

    // Another command may be working on the order, or one may have stopped, such as because of a port in use.
    private static string DescribeRenewal(OrderRecord order) => order.WaitsFor is { } action
        ? $"A renewal waits for the owner of the domain. {action}"
        : $"A renewal was started on {order.Started:u} and is not finished. To resume it, run Update-ConvoxCertificate "
            + $"{order.Certificate.Id}.";

    /// <summary>Explains the status of a first order.</summary>
    public static string Describe(OrderRecord order, DateTimeOffset now)
    {
        if (order.Failure is { } failure)
        {
            var attempt = $"failed at {failure.At:u}: {failure.Cause} {DescribeNextAttempt(order.Certificate.Id, failure, now)}";
            return IsFailed(order) ? $"It {attempt}" : $"The order is not finished. The last attempt {attempt}";
        }

        return order.WaitsFor
            ?? $"The order was started on {order.Started:u} and is not finished. To resume it, run Update-ConvoxCertificate "
                + $"{order.Certificate.Id}.";
    }

    /// <summary>True if a first order failed and is not resumed: the next attempt is a new order.</summary>
    public static bool IsFailed(OrderRecord order) => order is { Failure: not null, OrderUrl: null };

    /// <summary>Explains the status of a certificate that the rack's controller has not issued.</summary>
    public static string Describe(ControlledCertificate controlled, DateTimeOffset now) =>
        controlled.HasKnownFault
            ? $"{controlled.Reason} To issue it without {controlled.Certificate.Settings?.Controller}, use "
                + $"Update-ConvoxCertificate {controlled.Certificate.Id} -Engine Acme -Force."
        : controlled.Phase == ControlledPhase.Failed && new CertificateState(null, null, controlled).Failure is { } failure
            ? $"It failed at {failure.At:u}: {failure.Cause} {DescribeNextAttempt(controlled.Certificate.Id, failure, now)}"
            : controlled.Reason
                ?? $"It was requested from {controlled.Certificate.Settings?.Controller} on {controlled.Started:u}, "
                    + "which has not reported a status.";

    /// <summary>Explains when Update-ConvoxCertificate retries after a failure.</summary>
    /// <param name="id">The ID of the certificate.</param>
    /// <param name="failure">The failure.</param>
    /// <param name="now">The current time.</param>
    public static string DescribeNextAttempt(string id, IssuanceFailure failure, DateTimeOffset now) => failure switch
    {
        { NextTry: null, HelpUrl: { } url } => $"The CA has paused issuance. To resume it, visit {url}.",
        { IsAskedByCa: true } when failure.Holds(now) => $"To retry now, use Update-ConvoxCertificate {id} -Force.",
        { NextTry: { } next } when failure.Holds(now) =>
            $"The next attempt is at {next:u}. To retry now, use Update-ConvoxCertificate {id} -Force.",
        _ => $"To retry, run Update-ConvoxCertificate {id}.",
    };
}
