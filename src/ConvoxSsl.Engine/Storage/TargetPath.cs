namespace ConvoxSsl.Engine.Storage;

/// <summary>Checks the paths of files that the user wants to have written.</summary>
public static class TargetPath
{
    /// <summary>
    /// Finds the reason why no file can be created or replaced at a path, even if its missing directories are created.
    /// </summary>
    /// <param name="path">The path.</param>
    /// <returns>The reason, as the part of a sentence after "because"; null if there is none.</returns>
    public static string? FindFault(string path)
    {
        if (Directory.Exists(path))
        {
            return "it is a directory";
        }

        for (var parent = Path.GetDirectoryName(path); !string.IsNullOrEmpty(parent); parent = Path.GetDirectoryName(parent))
        {
            if (Directory.Exists(parent))
            {
                break;
            }

            if (File.Exists(parent))
            {
                return $"'{parent}' is a file";
            }
        }

        return NativeFileSystem.IsSpecial(path) ? "it is a device, pipe or socket" : null;
    }
}
