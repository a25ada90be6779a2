using System.Text;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Scripts;

/// <summary>A file for everybody that is there whole or not at all: written beside, flushed, renamed.</summary>
internal static class WholeFile
{
    /// <summary>Writes a file, in place of one that may be there; what that one allowed to whom stays.</summary>
    /// <param name="path">The file; a link's target is written.</param>
    /// <param name="text">Its contents, in UTF-8.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="InvalidInputException"><c>DirectoryNotFound</c>, <c>InvalidPath</c>.</exception>
    public static async Task ReplaceAsync(string path, string text, CancellationToken ct)
    {
        var target = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
        Require(path, target);
        var unfinished = $"{target}.{Guid.NewGuid():N}.unfinished";
        try
        {
            await using (var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write))
            {
                await file.WriteAsync(Encoding.UTF8.GetBytes(text), ct);
                file.Flush(flushToDisk: true);
            }

            if (!OperatingSystem.IsWindows() && File.Exists(target))
            {
                File.SetUnixFileMode(unfinished, File.GetUnixFileMode(target));
            }

            File.Move(unfinished, target, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    private static void Require(string path, string target)
    {
        if (Directory.Exists(target))
        {
            throw new InvalidInputException(ErrorCode.InvalidPath, $"'{path}' is a directory. Name a file in it.", path);
        }

        if (!Directory.Exists(Path.GetDirectoryName(target)))
        {
            throw new InvalidInputException(ErrorCode.DirectoryNotFound, $"There is no directory for '{path}'. Make it first, or name another.", path);
        }
    }
}
