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
    public async Task An_encoding_and_its_mark_are_kept(string name)
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
    public async Task Permissions_are_kept_and_nothing_lies_beside(UnixFileMode mode)
    {
        await WriteAsync(Encoding.UTF8.GetBytes(Before));
        System.IO.File.SetUnixFileMode(File, mode);

        await SetAsync("cert-1");

        Assert.Equal(mode, System.IO.File.GetUnixFileMode(File));
        Assert.Single(_folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task A_link_stays_a_link_and_the_file_behind_it_is_written()
    {
        var target = Path.Combine(_folder.CreateSubdirectory("shared").FullName, "app.yml");
        await System.IO.File.WriteAllTextAsync(target, Before);
        System.IO.File.CreateSymbolicLink(File, "shared/app.yml");

        await SetAsync("cert-1");

        Assert.Equal("shared/app.yml", new FileInfo(File).LinkTarget);
        Assert.Equal(After, await System.IO.File.ReadAllTextAsync(target));
    }

    [Fact]
    public async Task The_folder_stands_for_its_manifest_and_a_path_without_one_is_refused()
    {
        await WriteAsync(Encoding.UTF8.GetBytes(Before));
        Assert.Equal(File, (await ManifestFile.ReadAsync(_folder.FullName, CancellationToken.None)).Path);

        var refused = await Assert.ThrowsAsync<InvalidInputException>(() => ManifestFile.ReadAsync(File + ".yml", CancellationToken.None));
        Assert.Equal("FileNotFound", refused.Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_somebody_else_changed_meanwhile_is_left_as_it_is(bool isRemoved)
    {
        await WriteAsync(Encoding.UTF8.GetBytes(Before));
        var file = await ManifestFile.ReadAsync(File, CancellationToken.None);
        var others = Before.Replace("web", "api", StringComparison.Ordinal);
        System.IO.File.Delete(File);
        if (!isRemoved)
        {
            await WriteAsync(Encoding.UTF8.GetBytes(others));
        }

        var refused = await Assert.ThrowsAsync<EngineException>(() => file.WriteAsync(file.Manifest.WithCertificate("web", "cert-1"), CancellationToken.None));

        Assert.Equal("ManifestChanged", refused.Code);
        Assert.Equal(isRemoved ? [] : [others], await Task.WhenAll(_folder.EnumerateFiles().Select(f => System.IO.File.ReadAllTextAsync(f.FullName))));
    }

    [Fact]
    public async Task A_file_that_may_not_be_written_is_not_replaced()
    {
        await WriteAsync(Encoding.UTF8.GetBytes(Before));
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead);

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => SetAsync("cert-1"));

        Assert.Equal(Before, await System.IO.File.ReadAllTextAsync(File));
        Assert.Single(_folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task What_is_so_already_is_not_written()
    {
        await WriteAsync(Encoding.UTF8.GetBytes(After));
        var written = System.IO.File.GetLastWriteTimeUtc(File);
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead);

        Assert.Equal(After, (await SetAsync("cert-1")).Manifest.Text);
        Assert.Equal(written, System.IO.File.GetLastWriteTimeUtc(File));
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused_with_their_place()
    {
        await WriteAsync([.. "services: "u8, 0xff, 0x00]);
        var refused = await Assert.ThrowsAsync<InvalidInputException>(() => ManifestFile.ReadAsync(File, CancellationToken.None));
        Assert.Equal("InvalidManifest", refused.Code);
        Assert.Contains("byte 11 is not valid UTF-8", refused.Message, StringComparison.Ordinal);
    }

    private Task WriteAsync(byte[] bytes) => System.IO.File.WriteAllBytesAsync(File, bytes);

    private async Task<ManifestFile> SetAsync(string id)
    {
        var file = await ManifestFile.ReadAsync(File, CancellationToken.None);
        return await file.WriteAsync(file.Manifest.WithCertificate("web", id), CancellationToken.None);
    }
}
