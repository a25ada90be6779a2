namespace ConvoxSsl.Fuzzing.Mutations;

/// <summary>Creates mutated inputs from valid ones.</summary>
internal interface IMutator
{
    /// <summary>Creates one input; it is the same for the same state of <paramref name="random"/>.</summary>
    byte[] Mutate(IReadOnlyList<byte[]> seeds, Random random);
}
