namespace ConvoxSsl.TestKit.Acme;

/// <summary>
/// Something that the server does wrong: at which resource, when, and what. Effects may be combined; without a word
/// about how often, it happens once.
/// </summary>
public sealed record AcmeFault
{
    private AcmeFault(AcmeResource resource) => Resource = resource;

    /// <summary>A fault at a resource.</summary>
    public static AcmeFault On(AcmeResource resource) => new(resource);

    internal AcmeResource Resource { get; private init; }

    internal int Skipped { get; private init; }

    internal int Most { get; private init; } = 1;

    internal Func<AcmeRequest, bool> Applies { get; private init; } = _ => true;

    internal Func<AcmeRequest, CancellationToken, Task>? Before { get; private init; }

    internal Func<AcmeRequest, AcmeReply>? Instead { get; private init; }

    internal bool AbortsBefore { get; private init; }

    internal bool AbortsAfter { get; private init; }

    internal Func<AcmeReply, AcmeReply>? Edit { get; private init; }

    internal Func<CertificateContent, CertificateContent>? Content { get; private init; }

    internal int? ProcessingPolls { get; private init; }

    internal CaProblem? Validation { get; private init; }

    /// <summary>The number of occurrences.</summary>
    public AcmeFault Times(int count) => this with { Most = count };

    /// <summary>It happens each time.</summary>
    public AcmeFault Always() => Times(int.MaxValue);

    /// <summary>It spares the first requests.</summary>
    public AcmeFault After(int count) => this with { Skipped = count };

    /// <summary>It happens only to such requests.</summary>
    public AcmeFault When(Func<AcmeRequest, bool> applies) => this with { Applies = applies };

    /// <summary>Something else happens first; the request goes on when that has ended.</summary>
    public AcmeFault Do(Func<AcmeRequest, CancellationToken, Task> action) => this with { Before = action };

    /// <summary>Something else happens first.</summary>
    public AcmeFault Do(Action action) => Do((_, _) =>
    {
        action();
        return Task.CompletedTask;
    });

    /// <summary>The request is answered with this and not looked at.</summary>
    public AcmeFault Answer(AcmeReply reply) => this with { Instead = _ => reply };

    /// <summary>The request is answered with what is made when it comes, and not looked at.</summary>
    public AcmeFault Answer(Func<AcmeRequest, AcmeReply> reply) => this with { Instead = reply };

    /// <summary>The request is refused with a problem document.</summary>
    public AcmeFault Problem(int status, string type, string detail = "scripted") => Answer(AcmeReply.Problem(status, type, detail));

    /// <summary>The connection breaks before the request is looked at.</summary>
    public AcmeFault Reset() => this with { AbortsBefore = true };

    /// <summary>The request is done, and the connection breaks before the answer is sent.</summary>
    public AcmeFault ResetAfterwards() => this with { AbortsAfter = true };

    /// <summary>The request is done, and its answer is changed.</summary>
    public AcmeFault Change(Func<AcmeReply, AcmeReply> edit) => this with { Edit = edit };

    /// <summary>On <see cref="AcmeResource.Finalize"/>: the certificate is for something else.</summary>
    public AcmeFault Issue(Func<CertificateContent, CertificateContent> content) => this with { Content = content };

    /// <summary>On <see cref="AcmeResource.Finalize"/>: the order is <c>processing</c> for so many looks at it.</summary>
    public AcmeFault KeepProcessing(int polls) => this with { ProcessingPolls = polls };

    /// <summary>On <see cref="AcmeResource.Challenge"/>: the validation fails with this.</summary>
    public AcmeFault FailValidation(CaProblem problem) => this with { Validation = problem };

    /// <summary>On <see cref="AcmeResource.Challenge"/>: the validation fails with a problem of that type.</summary>
    public AcmeFault FailValidation(string type, string detail = "scripted") =>
        FailValidation(new CaProblem { Type = type, Detail = detail, Status = 403 });
}

/// <summary>The faults of a server. The first that applies to a request and is not used up happens.</summary>
public sealed class AcmeFaults
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    /// <summary>The number of faults with remaining occurrences, without permanent faults.</summary>
    public int Outstanding
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count(e => e.Fault.Most != int.MaxValue && e.Happened < e.Fault.Most);
            }
        }
    }

    /// <summary>Switches a fault on.</summary>
    public void Add(AcmeFault fault)
    {
        lock (_gate)
        {
            _entries.Add(new Entry(fault));
        }
    }

    /// <summary>Switches all faults off.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
        }
    }

    internal AcmeFault? Take(AcmeRequest request)
    {
        lock (_gate)
        {
            return _entries.Find(e => e.Happens(request))?.Fault;
        }
    }

    private sealed class Entry(AcmeFault fault)
    {
        private int _spared;

        public AcmeFault Fault { get; } = fault;

        public int Happened { get; private set; }

        public bool Happens(AcmeRequest request)
        {
            if (request.Resource != Fault.Resource || Happened >= Fault.Most || !Fault.Applies(request))
            {
                return false;
            }

            if (_spared < Fault.Skipped)
            {
                _spared++;
                return false;
            }

            Happened++;
            return true;
        }
    }
}
