using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Errors;

/// <summary>Converts the engine's exceptions to the public ones, because scripts cannot refer to the engine's types.</summary>
internal static class PublicException
{
    public static ConvoxInputException From(InvalidInputException e, string id, Type? cmdlet)
    {
        var exception = new ConvoxInputException(Remedies.Append(e.Message, e.Remedy, cmdlet), ForeignException.Sanitize(e.InnerException))
        {
            ErrorId = id,
            RecommendedAction = Remedies.Describe(e.Remedy, cmdlet),
        };
        return ForeignException.KeepStackTrace(e, exception);
    }

    public static ConvoxException From(EngineException e, string id, Type? cmdlet)
    {
        var exception = new ConvoxException(Remedies.Append(e.Message, e.Remedy, cmdlet), ForeignException.Sanitize(e.InnerException))
        {
            ErrorId = id,
            RecommendedAction = Remedies.Describe(e.Remedy, cmdlet),
            RetryAfter = e.RetryAt,
        };
        return ForeignException.KeepStackTrace(e, exception);
    }

    public static ConvoxAcmeException From(AcmeException e, string id, Type? cmdlet)
    {
        var exception = new ConvoxAcmeException(Remedies.Append(e.Message, e.Remedy, cmdlet), ForeignException.Sanitize(e.InnerException))
        {
            ErrorId = id,
            RecommendedAction = Remedies.Describe(e.Remedy, cmdlet),
            RetryAfter = e.RetryAt,
            Type = DisplayText.OneLine(e.Problem.Type),
            ShortType = DisplayText.OneLine(e.Problem.ShortType),
            Detail = DisplayText.OneLine(e.Problem.Detail),
            Status = e.Problem.Status,
            Instance = DisplayText.OneLine(e.Problem.Instance),
            Identifier = DisplayText.OneLine(e.Problem.Identifier?.Value),
            Subproblems = [.. (e.Problem.Subproblems ?? []).Select(From)],
            Url = e.Url,
        };
        return ForeignException.KeepStackTrace(e, exception);
    }

    private static ConvoxAcmeProblem From(AcmeProblem problem) => new()
    {
        Identifier = DisplayText.OneLine(problem.Identifier?.Value),
        Type = DisplayText.OneLine(problem.Type),
        Detail = DisplayText.OneLine(problem.Detail),
    };
}
