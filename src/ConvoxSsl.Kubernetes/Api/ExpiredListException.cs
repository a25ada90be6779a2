namespace ConvoxSsl.Kubernetes.Api;

/// <summary>The list whose next page was requested has expired on the server (410 Gone).</summary>
/// <param name="freshContinue">The token that continues the list from the current state.</param>
internal sealed class ExpiredListException(string freshContinue) : Exception
{
    /// <summary>The token that continues the list from the current state.</summary>
    public string FreshContinue { get; } = freshContinue;
}
