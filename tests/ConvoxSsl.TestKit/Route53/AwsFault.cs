namespace ConvoxSsl.TestKit.Route53;

/// <summary>A fault of the server for an action; by default it occurs once.</summary>
public sealed record AwsFault : IFault<string>
{
    private AwsFault(string action) => Action = action;

    internal string Action { get; }

    /// <inheritdoc/>
    public int Skipped => 0;

    /// <inheritdoc/>
    public int MaxOccurrences { get; private init; } = 1;

    internal Action? Before { get; private init; }

    internal (int Status, string Code, string Message)? Refusal { get; private init; }

    internal int? PageStatus { get; private init; }

    internal bool AbortsBefore { get; private init; }

    internal bool AbortsAfter { get; private init; }

    /// <summary>Creates a fault for an action such as <c>route53:GetChange</c>.</summary>
    public static AwsFault On(string action) => new(action);

    /// <summary>The number of times that the fault occurs.</summary>
    public AwsFault Times(int count) => this with { MaxOccurrences = count };

    /// <summary>Makes the fault permanent.</summary>
    public AwsFault Always() => Times(int.MaxValue);

    /// <summary>Runs an action before the request is processed.</summary>
    public AwsFault Do(Action action) => this with { Before = action };

    /// <summary>Rejects the request with this error.</summary>
    public AwsFault Error(int status, string code, string message = "scripted") => this with { Refusal = (status, code, message) };

    /// <summary>Fails because of the account's rate limit.</summary>
    public AwsFault Throttle() => Error(400, "Throttling", "Rate exceeded");

    /// <summary>Fails because another batch of the zone is pending.</summary>
    public AwsFault PriorRequestNotComplete() =>
        Error(400, "PriorRequestNotComplete", "The request was rejected because Route 53 was still processing a prior request.");

    /// <summary>Responds with a page that is not XML, such as a proxy's.</summary>
    public AwsFault Page(int status) => this with { PageStatus = status };

    /// <summary>Breaks the connection before the request is processed.</summary>
    public AwsFault Reset() => this with { AbortsBefore = true };

    /// <summary>Processes the request and breaks the connection before the response.</summary>
    public AwsFault LoseResponse() => this with { AbortsAfter = true };

    /// <inheritdoc/>
    public bool Matches(string request) => request == Action;
}
