using ConvoxSsl.Engine.Issuance.Renewal;

namespace ConvoxSsl.Commands;

/// <content>Changes of certificates that are not renewed.</content>
public sealed partial class UpdateConvoxCertificateCommand
{
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
