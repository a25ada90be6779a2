using System.Net;
using System.Text;
using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Fuzzing.Targets;

/// <summary>A CA that returns the input for one path, and valid responses for all others.</summary>
internal sealed class FuzzedCa(byte[] body, string directory) : HttpMessageHandler
{
    private string _path = string.Empty;

    /// <summary>The status of the response with the input.</summary>
    public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

    /// <summary>The header lines of that response; null for those of a CA.</summary>
    public string? Headers { get; init; }

    public static Uri Url(string path) => new("https://ca.example" + path);

    public Task<AcmeClient> ConnectAsync(string path, CancellationToken ct)
    {
        _path = path;
        return AcmeClient.ConnectAsync(
            Url("/directory"), new AcmeClientOptions { Handler = this, MaxRetries = 0, MaxNonceRetries = 2 }, ct);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isAsked = request.RequestUri!.AbsolutePath.StartsWith(_path, StringComparison.Ordinal);
        var text = request.RequestUri.AbsolutePath switch
        {
            "/directory" => directory,
            "/account" => """{"status":"valid"}""",
            _ => """{"suggestedWindow":{"start":"2026-11-01T00:00:00Z","end":"2026-11-03T00:00:00Z"}}""",
        };
        var response = new HttpResponseMessage(isAsked ? Status : HttpStatusCode.OK)
        {
            Content = new ByteArrayContent(isAsked ? body : Encoding.UTF8.GetBytes(text)),
        };
        foreach (var line in (isAsked ? Headers : null)?.Split('\n') ?? Usual())
        {
            var parts = line.Split(':', 2);
            if (parts.Length == 2 && !response.Headers.TryAddWithoutValidation(parts[0].Trim(), parts[1]))
            {
                response.Content.Headers.TryAddWithoutValidation(parts[0].Trim(), parts[1]);
            }
        }

        return Task.FromResult(response);
    }

    private string[] Usual() =>
        ["Replay-Nonce: oFvnlFP1wIhRlYS2jTaXbA", "Location: https://ca.example/account/1", Status == HttpStatusCode.OK
            ? "Content-Type: application/json"
            : "Content-Type: application/problem+json"];
}
