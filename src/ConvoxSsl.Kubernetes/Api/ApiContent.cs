namespace ConvoxSsl.Kubernetes.Api;

/// <summary>What is sent with a request.</summary>
/// <param name="Text">JSON.</param>
/// <param name="MediaType">What kind of object or patch it is.</param>
internal sealed record ApiContent(string Text, string MediaType);
