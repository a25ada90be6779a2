using System.Globalization;

namespace ConvoxSsl.Fuzzing;

/// <summary>The options of the long run.</summary>
/// <param name="Inputs">The total number of inputs.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Target">The only target, or null for all.</param>
/// <param name="Number">The only input of that target, or null for all.</param>
internal sealed record FuzzOptions(int Inputs, int Seed, string? Target, int? Number)
{
    public const string Usage = "Usage: ConvoxSsl.Fuzzing [--inputs COUNT] [--seed NUMBER] [--target NAME [--number NUMBER]]";

    /// <summary>Parses the command line. Returns null if it is not valid.</summary>
    public static FuzzOptions? Read(string[] args)
    {
        var options = new FuzzOptions(1_000_000, Random.Shared.Next(), null, null);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : string.Empty;
            var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            var parsed = (args[i], isNumber) switch
            {
                ("--inputs", true) => options with { Inputs = number },
                ("--seed", true) => options with { Seed = number },
                ("--number", true) => options with { Number = number },
                ("--target", _) when value.Length > 0 => options with { Target = value },
                _ => null,
            };
            if (parsed is null)
            {
                return null;
            }

            options = parsed;
        }

        return options;
    }
}
