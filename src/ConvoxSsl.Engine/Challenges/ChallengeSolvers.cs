using System.Collections.Concurrent;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Challenges;

/// <summary>The user's settings for validating names.</summary>
public sealed record ChallengeSettings
{
    /// <summary>The only challenge type to use, one of <see cref="ChallengeTypes"/>; null to choose by name.</summary>
    public string? Type { get; init; }

    /// <summary>The port of the http-01 listener.</summary>
    public int HttpPort { get; init; } = 80;

    /// <summary>The port of the tls-alpn-01 listener.</summary>
    public int TlsPort { get; init; } = 443;

    /// <summary>The address that listeners bind to; null for all IPv4 and IPv6 addresses.</summary>
    public string? HttpAddress { get; init; }

    /// <summary>The root directory of the web server that responds to http-01; null for the module's own listener.</summary>
    public string? WebRoot { get; init; }
}

/// <summary>Selects the solver for a name. All names share one listener per endpoint, and one solver per web root.</summary>
public sealed class ChallengeSolvers : IAsyncDisposable
{
    private readonly ConcurrentDictionary<ListenerEndpoint, Http01Listener> _http = new();
    private readonly ConcurrentDictionary<ListenerEndpoint, TlsAlpn01Listener> _tls = new();
    private readonly ConcurrentDictionary<string, Http01WebRoot> _webRoots = new(StringComparer.Ordinal);

    /// <summary>Gets the solver for a name, without starting or publishing anything.</summary>
    /// <exception cref="InvalidInputException">
    /// <c>WildcardNeedsDns</c>, <c>NoDnsSolver</c>: the name cannot be validated as requested. <c>InvalidPort</c>,
    /// <c>InvalidHttpAddress</c>, <c>InvalidWebRoot</c>: a setting is not valid.
    /// </exception>
    public IChallengeSolver For(CertificateName name, ChallengeSettings settings) => settings.Type switch
    {
        _ when name.IsWildcard => throw NeedsDns(name, settings.Type),
        ChallengeTypes.Dns01 => throw NoDnsSolver(name),
        ChallengeTypes.TlsAlpn01 =>
            _tls.GetOrAdd(ListenerEndpoint.Parse(settings.HttpAddress, settings.TlsPort), endpoint => new TlsAlpn01Listener(endpoint)),
        _ when settings.WebRoot is { } root => _webRoots.GetOrAdd(Path.GetFullPath(root), new Http01WebRoot(root)),
        _ => _http.GetOrAdd(ListenerEndpoint.Parse(settings.HttpAddress, settings.HttpPort), endpoint => new Http01Listener(endpoint)),
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
            ? $"'{name}' is a wildcard, which {type} cannot validate: only dns-01 can (RFC 8555 section 7.1.3)."
            : $"'{name}' is a wildcard, which only dns-01 can validate, but the rack has no DNS solver for '{name.BaseName}'.",
        name.Value)
    {
        Remedy = type is ChallengeTypes.Http01 or ChallengeTypes.TlsAlpn01
            ? new Remedy("WildcardNeedsDns.Challenge", name.BaseName)
            : new Remedy(ErrorCode.WildcardNeedsDns, name.BaseName),
    };

    private static InvalidInputException NoDnsSolver(CertificateName name) => new(
        ErrorCode.NoDnsSolver, $"The rack has no DNS solver for '{name}'.", name.Value)
    {
        Remedy = new Remedy(ErrorCode.NoDnsSolver, name.Value),
    };
}
