namespace ConvoxSsl.Engine.Issuance.Webhooks;

/// <summary>URLs that notices may be posted to. Errors show no part of one, because its path and query may be a token.</summary>
public static class WebhookUrl
{
    /// <summary>Reads a URL that a user gave.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidWebhookUrl</c>.</exception>
    public static Uri Parse(string text)
    {
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp) || url.Host.Length == 0)
        {
            throw Invalid("is no https URL. Give a complete one, such as https://hooks.example.org/certificates.");
        }

        if (url.UserInfo.Length > 0)
        {
            throw Invalid("holds a user name or password, which would not be sent. Leave them out; the signature tells the receiver who sends.");
        }

        return IsAllowed(url) ? url : throw Invalid($"is http, and {url.Host} is another machine. Give an https URL; http is for this machine only.");
    }

    /// <summary>Whether notices may go there: over HTTPS, or to this machine.</summary>
    public static bool IsAllowed(Uri url) => url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback);

    private static InvalidInputException Invalid(string why) => new(ErrorCode.InvalidWebhookUrl, $"The webhook's URL {why}");
}
