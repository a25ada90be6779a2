using System.Globalization;
using System.Text;

namespace ConvoxSsl.Engine.Acme;

/// <summary>The CA refused, or answered in a way that RFC 8555 does not allow.</summary>
public sealed class AcmeException : Exception
{
    /// <param name="problem">What the CA said, or what is wrong with its answer.</param>
    /// <param name="url">The resource that was asked.</param>
    /// <param name="retryAt">When the CA allows the next try, if it said so.</param>
    /// <param name="innerException">What was caught, if anything.</param>
    public AcmeException(AcmeProblem problem, Uri url, DateTimeOffset? retryAt = null, Exception? innerException = null)
        : base(Describe(problem, url, retryAt), innerException)
    {
        Problem = problem;
        Url = url;
        RetryAt = retryAt;
    }

    /// <summary>The problem document.</summary>
    public AcmeProblem Problem { get; }

    /// <summary>The resource that was asked.</summary>
    public Uri Url { get; }

    /// <summary>When the CA allows the next try, from Retry-After; null where it did not say.</summary>
    public DateTimeOffset? RetryAt { get; }

    private static string Describe(AcmeProblem problem, Uri url, DateTimeOffset? retryAt)
    {
        var text = new StringBuilder($"The CA at {url.Host} answered '{problem.ShortType}': {problem.Detail?.TrimEnd('.') ?? "no detail"}.");
        foreach (var part in problem.Subproblems ?? [])
        {
            text.Append(CultureInfo.InvariantCulture, $" {part.Identifier?.Value ?? "One identifier"}: '{part.ShortType}', {part.Detail?.TrimEnd('.')}.");
        }

        if (AcmeRemedy.For(problem) is { } remedy)
        {
            text.Append(' ').Append(remedy);
        }

        if (retryAt is { } at)
        {
            text.Append(CultureInfo.InvariantCulture, $" Next try at {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.");
        }

        return text.ToString();
    }
}
