using System.Globalization;
using System.Text;

namespace ConvoxSsl.Engine.Acme;

/// <summary>
/// Describes problems in sentences. The types that this client sets are explained in words; those of a CA follow its explanation in
/// parentheses.
/// </summary>
internal static class AcmeProblemText
{
    private const int MaxDetail = 2000;
    private const int MaxSubproblemDetail = 500;

    // Enough to see what is wrong with an order of a hundred names.
    private const int MaxSubproblems = 20;

    /// <summary>Describes a problem with its subproblems.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="url">The requested resource.</param>
    public static string Describe(AcmeProblem problem, Uri url)
    {
        var text = new StringBuilder($"{DescribeCause(problem, $"the CA at {url.Authority}")}.");
        var subproblems = problem.Subproblems ?? [];
        foreach (var subproblem in subproblems.Take(MaxSubproblems))
        {
            var name = DisplayText.Shorten(subproblem.Identifier?.Value ?? "One identifier", 253);
            text.Append(CultureInfo.InvariantCulture, $" {name}: {AddType(subproblem, MaxSubproblemDetail)}.");
        }

        if (subproblems.Count > MaxSubproblems)
        {
            text.Append(CultureInfo.InvariantCulture, $" And {subproblems.Count - MaxSubproblems} more.");
        }

        return text.ToString();
    }

    private static string DescribeCause(AcmeProblem problem, string ca) => problem.ShortType switch
    {
        AcmeProblemType.Unreachable => $"Could not reach {ca}: {GetDetail(problem, MaxDetail)}",
        AcmeProblemType.Untrusted => $"The TLS certificate of {ca} {GetDetail(problem, MaxDetail)}",
        AcmeProblemType.MalformedAnswer => $"The response of {ca} is not valid: {GetDetail(problem, MaxDetail)}",
        AcmeProblemType.CertificateMismatch => $"The certificate from {ca} cannot be used: {GetDetail(problem, MaxDetail)}",
        AcmeProblemType.OrderMismatch => $"The order of {ca} is not the requested one: {GetDetail(problem, MaxDetail)}",
        AcmeProblemType.OrderInvalid => $"The order of {ca} is invalid: {GetDetail(problem, MaxDetail)}",
        AcmeProblemType.Unsupported => $"The request is not supported by {ca}: {GetDetail(problem, MaxDetail)}",
        AcmeProblemType.Untyped => $"The request to {ca} failed: {GetDetail(problem, MaxDetail)}",
        _ when problem.Subproblems is { Count: > 0 } && problem.ChallengeType is not null =>
            $"The order of {ca} failed: {GetDetail(problem, MaxDetail)}",
        _ when problem.ChallengeType is not null => $"The validation by {ca} failed: {AddName(problem)}",
        _ => $"The request to {ca} failed: {AddType(problem, MaxDetail)}",
    };

    // Some CAs begin their explanation with the name.
    private static string AddName(AcmeProblem problem)
    {
        var text = AddType(problem, MaxDetail);
        return problem.Identifier?.Value is { } name && !text.StartsWith($"{name}:", StringComparison.OrdinalIgnoreCase)
            ? $"{DisplayText.Shorten(name, 253)}: {text}"
            : text;
    }

    private static string AddType(AcmeProblem problem, int maxLength) =>
        $"{GetDetail(problem, maxLength)} ({DisplayText.Shorten(problem.ShortType, 100)})";

    private static string GetDetail(AcmeProblem problem, int maxLength) =>
        DisplayText.Shorten(problem.Detail?.TrimEnd('.') is { Length: > 0 } detail ? detail : "it gave no reason", maxLength);
}
