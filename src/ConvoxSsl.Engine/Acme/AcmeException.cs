using System.Globalization;
using System.Text;

namespace ConvoxSsl.Engine.Acme;

/// <summary>The CA refused, or answered in a way that RFC 8555 does not allow.</summary>
public sealed class AcmeException : Exception
{
    // Enough to see what is wrong with an order of a hundred names.
    private const int MostParts = 20;

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

    /// <summary>What can be done about it: the end of the message; null where the problem does not tell.</summary>
    public string? Remedy => RemedyFor(Problem);

    private static string? RemedyFor(AcmeProblem problem) => AcmeRemedy.For(problem) is { } remedy ? DisplayText.Shorten(remedy, 500) : null;

    private static string Describe(AcmeProblem problem, Uri url, DateTimeOffset? retryAt)
    {
        var text = new StringBuilder($"The CA at {url.Host} answered '{DisplayText.Shorten(problem.ShortType, 100)}': {DisplayText.Shorten(problem.Detail?.TrimEnd('.') ?? "no detail", 2000)}.");
        var parts = problem.Subproblems ?? [];
        foreach (var part in parts.Take(MostParts))
        {
            var name = DisplayText.Shorten(part.Identifier?.Value ?? "One identifier", 253);
            text.Append(CultureInfo.InvariantCulture, $" {name}: '{DisplayText.Shorten(part.ShortType, 100)}', {DisplayText.Shorten(part.Detail?.TrimEnd('.') ?? string.Empty, 500)}.");
        }

        if (parts.Count > MostParts)
        {
            text.Append(CultureInfo.InvariantCulture, $" And {parts.Count - MostParts} more.");
        }

        if (retryAt is { } at)
        {
            text.Append(CultureInfo.InvariantCulture, $" Next try at {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.");
        }

        if (RemedyFor(problem) is { } remedy)
        {
            text.Append(' ').Append(remedy);
        }

        return text.ToString();
    }
}
