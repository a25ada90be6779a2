using System.Globalization;
using System.Text.RegularExpressions;

namespace ConvoxSsl.FailPoints;

/// <summary>The kind of fault.</summary>
internal enum FailAction
{
    /// <summary>Lists the points without a fault.</summary>
    List,

    /// <summary>Stops the run, whose process the test then kills.</summary>
    Kill,

    /// <summary>Writes half of a file and stops the run, whose process the test then kills.</summary>
    Tear,

    /// <summary>Makes the rack's disk full from the point on: no file can grow.</summary>
    Full,

    /// <summary>Makes the rack's disk read-only from the point on.</summary>
    ReadOnly,
}

/// <summary>
/// Counts the points of a run and acts at one of them, given as <c>action:number</c>. A kill counts all points, a full or
/// read-only disk those on the rack's disk, and a torn write the writes.
/// </summary>
/// <param name="run">The run's number, with which each line of its output begins.</param>
/// <param name="root">The parent directory of the rack.</param>
/// <param name="action">The action.</param>
/// <param name="at">The number of the point, from 1.</param>
internal sealed partial class FailPlan(string run, string root, FailAction action, int at)
{
    private static readonly string[] Growing = ["open", "write", "flush", "link", "make directory"];
    private static readonly AsyncLocal<FailPlan?> OfCurrentRun = new();

    private int _reached;
    private volatile bool _isStopped;

    /// <summary>The plan of the current run. Several runs share the process, because its start takes most of the time.</summary>
    public static FailPlan Current
    {
        get => OfCurrentRun.Value ?? throw new InvalidOperationException("A fail point was reached outside of a run.");
        set => OfCurrentRun.Value = value;
    }

    public void Disk(string step, string path)
    {
        var point = $"{step} {Shape(Path.GetRelativePath(root, path))}";
        if (action is FailAction.List or FailAction.Kill)
        {
            Reach(point, Stop);
        }
        else if (action is (FailAction.Full or FailAction.ReadOnly)
            && path.StartsWith(Path.Combine(root, "rack"), StringComparison.Ordinal))
        {
            Fail(step, point);
        }
    }

    public void Write(FileStream file, ReadOnlyMemory<byte> contents)
    {
        if (action != FailAction.Tear)
        {
            Disk("write", file.Name);
            return;
        }

        Reach($"tear {Shape(Path.GetRelativePath(root, file.Name))}", () =>
        {
            file.Write(contents.Span[..(contents.Length / 2)]);
            file.Flush(flushToDisk: true);
            Stop();
        });
    }

    public void Network(string step, HttpMethod method, Uri url)
    {
        if (action is FailAction.List or FailAction.Kill)
        {
            Reach($"{step} {method} {Number().Replace(url.AbsolutePath, "#")}", Stop);
        }
    }

    /// <summary>Reads <c>action:number</c>.</summary>
    public static FailPlan Parse(string run, string text, string root)
    {
        var parts = text.Split(':');
        return new FailPlan(run, root, Enum.Parse<FailAction>(parts[0]), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Reports the outcome of the run.</summary>
    public void End(string outcome) => WriteLine($"end\t{outcome}");

    private static string Shape(string path) => Number().Replace(Random().Replace(path, "*"), "#");

    private void Reach(string point, Action act)
    {
        // A killed process does nothing any more in any of its threads.
        if (_isStopped)
        {
            Thread.Sleep(Timeout.Infinite);
        }

        var number = Interlocked.Increment(ref _reached);
        if (action == FailAction.List || number == at)
        {
            WriteLine($"point\t{point}");
        }

        if (action != FailAction.List && number == at)
        {
            act();
        }
    }

    private void Stop()
    {
        _isStopped = true;
        WriteLine("stopped\t");
        Thread.Sleep(Timeout.Infinite);
    }

    // Console.Out writes a line as a whole and flushes it.
    private void WriteLine(string text) => Console.Out.WriteLine($"{run}\t{text}");

    // The disk stays full or read-only, so that the engine's error handling is affected too.
    private void Fail(string step, string point)
    {
        Reach(point, () => { });
        if (Volatile.Read(ref _reached) >= at && (action == FailAction.ReadOnly || Growing.Contains(step)))
        {
            throw action == FailAction.Full ? new IOException("No space left on device", 28) : new IOException("Read-only file system", 30);
        }
    }

    // Replace random parts of names and URLs, so that a point has the same name in each run.
    [GeneratedRegex("[0-9a-f]{16,}")]
    private static partial Regex Random();

    [GeneratedRegex("(?<=/)([A-Za-z0-9_-]{20,}|[0-9]+(?=[/.]|$))")]
    private static partial Regex Number();
}
