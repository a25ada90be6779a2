using System.Text;

namespace ConvoxSsl.Fuzzing.Mutations;

/// <summary>Mutates bytes without parsing them: flips, cuts, splices, repetitions, and tokens of the format.</summary>
internal sealed class ByteMutator(params string[] words) : IMutator
{
    // The maximum size of a response.
    private const int Largest = 1 << 20;

    private readonly byte[][] _words = [.. words.Select(Encoding.Latin1.GetBytes)];

    public byte[] Mutate(IReadOnlyList<byte[]> seeds, Random random)
    {
        var data = seeds[random.Next(seeds.Count)];
        for (var times = 1 + random.Next(4); times > 0; times--)
        {
            data = Once(data, seeds, random);
        }

        return data.Length > Largest ? data[..Largest] : data;
    }

    private byte[] Once(byte[] data, IReadOnlyList<byte[]> seeds, Random random)
    {
        var index = random.Next(data.Length + 1);
        var end = Math.Min(data.Length, index + 1 + random.Next(random.Next(10) == 0 ? Math.Max(1, data.Length) : 16));
        switch (random.Next(_words.Length > 0 ? 11 : 9))
        {
            case 0 or 1 when data.Length > 0:
                return With(data, random.Next(data.Length), b => (byte)(b ^ (1 << random.Next(8))));
            case 2 when data.Length > 0:
                return With(data, random.Next(data.Length), _ => (byte)random.Next(256));
            case 3:
                return data[..index];
            case 4:
                return [.. data[..index], .. data[end..]];
            case 5:
                return [.. data[..end], .. data[index..]];
            case 6:
                var other = seeds[random.Next(seeds.Count)];
                return [.. data[..index], .. other[random.Next(other.Length + 1)..]];
            case 7:
                var noise = new byte[random.Next(random.Next(10) == 0 ? 300 : 8)];
                random.NextBytes(noise);
                return [.. data[..index], .. noise, .. data[index..]];
            case 8 when end > index:
                return Repeat(data, index, end, random);
            default:
                return _words.Length == 0
                    ? data
                    : [.. data[..index], .. _words[random.Next(_words.Length)], .. data[random.Next(2) == 0 ? index.. : end..]];
        }
    }

    private static byte[] With(byte[] data, int at, Func<byte, byte> change)
    {
        var copy = (byte[])data.Clone();
        copy[at] = change(copy[at]);
        return copy;
    }

    // Rarely use the full size, which is slow for any content.
    private static byte[] Repeat(byte[] data, int at, int end, Random random)
    {
        var size = random.Next(2000) == 0 ? Largest : random.Next(2000);
        var times = 1 + (size / (end - at));
        return [.. data[..at], .. Enumerable.Repeat(data[at..end], times).SelectMany(part => part), .. data[end..]];
    }
}
