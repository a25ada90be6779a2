using System.Collections.Concurrent;

namespace ConvoxSsl.Fuzzing.Targets;

/// <summary>Directories that readers of files take turns with: making and removing one for each input would be most of the work.</summary>
internal static class Scratch
{
    private static readonly string Root = Path.Combine(Path.GetTempPath(), $"convoxssl-fuzz-{Guid.NewGuid():N}");

    private static readonly ConcurrentDictionary<string, ConcurrentBag<string>> Free = new();

    public static string Take(string name) =>
        Free.GetOrAdd(name, _ => []).TryTake(out var directory)
            ? directory
            : Directory.CreateDirectory(Path.Combine(Root, $"{name}-{Guid.NewGuid():N}")).FullName;

    /// <summary>Removes what is free; it is made again when it is wanted.</summary>
    public static void Clear()
    {
        foreach (var bag in Free.Values)
        {
            while (bag.TryTake(out var directory))
            {
                Directory.Delete(directory, recursive: true);
            }
        }

        try
        {
            Directory.Delete(Root);
        }
        catch (IOException)
        {
            // It was never made, or somebody is at work in it, who clears later.
        }
    }

    public static void GiveBack(string name, string directory) => Free[name].Add(directory);
}
