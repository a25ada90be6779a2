namespace ConvoxSsl.Bench.World;

/// <summary>A CA as its clients see it.</summary>
/// <param name="DirectoryUrl">Its directory.</param>
/// <param name="RootFile">The PEM file with the root that its endpoint is trusted by.</param>
/// <param name="HttpPort">The port of http-01 validation.</param>
internal sealed record CaEndpoint(string DirectoryUrl, string RootFile, int HttpPort);
