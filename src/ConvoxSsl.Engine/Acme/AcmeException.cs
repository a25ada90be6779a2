using System.Globalization;
using System.Text;

namespace ConvoxSsl.Engine.Acme;

/// <summary>The CA refused a request, or its response violates RFC 8555.</summary>
public sealed class AcmeException : UserErrorException
{
    // Enough to see what is wrong with an order of a hundred names.
    private const int MaxSubproblems = 20;

    /// <param name="problem">The CA's problem document, or one that describes what is wrong with its response.</param>
    /// <param name="url">The requested resource.</param>
    /// <param name="retryAt">The time of the next attempt, if the CA named one.</param>
    /// <param name="innerException">The cause, or null.</param>
    public AcmeException(AcmeProblem problem, Uri url, DateTimeOffset? retryAt = null, Exception? innerException = null)
        : base(Describe(problem, url, retryAt), AcmeRemedy.Create(problem), innerException)
    {
        Problem = problem;
        Url = url;
        RetryAt = retryAt;
    }

    /// <summary>The problem document.</summary>
    public AcmeProblem Problem { get; }

    /// <summary>The requested resource.</summary>
    public Uri Url { get; }

    /// <summary>The time of the next attempt, from Retry-After; null if the response had none.</summary>
    public DateTimeOffset? RetryAt { get; }

    private static string Describe(AcmeProblem problem, Uri url, DateTimeOffset? retryAt)
    {
        var text = new StringBuilder(
            $"The request to the CA at {url.Host} failed with {FormatProblem(problem.ShortType, problem.Detail ?? "no detail", 2000)}.");
        var subproblems = problem.Subproblems ?? [];
        foreach (var subproblem in subproblems.Take(MaxSubproblems))
        {
            var name = DisplayText.Shorten(subproblem.Identifier?.Value ?? "One identifier", 253);
            text.Append(
                CultureInfo.InvariantCulture, $" {name}: {FormatProblem(subproblem.ShortType, subproblem.Detail ?? string.Empty, 500)}.");
        }

        if (subproblems.Count > MaxSubproblems)
        {
            text.Append(CultureInfo.InvariantCulture, $" And {subproblems.Count - MaxSubproblems} more.");
        }

        if (retryAt is { } at)
        {
            text.Append(CultureInfo.InvariantCulture, $" Next attempt at {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.");
        }

        return text.ToString();
    }

    private static string FormatProblem(string type, string detail, int maxLength) =>
        $"'{DisplayText.Shorten(type, 100)}': {DisplayText.Shorten(detail.TrimEnd('.'), maxLength)}";
}
