using System.Globalization;
using System.Text;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>
/// <c>live</c>: a symbolic link to the live version, replaced by one rename, so that a reader who resolves it once gets a
/// certificate with its own key. On Windows, where links need a privilege, a file with the same text.
/// </summary>
internal static class LiveVersion
{
    private const string Name = "live";

    /// <summary>Gets the number of the live version; null if there is none.</summary>
    public static int? Read(string certificateDirectory)
    {
        var path = Path.Combine(certificateDirectory, Name);
        string? target;
        try
        {
            target = new FileInfo(path).LinkTarget ?? (File.Exists(path) ? File.ReadAllText(path).Trim() : null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        return target?.Replace('\\', '/').Split('/') is ["versions", var number]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : null;
    }

    /// <summary>Makes a version live, atomically.</summary>
    public static async Task SwitchAsync(string certificateDirectory, int version, CancellationToken ct)
    {
        var path = Path.Combine(certificateDirectory, Name);
        var target = $"versions/{version}";
        if (OperatingSystem.IsWindows())
        {
            await AtomicFile.WritePrivateAsync(path, Encoding.ASCII.GetBytes(target), ct).ConfigureAwait(false);
            return;
        }

        var link = $"{path}.{Guid.NewGuid():N}{AtomicFile.UnfinishedSuffix}";
        FailPoint.Disk("link", link);
        File.CreateSymbolicLink(link, target);
        try
        {
            NativeFileSystem.Rename(link, path);
        }
        catch
        {
            File.Delete(link);
            throw;
        }

        NativeFileSystem.FlushDirectory(certificateDirectory);
    }
}
