namespace ConvoxSsl.Engine.Issuance.Context;

/// <summary>Adds the current certificate to events before it passes them on.</summary>
/// <param name="events">Receives the events.</param>
internal sealed class CertificateEvents(IProgress<IssuanceEvent> events) : IProgress<IssuanceEvent>
{
    // Flows with the asynchronous calls, so that services that certificates share need not know the current one.
    private readonly AsyncLocal<(string? Certificate, object? Job)> _current = new();

    /// <summary>Sets the certificate of the events that follow, until the calling async method returns.</summary>
    /// <param name="certificate">The first name of the certificate.</param>
    /// <param name="job">Identifies the job in a batch; null to keep the current one.</param>
    public void SetCurrent(string certificate, object? job = null) => _current.Value = (certificate, job ?? _current.Value.Job);

    /// <inheritdoc/>
    public void Report(IssuanceEvent value) => events.Report(value with
    {
        Certificate = value.Certificate ?? _current.Value.Certificate,
        Job = value.Job ?? _current.Value.Job,
    });
}
