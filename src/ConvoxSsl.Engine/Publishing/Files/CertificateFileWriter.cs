using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Publishing.Files;

/// <summary>The options of writing the files of a certificate.</summary>
public sealed record CertificateFileOptions
{
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Public = Secret | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>True to replace existing files.</summary>
    public bool Overwrite { get; init; }

    /// <summary>True to accept a mode that lets every user read the private key.</summary>
    public bool AllowsExposure { get; init; }

    /// <summary>The owner, group and mode.</summary>
    public FilePermissions Permissions { get; init; } = FilePermissions.Unchanged;

    internal static UnixFileMode GetNewMode(CertificateFile file) => file.IsSecret ? Secret : Public;
}

/// <summary>
/// Writes the files of a certificate for other programs: each atomically, and all back to back once their contents are on the disk.
/// Nothing is replaced unless everything can be written and key and certificate match.
/// </summary>
public static class CertificateFileWriter
{
    /// <summary>Checks as far as possible that a certificate can be written, and changes nothing.</summary>
    /// <exception cref="InvalidInputException">
    /// <c>FileExists</c>; <c>InvalidExportPath</c>; <c>KeyExposed</c>; <c>KeyMismatch</c>; <c>NoPrivateKey</c>: the key was never on this
    /// rack.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">This user cannot write to the directory.</exception>
    /// <exception cref="IOException">The directory cannot be created.</exception>
    public static void Check(CertificateWithKey material, CertificateFileSet set, CertificateFileOptions options)
    {
        var targets = FindWritable(material, set, options).ConvertAll(file => StagedFile.FindTarget(file.Path));
        foreach (var directory in targets.Select(target => Path.GetDirectoryName(target)!).Distinct(StringComparer.Ordinal))
        {
            WritablePath.RequireDirectory(directory);
        }
    }

    /// <summary>Checks the paths and the mode of files for certificates that are not known yet, and changes nothing.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidExportPath</c>; <c>KeyExposed</c>.</exception>
    public static void Check(CertificateFileSet set, CertificateFileOptions options)
    {
        foreach (var file in set.Files)
        {
            RequirePath(file.Path);
        }

        RequirePrivate(set.Files, options);
    }

    /// <summary>Writes a certificate. Missing directories are created.</summary>
    /// <param name="material">The certificate.</param>
    /// <param name="set">The files.</param>
    /// <param name="options">The options.</param>
    /// <param name="password">The password of an archive; empty for none.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <returns>The files that were written.</returns>
    /// <exception cref="InvalidInputException">
    /// See <see cref="Check(CertificateWithKey, CertificateFileSet, CertificateFileOptions)"/>.
    /// </exception>
    /// <exception cref="EngineException"><c>OwnerNotChangeable</c>.</exception>
    public static async Task<IReadOnlyList<CertificateFile>> WriteAsync(
        CertificateWithKey material,
        CertificateFileSet set,
        CertificateFileOptions options,
        ReadOnlyMemory<char> password,
        CancellationToken ct)
    {
        var files = FindWritable(material, set, options);
        using var directories = new CreatedDirectories(options.Permissions);
        var staged = new List<StagedFile>();
        try
        {
            foreach (var file in files)
            {
                directories.Create(Path.GetDirectoryName(file.Path)!);
                var contents = CertificateFileContents.Create(material, file.Part, set.Format, password.Span);
                staged.Add(await StagedFile.CreateAsync(
                    file.Path, contents, options.Permissions, CertificateFileOptions.GetNewMode(file), ct).ConfigureAwait(false));
            }

            ct.ThrowIfCancellationRequested();
            staged.ForEach(file => file.Commit());
        }
        finally
        {
            staged.ForEach(file => file.Dispose());
        }

        directories.Keep();
        foreach (var directory in staged.Select(file => Path.GetDirectoryName(file.Path)!).Distinct())
        {
            NativeFileSystem.FlushDirectory(directory);
        }

        return [.. files.Zip(staged, (file, written) => file with { IsExposed = file.IsSecret && IsOpen(written.Path) })];
    }

    private static List<CertificateFile> FindWritable(
        CertificateWithKey material, CertificateFileSet set, CertificateFileOptions options)
    {
        RequireMatch(material);
        var files = GetFiles(material, set);
        foreach (var file in files)
        {
            RequirePath(file.Path);
        }

        if (!options.Overwrite && files.FirstOrDefault(file => File.Exists(file.Path)) is { } existing)
        {
            throw new InvalidInputException(ErrorCode.FileExists, $"The file '{existing.Path}' exists already.", existing.Path)
            {
                Remedy = new Remedy("FileExists.Export"),
            };
        }

        RequirePrivate(files, options);
        return files;
    }

    private static void RequirePrivate(IReadOnlyList<CertificateFile> files, CertificateFileOptions options)
    {
        if (!options.AllowsExposure
            && FilePermissions.IsOpen(options.Permissions.Mode)
            && files.FirstOrDefault(file => file.IsSecret) is { } exposed)
        {
            throw new InvalidInputException(
                ErrorCode.KeyExposed,
                $"The mode {Convert.ToString((int)options.Permissions.Mode!.Value, 8)} is not valid because every user could access the "
                    + $"private key in '{exposed.Path}'.",
                exposed.Path)
            {
                Remedy = new Remedy(ErrorCode.KeyExposed),
            };
        }
    }

    private static bool IsOpen(string path) => !OperatingSystem.IsWindows() && FilePermissions.IsOpen(File.GetUnixFileMode(path));

    private static List<CertificateFile> GetFiles(CertificateWithKey material, CertificateFileSet set)
    {
        if (material.Key is not null)
        {
            return [.. set.Files];
        }

        return set.Files.Any(file => file.Part == CertificateFilePart.All)
            ? throw new InvalidInputException(
                ErrorCode.NoPrivateKey,
                $"The format {set.Format} needs the private key, but this certificate is from your own signing request, so the rack "
                    + "never had the key.")
            {
                Remedy = new Remedy("NoPrivateKey.Export"),
            }
            : [.. set.Files.Where(file => !file.IsSecret)];
    }

    // Another program may have changed one of them.
    private static void RequireMatch(CertificateWithKey material)
    {
        if (material.Key?.Matches(material.Chain.Leaf) is false)
        {
            throw new InvalidInputException(
                ErrorCode.KeyMismatch,
                $"The private key on the rack does not belong to the certificate (serial number {material.Chain.Leaf.SerialNumber}).",
                material.Chain.Leaf.SerialNumber)
            {
                Remedy = new Remedy("KeyMismatch.Export"),
            };
        }
    }

    private static void RequirePath(string path)
    {
        if (TargetPath.FindFault(path) is { } fault)
        {
            throw new InvalidInputException(ErrorCode.InvalidExportPath, $"Cannot write '{path}' because {fault}.", path)
            {
                Remedy = "Give another path.",
            };
        }
    }
}
