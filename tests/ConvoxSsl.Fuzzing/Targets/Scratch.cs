using System.Collections.Concurrent;

namespace ConvoxSsl.Fuzzing.Targets;

/// <summary>Directories that readers of files take turns with: making and removing one for each input would be most of the work.</summary>
internal static class Scratch
{
    private static readonly string Root = Directory.CreateTempSubdirectory("convoxssl-fuzz-").FullName;

    private static readonly ConcurrentDictionary<string, ConcurrentBag<string>> Free = new();

    static Scratch() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Root, recursive: true);

    public static string Take(string name) =>
        Free.GetOrAdd(name, _ => []).TryTake(out var directory) ? directory : Directory.CreateDirectory(Path.Combine(Root, $"{name}-{Guid.NewGuid():N}")).FullName;

    public static void GiveBack(string name, string directory) => Free[name].Add(directory);
}
