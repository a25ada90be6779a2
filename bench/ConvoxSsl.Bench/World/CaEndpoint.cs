namespace ConvoxSsl.Bench.World;

/// <summary>The endpoint of a CA.</summary>
/// <param name="DirectoryUrl">The URL of the ACME directory.</param>
/// <param name="RootFile">The PEM file with the root certificate of the endpoint.</param>
/// <param name="HttpPort">The port that http-01 validation connects to.</param>
internal sealed record CaEndpoint(string DirectoryUrl, string RootFile, int HttpPort);
