using System.Text;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Cmdlets;

/// <summary>Reads files that the user named.</summary>
internal static class InputFile
{
    /// <summary>True if a value is PEM text instead of a path.</summary>
    public static bool IsPem(string value) => value.Contains("-----BEGIN", StringComparison.Ordinal);

    /// <summary>Reads a UTF-8 text file.</summary>
    /// <param name="path">The path as the user gave it.</param>
    /// <param name="resolve">Resolves a path of PowerShell.</param>
    /// <exception cref="InvalidInputException"><c>FileNotFound</c>.</exception>
    public static string ReadText(string path, Func<string, string> resolve) => Encoding.UTF8.GetString(Read(path, resolve));

    /// <summary>Reads a file.</summary>
    /// <param name="path">The path as the user gave it.</param>
    /// <param name="resolve">Resolves a path of PowerShell.</param>
    /// <exception cref="InvalidInputException"><c>FileNotFound</c>.</exception>
    public static byte[] Read(string path, Func<string, string> resolve)
    {
        if (IsPem(path))
        {
            throw new InvalidInputException(ErrorCode.FileNotFound, "A path is required, but the value is PEM text.")
            {
                Remedy = new Remedy("FileNotFound.PemText"),
            };
        }

        var file = resolve(path);
        return File.Exists(file)
            ? File.ReadAllBytes(file)
            : throw new InvalidInputException(ErrorCode.FileNotFound, $"Cannot find the file '{file}'.", path);
    }
}
