using ConvoxSsl.Engine.Storage;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Engine.Tests.Storage;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryDirectory _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task TryRead_FileOrEmptyFileOrLink_ReturnsContents()
    {
        await File.WriteAllBytesAsync(_home["file"], [1, 2, 3]);
        await File.WriteAllBytesAsync(_home["empty"], []);
        File.CreateSymbolicLink(_home["link"], "file");

        Assert.Equal((byte[])[1, 2, 3], await AtomicFile.TryReadAsync(_home["file"], default));
        Assert.Empty((await AtomicFile.TryReadAsync(_home["empty"], default))!);
        Assert.Equal((byte[])[1, 2, 3], await AtomicFile.TryReadAsync(_home["link"], default));
    }

    [Fact]
    public async Task TryRead_MissingFile_ReturnsNull()
    {
        await File.WriteAllTextAsync(_home["file"], "a file");
        File.CreateSymbolicLink(_home["dangling"], "nothing");

        Assert.Null(await AtomicFile.TryReadAsync(_home["nothing"], default));
        Assert.Null(await AtomicFile.TryReadAsync(Path.Combine(_home["nothing"], "below"), default));
        Assert.Null(await AtomicFile.TryReadAsync(Path.Combine(_home["file"], "below"), default));
        Assert.Null(await AtomicFile.TryReadAsync(_home["dangling"], default));
    }

    [Fact]
    public async Task TryRead_UnreadableFile_Throws()
    {
        Directory.CreateDirectory(_home["directory"]);
        File.CreateSymbolicLink(_home["loop"], "loop");

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => AtomicFile.TryReadAsync(_home["directory"], default));
        await Assert.ThrowsAnyAsync<IOException>(() => AtomicFile.TryReadAsync(_home["loop"], default));
        await Assert.ThrowsAnyAsync<Exception>(() => AtomicFile.TryReadAsync(_home[new string('a', 5000)], default));
    }
}
