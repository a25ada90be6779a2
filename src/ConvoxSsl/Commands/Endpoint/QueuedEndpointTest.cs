using ConvoxSsl.Engine.Publishing.Endpoints;

namespace ConvoxSsl.Commands;

/// <summary>A server that will be tested after the last input object.</summary>
/// <param name="Test">The test with the certificates of the rack.</param>
/// <param name="Rack">The name of the rack.</param>
/// <param name="Address">The address of the server.</param>
/// <param name="Options">The options.</param>
/// <param name="ExpectedId">The ID of the certificate that the server should present; null if it is not known.</param>
internal sealed record QueuedEndpointTest(
    EndpointTest Test, string Rack, EndpointAddress Address, EndpointOptions Options, string? ExpectedId);
