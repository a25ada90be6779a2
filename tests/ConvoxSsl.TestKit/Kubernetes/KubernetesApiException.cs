using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes;

/// <summary>A refusal of the API server.</summary>
public sealed class KubernetesApiException(int status, JsonObject? body, string text)
    : Exception($"{status}: {body?["message"]?.GetValue<string>() ?? text}")
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The body where it is JSON: mostly an object of the kind Status.</summary>
    public JsonObject? Body { get; } = body;

    /// <summary>The member <c>reason</c> of a Status; empty where there is none.</summary>
    public string Reason => Body?["reason"]?.GetValue<string>() ?? string.Empty;

    /// <summary>The member <c>message</c> of a Status, else the body.</summary>
    public string ServerMessage => Body?["message"]?.GetValue<string>() ?? text;
}
