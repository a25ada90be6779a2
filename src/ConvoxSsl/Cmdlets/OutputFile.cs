using System.Text;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Cmdlets;

/// <summary>Writes files that the user named.</summary>
internal static class OutputFile
{
    /// <summary>Checks that a file can be created or replaced, and changes nothing.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidPath</c>, <c>DirectoryNotFound</c>.</exception>
    /// <exception cref="UnauthorizedAccessException">This user cannot write to the directory.</exception>
    /// <exception cref="IOException">The file system accepts no new files.</exception>
    public static void Check(string path)
    {
        if (TargetPath.FindFault(path) is { } fault)
        {
            throw new InvalidInputException(ErrorCode.InvalidPath, $"Cannot write '{path}' because {fault}.", path)
            {
                Remedy = "Give another path.",
            };
        }

        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new InvalidInputException(
                ErrorCode.DirectoryNotFound, $"Cannot write '{path}' because its directory does not exist.", path);
        }

        WritablePath.RequireDirectory(Path.GetDirectoryName(File.Exists(path) ? AtomicFile.ResolveLinks(path) : path)!);
    }

    /// <summary>Writes a UTF-8 text file, and replaces an existing file atomically.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidPath</c>, <c>DirectoryNotFound</c>.</exception>
    public static Task WriteAsync(string path, string text, CancellationToken ct)
    {
        Check(path);
        return AtomicFile.WriteAsync(path, Encoding.UTF8.GetBytes(text), null, ct);
    }
}
