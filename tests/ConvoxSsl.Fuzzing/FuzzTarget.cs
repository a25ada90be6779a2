using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Fuzzing.Mutations;

namespace ConvoxSsl.Fuzzing;

/// <summary>A part of the product that parses external input.</summary>
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

    // Messages stay readable whatever the response contained. The user's own input is repeated in full.
    private const int LongestMessage = 20_000;

    /// <summary>Returns true if an exception is an expected rejection: it has a code and a message for users.</summary>
    public static bool IsRejection(Exception e) =>
        (e is InvalidInputException or EngineException or AcmeException)
            && (e.Message.Length <= LongestMessage || e is InvalidInputException);

    /// <summary>Creates the input with a number; it is the same in every run with the same seed.</summary>
    public byte[] Input(int seed, int number)
    {
        var random = new Random(HashCodeOf(seed, number));
        return number < Seeds.Count ? Seeds[number] : Mutator.Mutate(Seeds, random);
    }

    // System.HashCode would differ between processes.
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
