namespace ConvoxSsl.Fuzzing.Mutations;

/// <summary>Makes a damaged input from valid ones.</summary>
internal interface IMutator
{
    /// <summary>One input; the same for the same state of <paramref name="random"/>.</summary>
    byte[] Mutate(IReadOnlyList<byte[]> seeds, Random random);
}
