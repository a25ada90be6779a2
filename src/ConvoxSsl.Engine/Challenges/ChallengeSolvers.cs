using System.Collections.Concurrent;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Challenges;

/// <summary>How the user wants names to be proved.</summary>
public sealed record ChallengeSettings
{
    /// <summary>The only type to use, one of <see cref="ChallengeTypes"/>; null for a choice by name.</summary>
    public string? Type { get; init; }

    /// <summary>The port of the http-01 listener.</summary>
    public int HttpPort { get; init; } = 80;

    /// <summary>The port of the tls-alpn-01 listener.</summary>
    public int TlsPort { get; init; } = 443;

    /// <summary>The address that listeners are bound to; null for all of both families.</summary>
    public string? HttpAddress { get; init; }

    /// <summary>The root directory of the web server that answers http-01; null for a listener of our own.</summary>
    public string? WebRoot { get; init; }
}

/// <summary>Chooses the solver for a name. Listeners are shared by all that ask for the same endpoint.</summary>
public sealed class ChallengeSolvers : IAsyncDisposable
{
    private readonly ConcurrentDictionary<ListenerEndpoint, Http01Listener> _http = new();
    private readonly ConcurrentDictionary<ListenerEndpoint, TlsAlpn01Listener> _tls = new();

    /// <summary>The solver for a name; nothing is started or published yet.</summary>
    /// <exception cref="InvalidInputException">
    /// <c>WildcardNeedsDns</c>, <c>NoDnsSolver</c>: the name can't be proved in the wanted way. <c>InvalidPort</c>,
    /// <c>InvalidHttpAddress</c>, <c>InvalidWebRoot</c>: a setting can't be used.
    /// </exception>
    public IChallengeSolver For(CertificateName name, ChallengeSettings settings) => settings.Type switch
    {
        _ when name.IsWildcard => throw NeedsDns(name, settings.Type),
        ChallengeTypes.Dns01 => throw NoDnsSolver(name),
        ChallengeTypes.TlsAlpn01 => _tls.GetOrAdd(ListenerEndpoint.Of(settings.HttpAddress, settings.TlsPort), endpoint => new TlsAlpn01Listener(endpoint)),
        _ when settings.WebRoot is { } root => new Http01WebRoot(root),
        _ => _http.GetOrAdd(ListenerEndpoint.Of(settings.HttpAddress, settings.HttpPort), endpoint => new Http01Listener(endpoint)),
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _http.Values)
        {
            await listener.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var listener in _tls.Values)
        {
            await listener.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static InvalidInputException NeedsDns(CertificateName name, string? type) => new(
        ErrorCode.WildcardNeedsDns,
        type is ChallengeTypes.Http01 or ChallengeTypes.TlsAlpn01
            ? $"'{name}' is a wildcard, and {type} can't prove one: only dns-01 can (RFC 8555 section 7.1.3). Leave -Challenge out and add a DNS solver with Add-ConvoxDnsSolver -DnsZone {name.BaseName}, or name the hosts one by one."
            : $"'{name}' is a wildcard and only dns-01 can prove one, but the rack has no DNS solver for '{name.BaseName}'. Add one with Add-ConvoxDnsSolver -DnsZone {name.BaseName}, or name the hosts one by one.",
        name.Value);

    private static InvalidInputException NoDnsSolver(CertificateName name) => new(
        ErrorCode.NoDnsSolver, $"The rack has no DNS solver for '{name}'. Add one with Add-ConvoxDnsSolver -DnsZone {name}, or use another -Challenge.", name.Value);
}
