namespace ConvoxSsl.TestKit;

/// <summary>A directory of one test, gone with it.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("convoxssl-");

    /// <summary>Where it is.</summary>
    public string Path => _directory.FullName;

    /// <summary>The path of an entry in it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <inheritdoc/>
    public void Dispose() => _directory.Delete(recursive: true);
}
