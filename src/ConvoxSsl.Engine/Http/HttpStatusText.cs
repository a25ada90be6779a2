using System.Net;

namespace ConvoxSsl.Engine.Http;

/// <summary>The text of an HTTP status in messages.</summary>
public static class HttpStatusText
{
    /// <summary>Describes a status by its number and the standard reason phrase, such as "HTTP 503 (Service Unavailable)".</summary>
    /// <param name="status">The status.</param>
    public static string Describe(HttpStatusCode status)
    {
        // The phrase of the server, which could be anything, is not used; a new message has the standard one.
        using var response = new HttpResponseMessage(status);
        return string.IsNullOrEmpty(response.ReasonPhrase) ? $"HTTP {(int)status}" : $"HTTP {(int)status} ({response.ReasonPhrase})";
    }
}
