using ConvoxSsl.Engine;
using System.Text;

namespace ConvoxSsl.Manifests.Tests;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ManifestFileTests : IDisposable
{
    private const string Before = "services:\r\n  web:\r\n    domain: bücher.example.org # 😀\r\n";
    private const string After = Before + "    certificate:\r\n      id: cert-1\r\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("convoxssl-");

    private string File => Path.Combine(_folder.FullName, "convox.yml");

    public void Dispose() => _folder.Delete(recursive: true);

    public static TheoryData<string> Encodings => ["utf-8", "utf-8 with mark", "utf-16", "utf-16BE", "utf-32", "utf-32BE"];

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Write_keeps_encoding_and_byte_order_mark(string name)
    {
        var encoding = name == "utf-8" ? new UTF8Encoding(false) : Encoding.GetEncoding(name.Split(' ')[0]);
        await WriteAsync([.. encoding.GetPreamble(), .. encoding.GetBytes(Before)]);
        byte[] expected = [.. encoding.GetPreamble(), .. encoding.GetBytes(After)];

        await SetAsync("cert-1");

        Assert.Equal(expected, await System.IO.File.ReadAllBytesAsync(File));
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupWrite)]
    public async Task Write_keeps_permissions_and_leaves_no_other_file(UnixFileMode mode)
    {
        await WriteAsync(Encoding.UTF8.GetBytes(Before));
        System.IO.File.SetUnixFileMode(File, mode);

        await SetAsync("cert-1");

        Assert.Equal(mode, System.IO.File.GetUnixFileMode(File));
        Assert.Single(_folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task Write_replaces_the_target_of_a_link()
    {
        var target = Path.Combine(_folder.CreateSubdirectory("shared").FullName, "app.yml");
        await System.IO.File.WriteAllTextAsync(target, Before);
        System.IO.File.CreateSymbolicLink(File, "shared/app.yml");

        await SetAsync("cert-1");

        Assert.Equal("shared/app.yml", new FileInfo(File).LinkTarget);
        Assert.Equal(After, await System.IO.File.ReadAllTextAsync(target));
    }

    [Fact]
    public async Task Read_takes_a_folder_and_rejects_a_missing_file()
    {
        await WriteAsync(Encoding.UTF8.GetBytes(Before));
        Assert.Equal(File, (await ManifestFile.ReadAsync(_folder.FullName, CancellationToken.None)).Path);

        var error = await Assert.ThrowsAsync<InvalidInputException>(() => ManifestFile.ReadAsync(File + ".yml", CancellationToken.None));
        Assert.Equal("FileNotFound", error.Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_rejects_a_file_changed_meanwhile(bool isRemoved)
    {
        await WriteAsync(Encoding.UTF8.GetBytes(Before));
        var file = await ManifestFile.ReadAsync(File, CancellationToken.None);
        var others = Before.Replace("web", "api", StringComparison.Ordinal);
        System.IO.File.Delete(File);
        if (!isRemoved)
        {
            await WriteAsync(Encoding.UTF8.GetBytes(others));
        }

        var error = await Assert.ThrowsAsync<EngineException>(() =>
            file.WriteAsync(file.Manifest.WithCertificate("web", "cert-1"), CancellationToken.None));

        Assert.Equal("ManifestChanged", error.Code);
        Assert.Equal(
            isRemoved ? [] : [others],
            await Task.WhenAll(_folder.EnumerateFiles().Select(f => System.IO.File.ReadAllTextAsync(f.FullName))));
    }

    [Fact]
    public async Task Write_rejects_a_read_only_file()
    {
        await WriteAsync(Encoding.UTF8.GetBytes(Before));
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead);

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => SetAsync("cert-1"));

        Assert.Equal(Before, await System.IO.File.ReadAllTextAsync(File));
        Assert.Single(_folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task Write_without_a_change_does_nothing()
    {
        await WriteAsync(Encoding.UTF8.GetBytes(After));
        var written = System.IO.File.GetLastWriteTimeUtc(File);
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead);

        Assert.Equal(After, (await SetAsync("cert-1")).Manifest.Text);
        Assert.Equal(written, System.IO.File.GetLastWriteTimeUtc(File));
    }

    [Fact]
    public async Task Invalid_encoding_is_rejected_with_its_position()
    {
        await WriteAsync([.. "services: "u8, 0xff, 0x00]);
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => ManifestFile.ReadAsync(File, CancellationToken.None));
        Assert.Equal("InvalidManifest", error.Code);
        Assert.Contains("byte 11 is not valid UTF-8", error.Message, StringComparison.Ordinal);
    }

    private Task WriteAsync(byte[] bytes) => System.IO.File.WriteAllBytesAsync(File, bytes);

    private async Task<ManifestFile> SetAsync(string id)
    {
        var file = await ManifestFile.ReadAsync(File, CancellationToken.None);
        return await file.WriteAsync(file.Manifest.WithCertificate("web", id), CancellationToken.None);
    }
}
