using System.Collections.Concurrent;

namespace ConvoxSsl.Engine.Acme;

/// <summary>
/// Stores the nonces of responses. RFC 8555 section 6.5: a client should use the newest nonce first, because servers expire
/// old ones.
/// </summary>
internal sealed class NoncePool
{
    private readonly ConcurrentStack<string> _nonces = new();

    public void Add(string nonce) => _nonces.Push(nonce);

    /// <summary>Removes the newest nonce; null if the pool is empty.</summary>
    public string? TryTake() => _nonces.TryPop(out var nonce) ? nonce : null;
}
