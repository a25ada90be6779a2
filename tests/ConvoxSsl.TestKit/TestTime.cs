using System.Diagnostics;
using System.Security.Cryptography;

namespace ConvoxSsl.TestKit;

/// <summary>The time limits of the tests, which also hold on a machine with other work.</summary>
public static class TestTime
{
    private const int SampleSize = 32 * 1024 * 1024;

    // An upper bound for an idle machine, so that the limits are not stretched there.
    private static readonly TimeSpan IdleSample = TimeSpan.FromMilliseconds(100);

    /// <summary>The timeout that ends a hung operation. No test depends on its length.</summary>
    public static TimeSpan Hang { get; } = TimeSpan.FromMinutes(20);

    /// <summary>
    /// Multiplies a limit that holds on an idle machine by the factor by which this machine is slower now. On an idle machine,
    /// this is the limit itself.
    /// </summary>
    public static TimeSpan Stretch(TimeSpan limit) => limit * Math.Max(1, MeasureSample() / IdleSample);

    /// <summary>Returns true if an operation took no longer than a limit, given how slow the machine is.</summary>
    public static bool IsWithin(TimeSpan elapsed, TimeSpan limit) => elapsed <= limit || elapsed <= Stretch(limit);

    private static TimeSpan MeasureSample()
    {
        var start = Stopwatch.GetTimestamp();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = new byte[64 * 1024];
        for (var hashed = 0; hashed < SampleSize; hashed += block.Length)
        {
            hash.AppendData(block);
        }

        return Stopwatch.GetElapsedTime(start);
    }
}
