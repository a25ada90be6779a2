using System.Globalization;

namespace ConvoxSsl.Engine.Acme;

/// <summary>The CA refused a request, or its response violates RFC 8555.</summary>
public sealed class AcmeException : UserErrorException
{
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
        var text = AcmeProblemText.Describe(problem, url);
        return retryAt is { } at
            ? string.Create(CultureInfo.InvariantCulture, $"{text} Next attempt at {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.")
            : text;
    }
}
