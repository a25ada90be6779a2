using System.Globalization;
using System.Runtime.InteropServices;

namespace ConvoxSsl.Bench.Reporting;

/// <summary>Describes the machine that the benchmark ran on.</summary>
internal static class Machine
{
    public static string Describe(TimeSpan elapsed) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} cores ({Model()}), {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB, "
            + $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}; load {Load()} at the end; "
            + $"{elapsed.TotalMinutes:F1} minutes\n");

    /// <summary>The load averages over one, five and fifteen minutes.</summary>
    public static string Load() =>
        File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3)) : "unknown";

    private static string Model() =>
        File.Exists("/proc/cpuinfo")
            && File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line.Split(':')[1].Trim()
            : RuntimeInformation.ProcessArchitecture.ToString();
}
