namespace ConvoxSsl.Kubernetes.Api;

/// <summary>The body of a request.</summary>
/// <param name="Text">JSON.</param>
/// <param name="MediaType">The media type, which selects the kind of patch.</param>
internal sealed record ApiContent(string Text, string MediaType);
