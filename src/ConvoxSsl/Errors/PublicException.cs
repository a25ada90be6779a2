using System.Runtime.ExceptionServices;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Errors;

/// <summary>Turns the engine's exceptions, whose types no script can name, into those that it can catch.</summary>
internal static class PublicException
{
    public static ConvoxInputException From(InvalidInputException e, string id) => Keep(e, new ConvoxInputException(Remedies.Append(e.Message, e.Remedy), e.InnerException)
    {
        ErrorId = id,
        RecommendedAction = Remedies.Describe(e.Remedy),
    });

    public static ConvoxException From(EngineException e, string id) => Keep(e, new ConvoxException(Remedies.Append(e.Message, e.Remedy), e.InnerException)
    {
        ErrorId = id,
        RecommendedAction = Remedies.Describe(e.Remedy),
        RetryAfter = e.RetryAt,
    });

    /// <summary>What the CA said.</summary>
    /// <param name="e">What the engine threw.</param>
    /// <param name="id">The error's id.</param>
    /// <param name="hint">Which parameter or cmdlet helps, where the protocol's own words can't know.</param>
    public static ConvoxAcmeException From(AcmeException e, string id, string? hint) => Keep(e, new ConvoxAcmeException(Join(e.Message, hint)!, e.InnerException)
    {
        ErrorId = id,
        RecommendedAction = Join(e.Remedy, hint),
        RetryAfter = e.RetryAt,
        Type = DisplayText.OneLine(e.Problem.Type),
        ShortType = DisplayText.OneLine(e.Problem.ShortType),
        Detail = DisplayText.OneLine(e.Problem.Detail),
        Status = e.Problem.Status,
        Instance = DisplayText.OneLine(e.Problem.Instance),
        Identifier = DisplayText.OneLine(e.Problem.Identifier?.Value),
        Subproblems = [.. (e.Problem.Subproblems ?? []).Select(From)],
        Url = e.Url,
    });

    private static ConvoxAcmeProblem From(AcmeProblem problem) => new()
    {
        Identifier = DisplayText.OneLine(problem.Identifier?.Value),
        Type = DisplayText.OneLine(problem.Type),
        Detail = DisplayText.OneLine(problem.Detail),
    };

    // So that the stack trace leads to where it failed, without a copy of it as its own cause.
    private static T Keep<T>(Exception thrown, T shown)
        where T : Exception
    {
        if (thrown.StackTrace is { } trace)
        {
            ExceptionDispatchInfo.SetRemoteStackTrace(shown, trace);
        }

        return shown;
    }

    private static string? Join(string? text, string? more) => (text, more) switch
    {
        (null, _) => more,
        (_, null) => text,
        _ => $"{text} {more}",
    };
}
