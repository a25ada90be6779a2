namespace ConvoxSsl.Bench.World;

/// <summary>A CA as its clients see it.</summary>
/// <param name="DirectoryUrl">Its directory.</param>
/// <param name="RootFile">The PEM file with the root that its endpoint is trusted by.</param>
/// <param name="HttpPort">Where it looks for http-01 responses.</param>
internal sealed record CaEndpoint(string DirectoryUrl, string RootFile, int HttpPort);
