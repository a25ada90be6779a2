using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.Bench.Peers;
using ConvoxSsl.Bench.Reporting;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Bench.Works;

/// <summary>Runs <see cref="EngineParts"/> with BenchmarkDotNet's short job, in this process so that no project is built.</summary>
internal static class EnginePartsRun
{
    private const string Title = "engine parts, in one thread";

    public static void Run(RowTable table)
    {
        using var artifacts = new TemporaryDirectory();
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(BenchmarkDotNet.Diagnosers.MemoryDiagnoser.Default)
            .AddLogger(BenchmarkDotNet.Loggers.NullLogger.Instance)
            .WithArtifactsPath(artifacts.Path);
        foreach (var report in BenchmarkRunner.Run<EngineParts>(config).Reports)
        {
            var name = report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo.Trim('\'');
            if (report.ResultStatistics is not { } statistics)
            {
                table.LeaveOut($"{Title}, {name}: it failed.");
                continue;
            }

            var allocated = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0;
            double[] times = [statistics.Min, statistics.Median, statistics.Max];
            table.Add(new Row(
                Title,
                $"{ConvoxSslPeer.PeerName}, {name}",
                [.. times.Select(t => new Sample(TimeSpan.FromMicroseconds(t / 1000)))],
                Note: string.Create(CultureInfo.InvariantCulture, $"{allocated / 1024.0:F1} KiB allocated")));
        }
    }
}
