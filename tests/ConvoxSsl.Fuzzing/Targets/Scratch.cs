using System.Collections.Concurrent;

namespace ConvoxSsl.Fuzzing.Targets;

/// <summary>A pool of directories, because creating and deleting one for each input would take most of the time.</summary>
internal static class Scratch
{
    private static readonly string Root = Path.Combine(Path.GetTempPath(), $"convoxssl-fuzz-{Guid.NewGuid():N}");

    private static readonly ConcurrentDictionary<string, ConcurrentBag<string>> Free = new();

    public static string Take(string name) =>
        Free.GetOrAdd(name, _ => []).TryTake(out var directory)
            ? directory
            : Directory.CreateDirectory(Path.Combine(Root, $"{name}-{Guid.NewGuid():N}")).FullName;

    /// <summary>Deletes the unused directories.</summary>
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
            // It does not exist, or another task still uses it and deletes it later.
        }
    }

    public static void GiveBack(string name, string directory) => Free[name].Add(directory);
}
