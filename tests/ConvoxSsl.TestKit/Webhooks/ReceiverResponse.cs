namespace ConvoxSsl.TestKit.Webhooks;

/// <summary>The response of a webhook receiver.</summary>
public sealed record ReceiverResponse
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; init; } = 204;

    /// <summary>The headers of the response.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The body of the response; it may be endless.</summary>
    public IEnumerable<string> Body { get; init; } = [];

    /// <summary>True to close the connection without a response.</summary>
    public bool ClosesConnection { get; init; }

    /// <summary>Runs instead of sending a response.</summary>
    public Action? NeverResponds { get; init; }

    /// <summary>Creates a response with a status.</summary>
    public static ReceiverResponse Of(int status, params (string Name, string Value)[] headers) =>
        new() { Status = status, Headers = headers.ToDictionary(h => h.Name, h => h.Value) };
}
