namespace ConvoxSsl.Kubernetes.Api;

/// <summary>The server has forgotten the list whose next page was asked for (410 Gone).</summary>
/// <param name="freshContinue">With what the rest can be had, as it is now.</param>
internal sealed class ExpiredListException(string freshContinue) : Exception
{
    /// <summary>With what the rest can be had, as it is now.</summary>
    public string FreshContinue { get; } = freshContinue;
}
