using System.Collections.Concurrent;

namespace ConvoxSsl.Engine.Acme;

/// <summary>Nonces from the answers so far, newest first: a CA forgets old ones first (RFC 8555 section 6.5).</summary>
internal sealed class NoncePool
{
    private readonly ConcurrentStack<string> _nonces = new();

    public void Put(string nonce) => _nonces.Push(nonce);

    public string? Take() => _nonces.TryPop(out var nonce) ? nonce : null;
}
