namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>Stores the targets of a rack.</summary>
public interface ITargetStore
{
    /// <summary>Lists all targets by id.</summary>
    /// <exception cref="EngineException"><c>TargetsDamaged</c>.</exception>
    Task<IReadOnlyList<CertificateTarget>> ListAsync(CancellationToken ct);

    /// <summary>Changes the targets atomically among all processes. Preserves what other versions of the module have added.</summary>
    /// <param name="change">
    /// Returns the new targets, given the current ones; the same list to change nothing. Called again after a conflict.
    /// </param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException"><c>TargetsDamaged</c>.</exception>
    Task UpdateAsync(Func<IReadOnlyList<CertificateTarget>, IReadOnlyList<CertificateTarget>> change, CancellationToken ct);
}
