using ConvoxSsl.Engine.Issuance.Plans;
using ConvoxSsl.Engine.Issuance.Renewal;

namespace ConvoxSsl.Commands;

/// <content>Parameters that do not apply to all certificates.</content>
public sealed partial class UpdateConvoxCertificateCommand
{
    private readonly List<string> _waitedFor = [];

    private void NoteWait(IssuancePlan plan)
    {
        if (plan.Method != IssuanceMethod.Delegated)
        {
            _waitedFor.Add(plan.Request.Names[0].Value);
        }
    }

    // Others are renewed with -NoWait all the same, so this is not an error as for a single new certificate.
    private void WarnOfWait()
    {
        if (!NoWait || DryRun)
        {
            return;
        }

        foreach (var session in _runs.Keys.Where(session => session.Rack.Controller is null))
        {
            WriteWarning($"-NoWait has no effect because rack '{session.Name}' has no cert-manager. The module itself renews its "
                + "certificates and waits for the CA.");
        }

        if (_waitedFor.Count > 0 && _runs.Keys.Any(session => session.Rack.Controller is not null))
        {
            var others = _waitedFor.Count > 1 ? $" and {_waitedFor.Count - 1} more" : string.Empty;
            WriteWarning($"-NoWait has no effect for {_waitedFor[0]}{others}, because cert-manager does not renew the certificate.");
        }
    }

    /// <summary>Adds to the reason of a certificate that is not due the parameters that only a renewal applies.</summary>
    private ConvoxRenewal AddUnapplied(ConvoxRenewal renewal, RenewalOutcome outcome)
    {
        var record = outcome.State.Record;
        return outcome.Result != RenewalResult.NotDue ? renewal
            : Issuer is not null && ParseIssuer(Issuer).Name != record.Issuer
                ? renewal with { Reason = $"{renewal.Reason} It keeps the issuer {record.Issuer} until then; -Force changes it now." }
            : record.Settings is { } settings && Apply(settings) != settings
                ? renewal with { Reason = $"{renewal.Reason} It keeps its settings until then; -Force changes them now." }
            : renewal;
    }
}
