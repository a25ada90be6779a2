using System.Runtime.CompilerServices;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Racks;

namespace ConvoxSsl.Hosting;

/// <summary>A rack that a cmdlet has opened, with an engine on it, and its contents as users see them.</summary>
internal sealed record RackSession(ConvoxRack Description, IRack Rack, IssuanceEngine Engine)
{
    /// <summary>A stored certificate as users see it.</summary>
    public ConvoxCertificate Describe(CertificateEntry entry) => ConvoxCertificate.Of(entry, null, Description.Name, Composition.Now);

    /// <summary>All certificates as users see them.</summary>
    public async IAsyncEnumerable<ConvoxCertificate> ListAsync(Action<EngineException> onDamaged, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var state in Engine.ListAsync(onDamaged, ct))
        {
            yield return Describe(state);
        }
    }

    /// <summary>The certificate of that id as users see it.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>.</exception>
    public async Task<ConvoxCertificate> FindAsync(string id, CancellationToken ct) => Describe(await Engine.FindAsync(id, ct));

    private ConvoxCertificate Describe(CertificateState state) => state.Entry is { } entry
        ? ConvoxCertificate.Of(entry, state.Order, Description.Name, Composition.Now)
        : ConvoxCertificate.Of(state.Order!, Description.Name);
}
