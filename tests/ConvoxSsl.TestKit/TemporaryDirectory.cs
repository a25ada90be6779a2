namespace ConvoxSsl.TestKit;

/// <summary>A temporary directory that is deleted on disposal.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("convoxssl-");

    /// <summary>The path.</summary>
    public string Path => _directory.FullName;

    /// <summary>Returns the path of an entry in the directory.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <inheritdoc/>
    public void Dispose() => _directory.Delete(recursive: true);
}
