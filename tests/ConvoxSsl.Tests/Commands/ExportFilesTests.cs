using System.Runtime.Versioning;
using ConvoxSsl.TestKit;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests the formats, owner, group and mode of exported files.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ExportFilesTests : IAsyncLifetime
{
    private const UnixFileMode GroupReadable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private readonly HostedPowerShell _powerShell = new();

    public async Task InitializeAsync()
    {
        _powerShell.Set("files", _powerShell["files"]);
        await OkAsync("New-ConvoxCertificate db.example.org -Issuer self-signed -WarningAction Ignore");
    }

    public Task DisposeAsync()
    {
        _powerShell.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Group_and_mode_survive_ten_renewals()
    {
        // PostgreSQL accepts a key that root owns and its own group can read.
        var hasPostgres = Environment.IsPrivilegedProcess && (await File.ReadAllTextAsync("/etc/group")).Contains(
            "\npostgres:", StringComparison.Ordinal);
        var group = hasPostgres ? "-Group postgres" : string.Empty;
        await OkAsync($"Export-ConvoxCertificate db.example.org $files/tls {group} -Mode 0640");
        var before = GetStatus();

        await OkAsync("1..10 | ForEach-Object { $null = Update-ConvoxCertificate -Force; "
            + "$null = Export-ConvoxCertificate db.example.org $files/tls -Force }");

        Assert.Equal(before, GetStatus());
        Assert.Equal(GroupReadable, File.GetUnixFileMode(_powerShell["files/tls/privkey.pem"]));
        var live = Assert.Single((await OkAsync("Get-ConvoxCertificate")).Of<ConvoxCertificate>());
        Assert.Equal(11, live.Version);
        var exported = await File.ReadAllTextAsync(_powerShell["files/tls/fullchain.pem"]);
        Assert.Equal(await File.ReadAllTextAsync($"{live.Path}/fullchain.pem"), exported);
        Assert.Equal(exported, await File.ReadAllTextAsync(_powerShell["files/tls/chain.pem"]));
        if (hasPostgres)
        {
            // Only the directory itself has to be accessible, not the temporary directories above it.
            const string Script = "cd \"$1\" && exec runuser -u postgres -- cat privkey.pem";
            var key = await InstalledProgram.RunAsync("sh", "-c", Script, "sh", _powerShell["files/tls"]);
            Assert.Equal(await File.ReadAllTextAsync($"{live.Path}/privkey.pem"), key);
        }
    }

    [Theory]
    [InlineData("$files/site.p7b", "site.p7b")]
    [InlineData("$files/site.pfx", "site.pfx")]
    [InlineData("$files/site.der", "site.der")]
    [InlineData("$files/site.pem -Format CombinedPem", "site.pem")]
    [InlineData("$files/site.pfx -Format LegacyPfx -Password ([System.Net.NetworkCredential]::new('', 'x').SecurePassword)", "site.pfx")]
    [InlineData("$files -Format Der", "cert.der,privkey.der")]
    [InlineData("$files -Format Pfx", "fullchain.pfx")]
    public async Task A_format_is_a_file_or_the_files_of_a_directory(string arguments, string expected)
    {
        if (arguments.StartsWith("$files ", StringComparison.Ordinal))
        {
            Directory.CreateDirectory(_powerShell["files"]);
        }

        await OkAsync($"Export-ConvoxCertificate db.example.org {arguments}");

        var files = Directory.GetFiles(_powerShell["files"]).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(expected, string.Join(',', files));
        Assert.Empty(Directory.GetDirectories(_powerShell["files"]));
    }

    [Fact]
    public async Task Several_certificates_of_one_format_get_a_directory_each()
    {
        await OkAsync("New-ConvoxCertificate www.example.org -Issuer self-signed -WarningAction Ignore");
        await OkAsync("Get-ConvoxCertificate | Export-ConvoxCertificate -Path $files -Format CombinedPem");

        Assert.Equal(
            ["db.example.org/combined.pem", "www.example.org/combined.pem"],
            Directory.GetFiles(_powerShell["files"], "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(_powerShell["files"], file)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("$files/x -Owner no-such-user", "InvalidOwner", "'no-such-user'")]
    [InlineData("$files/x -Group no-such-group", "InvalidGroup", "'no-such-group'")]
    [InlineData("$files/x -Mode rw", "InvalidMode", "'rw'")]
    [InlineData("$files/x -Mode 0644", "KeyExposed", "644")]
    [InlineData("$files/x.pfx -Mode 0604", "KeyExposed", "x.pfx")]
    [InlineData("$files/x.pem", "InvalidExportPath", "x.pem")]
    [InlineData("$files/x.p7b -Password ([System.Net.NetworkCredential]::new('', 'x').SecurePassword)", "InvalidParameters", "x.p7b")]
    public async Task Bad_input_is_one_error_before_anything_is_written(string arguments, string id, string value)
    {
        var error = Assert.Single((await _powerShell.RunAsync($"Export-ConvoxCertificate db.example.org {arguments}", default)).Errors);

        Assert.StartsWith($"ConvoxSsl.{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(value, error.Exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_powerShell["files"]));
    }

    [Theory]
    [InlineData("Export-ConvoxCertificate db.example.org $files/file/x -Format Pfx", "InvalidExportPath", "file/x")]
    [InlineData("Export-ConvoxCertificate db.example.org $files/file/sub/x.pfx", "InvalidExportPath", "file/sub/x.pfx")]
    [InlineData("Show-ConvoxExpiry -Html $files/file/x", "InvalidPath", "file/x")]
    [InlineData("Show-ConvoxExpiry -Html $files/file/sub/x", "InvalidPath", "file/sub/x")]
    public async Task A_file_in_place_of_a_directory_is_named(string script, string id, string path)
    {
        Directory.CreateDirectory(_powerShell["files"]);
        await File.WriteAllTextAsync(_powerShell["files/file"], "not a directory");

        var error = Assert.Single((await _powerShell.RunAsync(script, default)).Errors);

        Assert.StartsWith($"ConvoxSsl.{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(
            $"Cannot write '{_powerShell[$"files/{path}"]}' because '{_powerShell["files/file"]}' is a file. Give another path.",
            error.Exception.Message);
    }

    [Fact]
    public async Task A_pipe_is_not_replaced_even_behind_a_link()
    {
        Directory.CreateDirectory(_powerShell["files"]);
        await InstalledProgram.RunAsync("mkfifo", _powerShell["files/pipe"]);
        File.CreateSymbolicLink(_powerShell["files/a.pfx"], "pipe");
        string[] commands =
        [
            "Export-ConvoxCertificate db.example.org $files/a.pfx -Force",
            "Export-ConvoxCertificate db.example.org $files/pipe -Format Pfx -Force",
            "Get-ConvoxCertificate | Show-ConvoxExpiry -Html $files/pipe",
        ];
        foreach (var command in commands)
        {
            var error = Assert.Single((await _powerShell.RunAsync(command, default)).Errors);
            Assert.Contains("because it is a device, pipe or socket.", error.Exception.Message, StringComparison.Ordinal);
        }

        Assert.Equal(["a.pfx", "pipe"], Directory.GetFiles(_powerShell["files"]).Select(Path.GetFileName).Order());
        Assert.Equal("pipe", new FileInfo(_powerShell["files/a.pfx"]).LinkTarget);
    }

    [Fact]
    public async Task A_link_is_shown_with_the_size_of_its_file()
    {
        Directory.CreateDirectory(_powerShell["files"]);
        await File.WriteAllTextAsync(_powerShell["files/real"], "old");
        File.CreateSymbolicLink(_powerShell["files/a.pfx"], "real");

        var file = Assert.Single((await OkAsync("Export-ConvoxCertificate db.example.org $files/a.pfx -Force")).Of<ConvoxFile>());

        Assert.Equal(("a.pfx", new FileInfo(_powerShell["files/real"]).Length), (file.Name, file.Length));
    }

    [Fact]
    public async Task A_key_that_everyone_can_read_causes_a_warning()
    {
        var forced = await OkAsync("Export-ConvoxCertificate db.example.org $files/tls -Mode 0644 -Force");
        Assert.Contains("privkey.pem", Assert.Single(forced.Warnings), StringComparison.Ordinal);
        Assert.Empty((await OkAsync("Export-ConvoxCertificate db.example.org $files/tls -Mode 0600 -Force")).Warnings);
        Assert.Empty((await OkAsync("Export-ConvoxCertificate db.example.org $files/x.p7b -Mode 0644")).Warnings);
    }

    private string[] GetStatus() =>
        [.. Directory.GetFiles(_powerShell["files/tls"]).Order().Select(file => $"{file} {File.GetUnixFileMode(file)}")];

    private async Task<PowerShellResult> OkAsync(string script) => (await _powerShell.RunAsync(script, default)).Succeeded();
}
