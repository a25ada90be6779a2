namespace ConvoxSsl.TestKit.Webhooks;

/// <summary>What a receiver does with a message.</summary>
public sealed record WebhookReply
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; init; } = 204;

    /// <summary>Headers of the answer.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The body of the answer; it may have no end.</summary>
    public IEnumerable<string> Body { get; init; } = [];

    /// <summary>Whether the connection is cut instead.</summary>
    public bool Cuts { get; init; }

    /// <summary>Done instead of an answer, which then never comes.</summary>
    public Action? Silently { get; init; }

    /// <summary>An answer with a status.</summary>
    public static WebhookReply Of(int status, params (string Name, string Value)[] headers) => new() { Status = status, Headers = headers.ToDictionary(h => h.Name, h => h.Value) };
}
