namespace ConvoxSsl.Engine.Issuance.Context;

/// <summary>Adds the current certificate to events before it passes them on.</summary>
/// <param name="events">Receives the events.</param>
internal sealed class CertificateEvents(IProgress<IssuanceEvent> events) : IProgress<IssuanceEvent>
{
    // Flows with the asynchronous calls, so that services that certificates share need not know the current one.
    private readonly AsyncLocal<Subject?> _current = new();

    /// <summary>The text of the latest step of the current certificate; null if there is none.</summary>
    public string? CurrentStep => _current.Value?.Step;

    /// <summary>Sets the certificate of the events that follow, until the calling async method returns.</summary>
    /// <param name="certificate">The first name of the certificate.</param>
    /// <param name="job">Identifies the job in a batch; null to keep the current one.</param>
    public void SetCurrent(string certificate, object? job = null)
    {
        var current = _current.Value;
        job ??= current?.Job;
        if (current is null || current.Certificate != certificate || current.Job != job)
        {
            _current.Value = new Subject(certificate, job);
        }
    }

    /// <inheritdoc/>
    public void Report(IssuanceEvent value)
    {
        var current = _current.Value;
        if (current is not null && value.Kind == IssuanceEventKind.Step)
        {
            current.Step = value.Text;
        }

        events.Report(value with { Certificate = value.Certificate ?? current?.Certificate, Job = value.Job ?? current?.Job });
    }

    private sealed class Subject(string certificate, object? job)
    {
        public string Certificate { get; } = certificate;

        public object? Job { get; } = job;

        public string? Step { get; set; }
    }
}
