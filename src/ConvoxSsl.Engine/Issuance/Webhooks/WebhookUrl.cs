namespace ConvoxSsl.Engine.Issuance.Webhooks;

/// <summary>Parses the URLs of webhooks. Errors show no part of a URL, because its path and query may contain a token.</summary>
public static class WebhookUrl
{
    /// <summary>Parses a URL from the user.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidWebhookUrl</c>.</exception>
    public static Uri Parse(string text)
    {
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp)
            || url.Host.Length == 0)
        {
            throw Invalid("it is not an https URL", "Give a complete one, such as https://hooks.example.org/certificates.");
        }

        if (url.UserInfo.Length > 0)
        {
            throw Invalid(
                "it contains a user name or password, which would not be sent", "Leave them out: the signature identifies the sender.");
        }

        return IsAllowed(url)
            ? url
            : throw Invalid(
                $"it is an http URL and {url.Host} is another machine", "Give an https URL: http is allowed for this machine only.");
    }

    /// <summary>True for https URLs, and for http URLs of this machine.</summary>
    public static bool IsAllowed(Uri url) => url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback);

    private static InvalidInputException Invalid(string rule, string remedy) =>
        new(ErrorCode.InvalidWebhookUrl, $"The webhook's URL is not valid because {rule}.") { Remedy = remedy };
}
