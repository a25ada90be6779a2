using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes;

/// <summary>A failure response of the API server.</summary>
public sealed class KubernetesApiException(int status, JsonObject? body, string text)
    : Exception($"{status}: {body?["message"]?.GetValue<string>() ?? text}")
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The body if it is JSON; normally a Status object.</summary>
    public JsonObject? Body { get; } = body;

    /// <summary>The member <c>reason</c> of the Status; empty if there is none.</summary>
    public string Reason => Body?["reason"]?.GetValue<string>() ?? string.Empty;

    /// <summary>The member <c>message</c> of the Status, or else the body.</summary>
    public string ServerMessage => Body?["message"]?.GetValue<string>() ?? text;
}
