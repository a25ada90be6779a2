namespace ConvoxSsl.TestKit.Route53;

/// <summary>Something that the server does wrong at an action; without a word about how often, it happens once.</summary>
public sealed record AwsFault
{
    private AwsFault(string action) => Action = action;

    internal string Action { get; }

    internal int Most { get; private init; } = 1;

    internal Action? Before { get; private init; }

    internal (int Status, string Code, string Message)? Refusal { get; private init; }

    internal int? PageStatus { get; private init; }

    internal bool AbortsBefore { get; private init; }

    internal bool AbortsAfter { get; private init; }

    /// <summary>A fault at an action such as <c>route53:GetChange</c>.</summary>
    public static AwsFault On(string action) => new(action);

    /// <summary>How often it happens.</summary>
    public AwsFault Times(int count) => this with { Most = count };

    /// <summary>It happens each time.</summary>
    public AwsFault Always() => Times(int.MaxValue);

    /// <summary>Something else happens before the request is looked at.</summary>
    public AwsFault Do(Action action) => this with { Before = action };

    /// <summary>The request is refused with this.</summary>
    public AwsFault Error(int status, string code, string message = "scripted") => this with { Refusal = (status, code, message) };

    /// <summary>The account has asked too often.</summary>
    public AwsFault Throttle() => Error(400, "Throttling", "Rate exceeded");

    /// <summary>Another batch for the zone is at work.</summary>
    public AwsFault PriorRequestNotComplete() =>
        Error(400, "PriorRequestNotComplete", "The request was rejected because Route 53 was still processing a prior request.");

    /// <summary>The request is answered by a page that is no XML, as a proxy's.</summary>
    public AwsFault Page(int status) => this with { PageStatus = status };

    /// <summary>The connection breaks before the request is looked at.</summary>
    public AwsFault Reset() => this with { AbortsBefore = true };

    /// <summary>The request is done, and the connection breaks before the answer is sent.</summary>
    public AwsFault ResetAfterwards() => this with { AbortsAfter = true };
}
