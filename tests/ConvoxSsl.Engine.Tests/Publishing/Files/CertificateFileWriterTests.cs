using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Publishing.Files;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Storage;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Engine.Tests.Publishing.Files;

[UnsupportedOSPlatform("windows")]
public sealed class CertificateFileWriterTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Group = OwnerOnly | UnixFileMode.GroupRead;
    private const UnixFileMode Public = Group | UnixFileMode.OtherRead;

    private readonly TemporaryDirectory _home = new();
    private readonly CertificateWithKey _material = IssuedCertificate.Create();

    private string[] Names => [.. Directory.GetFiles(_home["site"]).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    public void Dispose()
    {
        _material.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task New_files_with_the_key_are_private_and_others_public()
    {
        await WriteAsync();

        Assert.Equal(["cert.pem", "chain.pem", "fullchain.pem", "privkey.pem"], Names);
        Assert.Equal([Public, Public, Public, OwnerOnly], Names.Select(GetMode));
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(_home["site"]));
        Assert.Equal(_material.Chain.IssuersPem(), await File.ReadAllTextAsync(_home["site/chain.pem"]));
    }

    [Fact]
    public async Task Replaced_files_keep_owner_group_and_mode()
    {
        // Only root can give files to another group.
        var group = NativeFileSystem.GetEffectiveUser() == 0 ? 12345u : NativeFileSystem.GetEffectiveGroup();
        await WriteAsync(new CertificateFileOptions { Permissions = new FilePermissions(null, group, Group) });
        var before = Names.Select(name => NativeFileSystem.FindStatus(_home[$"site/{name}"])).ToArray();
        Assert.All(before, status => Assert.Equal((group, Group), (status!.Group, status.Mode)));
        Assert.Equal(group, NativeFileSystem.FindStatus(_home["site"])!.Group);
        Assert.Equal(
            UnixFileMode.GroupRead | UnixFileMode.GroupExecute, File.GetUnixFileMode(_home["site"]) & ~(UnixFileMode)0b111_000_111);

        for (var renewal = 0; renewal < 10; renewal++)
        {
            await WriteAsync(new CertificateFileOptions { Overwrite = true });
        }

        Assert.Equal(before, Names.Select(name => NativeFileSystem.FindStatus(_home[$"site/{name}"])));
    }

    [Fact]
    public async Task A_link_is_followed()
    {
        Directory.CreateDirectory(_home["site"]);
        await File.WriteAllTextAsync(_home["real.pem"], "old");
        File.CreateSymbolicLink(_home["site/cert.pem"], "../real.pem");
        await WriteAsync(new CertificateFileOptions { Overwrite = true });

        Assert.Equal("../real.pem", new FileInfo(_home["site/cert.pem"]).LinkTarget);
        Assert.Equal(_material.Chain.LeafPem(), await File.ReadAllTextAsync(_home["real.pem"]));
    }

    [Fact]
    public async Task Nothing_is_replaced_if_one_file_cannot_be_written()
    {
        await File.WriteAllTextAsync(_home["key.pem"], "old");
        var set = new CertificateFileSet(
            CertificateFileFormat.Pem,
            [
                new CertificateFile(CertificateFilePart.PrivateKey, _home["key.pem"]),

                // Longer than a name can be, with the suffix of a temporary file.
                new CertificateFile(CertificateFilePart.FullChain, _home[$"new/{new string('x', 250)}"]),
            ]);
        await Assert.ThrowsAnyAsync<IOException>(
            () => CertificateFileWriter.WriteAsync(_material, set, new CertificateFileOptions { Overwrite = true }, default, default));

        Assert.Equal("old", await File.ReadAllTextAsync(_home["key.pem"]));
        Assert.Equal([_home["key.pem"]], Directory.GetFileSystemEntries(_home.Path));
    }

    [Fact]
    public async Task Leftovers_of_killed_writers_are_removed()
    {
        Directory.CreateDirectory(_home["site"]);
        var (old, recent) = (_home["site/cert.pem.0.unfinished"], _home["site/cert.pem.1.unfinished"]);
        await File.WriteAllTextAsync(old, "old");
        await File.WriteAllTextAsync(recent, "recent");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));
        await WriteAsync();

        Assert.Equal((false, true), (File.Exists(old), File.Exists(recent)));
    }

    [Theory]
    [InlineData("0644", false, "KeyExposed")]
    [InlineData("0604", false, "KeyExposed")]
    [InlineData("0644", true, null)]
    [InlineData("640", false, null)]
    public async Task A_mode_that_exposes_the_key_is_refused(string mode, bool isAllowed, string? code)
    {
        var options = new CertificateFileOptions { Permissions = FilePermissions.Parse(null, null, mode), AllowsExposure = isAllowed };
        var error = await Record.ExceptionAsync(() => WriteAsync(options));

        Assert.Equal(code, (error as InvalidInputException)?.Code);
        Assert.Equal(code is null, Directory.Exists(_home["site"]));
    }

    [Theory]
    [InlineData("no-such-user", null, null, "InvalidOwner")]
    [InlineData(null, "no-such-group", null, "InvalidGroup")]
    [InlineData(null, null, "0888", "InvalidMode")]
    [InlineData(null, null, "000", "InvalidMode")]
    [InlineData(null, null, "0240", "InvalidMode")]
    [InlineData(null, null, "rw-r--r--", "InvalidMode")]
    [InlineData("4294967295", null, null, "InvalidOwner")]
    [InlineData("root", "root", "0600", null)]
    [InlineData("0", "0", "600", null)]
    public void Owner_group_and_mode_are_checked(string? owner, string? group, string? mode, string? code)
    {
        FilePermissions? parsed = null;
        var error = Record.Exception(() => parsed = FilePermissions.Parse(owner, group, mode));

        Assert.Equal(code, (error as InvalidInputException)?.Code);
        Assert.Equal(code is null ? new FilePermissions(0, 0, OwnerOnly) : null, parsed);
    }

    [Fact]
    public async Task An_exposed_key_is_reported()
    {
        await WriteAsync();
        File.SetUnixFileMode(_home["site/privkey.pem"], Public);
        var files = await WriteAsync(new CertificateFileOptions { Overwrite = true });

        Assert.Equal(["privkey.pem"], files.Where(file => file.IsExposed).Select(file => Path.GetFileName(file.Path)));
    }

    [Fact]
    public async Task A_certificate_without_a_key_is_written_without_it()
    {
        using var own = new CertificateWithKey(IssuedCertificate.Create().Chain, null);
        var files = await CertificateFileWriter.WriteAsync(
            own, CertificateFileSet.InDirectory(CertificateFileFormat.Der, _home["site"]), new CertificateFileOptions(), default, default);
        Assert.Equal(["cert.der"], files.Select(file => Path.GetFileName(file.Path)));

        var combined = CertificateFileSet.InFile(CertificateFileFormat.CombinedPem, _home["combined.pem"]);
        var error = Assert.Throws<InvalidInputException>(() => CertificateFileWriter.Check(own, combined, new CertificateFileOptions()));
        Assert.Equal("NoPrivateKey", error.Code);
    }

    [Fact]
    public async Task A_key_of_another_certificate_is_refused()
    {
        using var other = IssuedCertificate.Create();
        var mixed = new CertificateWithKey(_material.Chain, other.Key);
        var set = CertificateFileSet.InDirectory(CertificateFileFormat.Pem, _home["site"]);
        var error = await Assert.ThrowsAsync<InvalidInputException>(
            () => CertificateFileWriter.WriteAsync(mixed, set, new CertificateFileOptions(), default, default));

        Assert.Equal(("KeyMismatch", false), (error.Code, Directory.Exists(_home["site"])));
    }

    [Fact]
    public async Task DotNet_reads_every_format()
    {
        await WriteAsync(format: CertificateFileFormat.Der);
        await WriteAsync(format: CertificateFileFormat.CombinedPem);
        await WriteAsync(format: CertificateFileFormat.Pkcs7);

        using var der = X509CertificateLoader.LoadCertificateFromFile(_home["site/cert.der"]);
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(await File.ReadAllBytesAsync(_home["site/privkey.der"]), out _);
        using var paired = der.CopyWithPrivateKey(key);
        using var combined = X509Certificate2.CreateFromPemFile(_home["site/combined.pem"], _home["site/combined.pem"]);
        Assert.Equal((der.SerialNumber, true), (combined.SerialNumber, combined.HasPrivateKey));
        using var bundle = CertificateChain.FromPem(await File.ReadAllTextAsync(_home["site/fullchain.p7b"]));
        Assert.Equal(_material.Chain.FullPem(), bundle.FullPem());
    }

    [Theory]
    [InlineData("site.pfx", null, CertificateFileFormat.Pfx, true)]
    [InlineData("site.P12", null, CertificateFileFormat.Pfx, true)]
    [InlineData("site.p7b", null, CertificateFileFormat.Pkcs7, true)]
    [InlineData("site.der", null, CertificateFileFormat.Der, true)]
    [InlineData("www.example.org", null, CertificateFileFormat.Pem, false)]
    [InlineData("site.pem", CertificateFileFormat.CombinedPem, CertificateFileFormat.CombinedPem, true)]
    [InlineData("site.pfx", CertificateFileFormat.LegacyPfx, CertificateFileFormat.LegacyPfx, true)]
    [InlineData("site/", CertificateFileFormat.Pfx, CertificateFileFormat.Pfx, false)]
    public void A_path_determines_format_and_kind(
        string path, CertificateFileFormat? requested, CertificateFileFormat expected, bool isFile)
    {
        var format = CertificateFileSet.ChooseFormat(_home[path], requested);

        Assert.Equal((expected, isFile), (format, CertificateFileSet.IsFile(_home[path], format, isOne: true)));
    }

    [Theory]
    [InlineData("site.pem")]
    [InlineData("site.crt")]
    [InlineData("site.KEY")]
    public void PEM_files_need_a_directory(string path)
    {
        var error = Assert.Throws<InvalidInputException>(
            () => CertificateFileSet.IsFile(_home[path], CertificateFileFormat.Pem, isOne: true));
        Assert.Equal(("InvalidExportPath", "InvalidExportPath.File"), (error.Code, error.Remedy!.Key));

        Directory.CreateDirectory(_home[path]);
        Assert.False(CertificateFileSet.IsFile(_home[path], CertificateFileFormat.Pem, isOne: true));
    }

    [Theory]
    [InlineData("site.pem", CertificateFileFormat.CombinedPem, true)]
    [InlineData("site.PFX", CertificateFileFormat.Pfx, true)]
    [InlineData("site.cer", CertificateFileFormat.Der, true)]
    [InlineData("site", CertificateFileFormat.Pfx, false)]
    [InlineData("www.example.org", CertificateFileFormat.Pkcs7, false)]
    [InlineData("site.pem/", CertificateFileFormat.CombinedPem, false)]
    public void Several_certificates_need_a_path_that_is_not_a_file(string path, CertificateFileFormat format, bool isFile) =>
        Assert.Equal(isFile, CertificateFileSet.IsFile(_home[path], format, isOne: false));

    [Theory]
    [InlineData("site.pfx", CertificateFileFormat.Pkcs7, "InvalidExportPath.Format", ".p7b")]
    [InlineData("site.pem", CertificateFileFormat.LegacyPfx, "InvalidExportPath.Format", ".pfx")]
    [InlineData("site.Key", CertificateFileFormat.Der, "InvalidExportPath.Format", ".der")]
    [InlineData("site.p7b", CertificateFileFormat.CombinedPem, "InvalidExportPath.Format", ".pem")]
    [InlineData("site.der", CertificateFileFormat.Pem, "InvalidExportPath.Directory", null)]
    public void A_format_must_not_contradict_the_extension(string path, CertificateFileFormat format, string remedy, string? argument)
    {
        var error = Assert.Throws<InvalidInputException>(() => CertificateFileSet.RequireFormat(_home[path], format));

        Assert.Equal(("InvalidExportPath", remedy), (error.Code, error.Remedy!.Key));
        Assert.Equal(argument, error.Remedy.Arguments.FirstOrDefault());
        CertificateFileSet.RequireFormat(_home[path + "/"], format);
    }

    [Theory]
    [InlineData("site.pem", CertificateFileFormat.Pem)]
    [InlineData("site.pem", CertificateFileFormat.CombinedPem)]
    [InlineData("site.p12", CertificateFileFormat.LegacyPfx)]
    [InlineData("site.jks", CertificateFileFormat.Pfx)]
    [InlineData("site.crt", CertificateFileFormat.Der)]
    [InlineData("site.cer", CertificateFileFormat.CombinedPem)]
    [InlineData("www.example.org", CertificateFileFormat.Pkcs7)]
    public void A_format_that_suits_the_extension_is_accepted(string path, CertificateFileFormat format) =>
        CertificateFileSet.RequireFormat(_home[path], format);

    private Task<IReadOnlyList<CertificateFile>> WriteAsync(
        CertificateFileOptions? options = null, CertificateFileFormat format = CertificateFileFormat.Pem) =>
        CertificateFileWriter.WriteAsync(
            _material, CertificateFileSet.InDirectory(format, _home["site"]), options ?? new CertificateFileOptions(), default, default);

    private UnixFileMode GetMode(string name) => File.GetUnixFileMode(_home[$"site/{name}"]);
}
