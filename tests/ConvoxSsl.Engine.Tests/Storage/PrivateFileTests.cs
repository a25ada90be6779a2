using ConvoxSsl.Engine.Storage;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Engine.Tests.Storage;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PrivateFileTests : IDisposable
{
    private readonly TemporaryDirectory _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_file_that_is_there_is_read_also_an_empty_one_and_through_a_link()
    {
        await File.WriteAllBytesAsync(_home["file"], [1, 2, 3]);
        await File.WriteAllBytesAsync(_home["empty"], []);
        File.CreateSymbolicLink(_home["link"], "file");

        Assert.Equal((byte[])[1, 2, 3], await PrivateFile.TryReadAsync(_home["file"], default));
        Assert.Empty((await PrivateFile.TryReadAsync(_home["empty"], default))!);
        Assert.Equal((byte[])[1, 2, 3], await PrivateFile.TryReadAsync(_home["link"], default));
    }

    [Fact]
    public async Task What_is_not_there_is_no_error()
    {
        await File.WriteAllTextAsync(_home["file"], "a file");
        File.CreateSymbolicLink(_home["dangling"], "nothing");

        Assert.Null(await PrivateFile.TryReadAsync(_home["nothing"], default));
        Assert.Null(await PrivateFile.TryReadAsync(Path.Combine(_home["nothing"], "below"), default));
        Assert.Null(await PrivateFile.TryReadAsync(Path.Combine(_home["file"], "below"), default));
        Assert.Null(await PrivateFile.TryReadAsync(_home["dangling"], default));
    }

    [Fact]
    public async Task What_is_there_and_can_not_be_read_is_one()
    {
        Directory.CreateDirectory(_home["directory"]);
        File.CreateSymbolicLink(_home["loop"], "loop");

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => PrivateFile.TryReadAsync(_home["directory"], default));
        await Assert.ThrowsAnyAsync<IOException>(() => PrivateFile.TryReadAsync(_home["loop"], default));
        await Assert.ThrowsAnyAsync<Exception>(() => PrivateFile.TryReadAsync(_home[new string('a', 5000)], default));
    }
}
