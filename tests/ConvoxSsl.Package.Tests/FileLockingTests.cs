namespace ConvoxSsl.Package.Tests;

/// <summary>A process in which .NET locks no files. The setting is read when the process starts.</summary>
public sealed class FileLockingTests : IDisposable
{
    private readonly ModuleSession _session = new()
    {
        Environment = new Dictionary<string, string> { ["DOTNET_SYSTEM_IO_DISABLEFILELOCKING"] = "1" },
    };

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task A_rack_without_file_locks_is_rejected()
    {
        var lines = await _session.RunAsync("""
            try { New-ConvoxCertificate one.example.org -ErrorAction Stop }
            catch { $_.FullyQualifiedErrorId; $_.Exception.Message }
            @(Get-ConvoxCertificate).Count
            """);

        Assert.StartsWith("ConvoxSsl.RackNotLockable,", lines[0], StringComparison.Ordinal);
        Assert.Contains("DOTNET_SYSTEM_IO_DISABLEFILELOCKING", lines[1], StringComparison.Ordinal);
        Assert.Equal("0", lines[^1]);
    }
}
