namespace ConvoxSsl.Engine.Issuance;

/// <summary>Passes events on with the certificate that is being worked on where they happen.</summary>
/// <param name="events">Told of them.</param>
internal sealed class CertificateEvents(IProgress<IssuanceEvent> events) : IProgress<IssuanceEvent>
{
    // Follows the work wherever it goes, so that what certificates share need not be told for which of them it works.
    private readonly AsyncLocal<string?> _certificate = new();

    /// <summary>Says whose events follow, until the async method that says so has ended.</summary>
    /// <param name="certificate">The certificate's first name.</param>
    public void Concern(string certificate) => _certificate.Value = certificate;

    /// <inheritdoc/>
    public void Report(IssuanceEvent value) => events.Report(value.Certificate is null ? value with { Certificate = _certificate.Value } : value);
}
