namespace ConvoxSsl.Engine.Publishing.Endpoints;

/// <summary>The options for a connection to a TLS server.</summary>
public sealed record EndpointOptions
{
    /// <summary>The default of <see cref="Timeout"/>.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The name that is sent to the server (SNI), in A-labels; null for the host of the address. For XMPP also the domain of the stream.
    /// </summary>
    public string? ServerName { get; init; }

    /// <summary>The protocol in which TLS begins with a command; null if TLS begins at once.</summary>
    public StartTls? StartTls { get; init; }

    /// <summary>The maximum time, from the lookup of the name to the end of the handshake.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;
}
