namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>The state of a rack as a whole.</summary>
public sealed record RackState
{
    /// <summary>The issuer of new certificates if the user names none; null if the rack has no default.</summary>
    public string? DefaultIssuer { get; init; }

    /// <summary>The last use of each DNS solver that was used or tested.</summary>
    public IReadOnlyList<SolverUse> SolverUses { get; init => field = value is null ? [] : JsonGuard.Items(value); } = [];
}

/// <summary>The last use or test of a DNS solver.</summary>
/// <param name="Id">The solver's id.</param>
/// <param name="At">The time of the use.</param>
/// <param name="Failure">The failure with its remedy; null if the use succeeded.</param>
public sealed record SolverUse(int Id, DateTimeOffset At, string? Failure = null);

/// <summary>Stores the state of a rack.</summary>
public interface IRackStateStore
{
    /// <summary>Reads the state; an empty one if nothing is stored.</summary>
    /// <exception cref="EngineException"><c>RackDamaged</c>.</exception>
    Task<RackState> ReadAsync(CancellationToken ct);

    /// <summary>Changes the state atomically among all processes. Preserves what other versions of the module have added.</summary>
    /// <param name="change">
    /// Returns the new state, given the current one; the same object to change nothing. Called again after a conflict.
    /// </param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException"><c>RackDamaged</c>.</exception>
    Task UpdateAsync(Func<RackState, RackState> change, CancellationToken ct);
}
