using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Publishing.Files;

/// <summary>
/// Creates the directories of files, accessible only to those who can read the files. Dispose it to remove them, unless they are kept.
/// </summary>
/// <param name="permissions">The permissions of the files.</param>
internal sealed class CreatedDirectories(FilePermissions permissions) : IDisposable
{
    private readonly Stack<string> _created = new();

    /// <summary>Creates a directory and its missing parents. Existing ones stay unchanged.</summary>
    /// <exception cref="EngineException"><c>OwnerNotChangeable</c>.</exception>
    public void Create(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (Path.GetDirectoryName(path) is { } parent)
        {
            Create(parent);
        }

        PrivateDirectory.Create(path);
        _created.Push(path);
        if (!OperatingSystem.IsWindows() && permissions != FilePermissions.Unchanged)
        {
            if (NativeFileSystem.TrySetOwner(path, permissions.User, permissions.Group) is { } reason)
            {
                throw new EngineException(
                    ErrorCode.OwnerNotChangeable, EngineErrorKind.Denied, $"Cannot change the owner of '{path}': {reason}.", path)
                {
                    Remedy = "Run the command as root.",
                };
            }

            File.SetUnixFileMode(path, permissions.DirectoryMode);
        }
    }

    /// <summary>Keeps the directories.</summary>
    public void Keep() => _created.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            while (_created.TryPop(out var path))
            {
                Directory.Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is in use already.
        }
    }
}
