using System.Diagnostics;

namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>A small file system in memory that is mounted for one test.</summary>
internal sealed class MountedDisk : IAsyncDisposable
{
    private const long Block = 4096;

    private readonly string _path;

    private MountedDisk(string path) => _path = path;

    /// <summary>True if this process can mount file systems.</summary>
    public static bool IsPossible { get; } = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && Try();

    private string Ballast => Path.Combine(_path, "ballast");

    /// <summary>Mounts it over an empty directory.</summary>
    public static async Task<MountedDisk> MountAsync(string path)
    {
        Directory.CreateDirectory(path);
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=2m,mode=0700", "tmpfs", path);
        return new MountedDisk(path);
    }

    /// <summary>Fills it except for some blocks.</summary>
    public async Task FillAsync(int freeBlocks)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using (var ballast = new FileStream(Ballast, options))
        {
            var free = new DriveInfo(_path).AvailableFreeSpace - (freeBlocks * Block);
            await ballast.WriteAsync(new byte[free]);
        }

        Assert.Equal(freeBlocks * Block, new DriveInfo(_path).AvailableFreeSpace);
    }

    /// <summary>Frees the space again.</summary>
    public void Empty() => File.Delete(Ballast);

    /// <summary>Remounts it.</summary>
    /// <param name="how"><c>ro</c> or <c>rw</c>.</param>
    public Task RemountAsync(string how) => RunAsync("mount", "-o", "remount," + how, _path);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await RunAsync("umount", _path);

    private static bool Try()
    {
        var probe = Directory.CreateTempSubdirectory("convoxssl-");
        try
        {
            using var mount = Process.Start(
                new ProcessStartInfo("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", probe.FullName]) { RedirectStandardError = true });
            mount!.WaitForExit();
            if (mount.ExitCode != 0)
            {
                return false;
            }

            using var unmount = Process.Start("umount", [probe.FullName]);
            unmount.WaitForExit();
            return unmount.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
        finally
        {
            probe.Delete();
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {errors}");
    }
}

/// <summary>A test that needs its own file system, and is skipped if none can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MountTheoryAttribute : TheoryAttribute
{
    /// <summary>Sets the reason for skipping if the test cannot run.</summary>
    public MountTheoryAttribute() =>
        Skip = MountedDisk.IsPossible ? null : "No file system can be mounted here; the fail points stand for full and read-only disks.";
}
