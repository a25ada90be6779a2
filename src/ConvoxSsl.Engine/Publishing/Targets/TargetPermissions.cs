using ConvoxSsl.Engine.Publishing.Files;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Publishing.Targets;

/// <summary>Checks, without changes, that the current user can write the files of a target.</summary>
internal static class TargetPermissions
{
    private const uint Root = 0;

    /// <summary>Checks the files, their directories and their future owner.</summary>
    /// <exception cref="InvalidInputException">
    /// <c>InvalidExportPath</c>; <c>KeyExposed</c>; <c>PathNotWritable</c>: the directory, or the owner of the files.
    /// </exception>
    public static void Require(CertificateFileSet set, CertificateFileOptions options)
    {
        CertificateFileWriter.Check(set, options);
        foreach (var file in set.Files)
        {
            RequireDirectory(file.Path);
            if (!OperatingSystem.IsWindows())
            {
                RequireOwner(file.Path, options.Permissions);
            }
        }
    }

    private static void RequireDirectory(string path)
    {
        try
        {
            WritablePath.RequireDirectory(Path.GetDirectoryName(StagedFile.FindTarget(path))!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(path, e.Message);
        }
    }

    private static void RequireOwner(string path, FilePermissions permissions)
    {
        var current = NativeFileSystem.GetEffectiveUser();
        var owner = permissions.User ?? StagedFile.FindReplaced(StagedFile.FindTarget(path))?.User;
        if (current != Root && owner is { } other && other != current)
        {
            throw NotWritable(path, $"Only root can give it to the user with the id {other}.");
        }
    }

    private static InvalidInputException NotWritable(string path, string reason) =>
        new(ErrorCode.PathNotWritable, $"Cannot write '{path}'. {reason}", path)
        {
            Remedy = "Choose another path, give the current user access, or run the command as root.",
        };
}
