using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Fuzzing.Mutations;

namespace ConvoxSsl.Fuzzing;

/// <summary>A part of the product that reads what others wrote.</summary>
/// <param name="Name">The name of the input, in one word or two with a hyphen.</param>
/// <param name="Mutator">The mutator that creates inputs from the seeds.</param>
/// <param name="Seeds">Valid examples.</param>
/// <param name="ReadAsync">Feeds one input to the product. An exception that is not a rejection is a finding.</param>
/// <param name="Weight">The share of the inputs; slow parsers get few.</param>
internal sealed record FuzzTarget(
    string Name, IMutator Mutator, IReadOnlyList<byte[]> Seeds, Func<byte[], CancellationToken, Task> ReadAsync, int Weight = 10)
{
    /// <summary>True if the seeds are rejections themselves: a problem document is completely parsed before it is thrown.</summary>
    public bool RefusesSeeds { get; init; }

    // A text that a person can still read, whatever stood in the answer. Their own input comes back to them as it was.
    private const int LongestMessage = 20_000;

    /// <summary>Returns true if an exception is an expected rejection: it has a code and a message for users.</summary>
    public static bool IsRejection(Exception e) =>
        (e is InvalidInputException or EngineException or AcmeException)
            && (e.Message.Length <= LongestMessage || e is InvalidInputException);

    /// <summary>The input of a number; the same one in every run of the same seed.</summary>
    public byte[] Input(int seed, int number)
    {
        var random = new Random(HashCodeOf(seed, number));
        return number < Seeds.Count ? Seeds[number] : Mutator.Mutate(Seeds, random);
    }

    // Not System.HashCode, which differs from one process to the next.
    private int HashCodeOf(int seed, int number)
    {
        var hash = 2166136261u;
        foreach (var unit in $"{Name}/{seed}/{number}")
        {
            hash = (hash ^ unit) * 16777619u;
        }

        return (int)(hash & int.MaxValue);
    }
}
