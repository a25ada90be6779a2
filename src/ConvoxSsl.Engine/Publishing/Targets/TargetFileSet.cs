using ConvoxSsl.Engine.Publishing.Files;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Publishing.Targets;

/// <summary>Finds the files of targets.</summary>
public static class TargetFileSet
{
    /// <summary>Returns the name of a target's files for messages: a directory, or the file with the certificate.</summary>
    public static string GetPlace(TargetFiles files) => files.Directory ?? files.CertificatePath ?? string.Empty;

    /// <summary>Finds the files of a certificate.</summary>
    /// <param name="files">The files of the target.</param>
    /// <param name="name">The name of the certificate in a target for several; null in a target for one.</param>
    /// <exception cref="EngineException"><c>TargetsDamaged</c>: the format is not known.</exception>
    public static CertificateFileSet Create(TargetFiles files, string? name)
    {
        var format = GetFormat(files);
        if (files.Directory is not { } directory)
        {
            return new CertificateFileSet(format, [.. GetSingleFiles(files, format)]);
        }

        return name is null ? CertificateFileSet.InDirectory(format, directory)
            : GetExtension(format) is { } extension ? CertificateFileSet.InFile(format, Path.Combine(directory, name + extension))
            : CertificateFileSet.InDirectory(format, Path.Combine(directory, name));
    }

    /// <summary>Returns the paths that no other target may write to; those in the settings if the format is not known.</summary>
    /// <param name="target">The target.</param>
    public static IEnumerable<string> GetPaths(CertificateTarget target) =>
        target.Files is not { } files ? []
        : target.IsPattern || !TargetValue.IsKnown<CertificateFileFormat>(files.Format)
            ? new[] { files.Directory, files.CertificatePath, files.KeyPath, files.ChainPath }.OfType<string>()
        : Create(files, null).Files.Select(file => file.Path);

    /// <summary>Returns the options of writing the files.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidOwner</c>, <c>InvalidGroup</c>, <c>InvalidMode</c>.</exception>
    public static CertificateFileOptions GetOptions(TargetFiles files) => new()
    {
        Overwrite = true,
        AllowsExposure = files.AllowsExposure,
        Permissions = FilePermissions.Parse(files.Owner, files.Group, files.Mode),
    };

    /// <summary>Returns the format of the files.</summary>
    /// <exception cref="EngineException"><c>TargetsDamaged</c>: it is not known.</exception>
    public static CertificateFileFormat GetFormat(TargetFiles files) =>
        TargetValue.Parse<CertificateFileFormat>(files.Format, "format", GetPlace(files));

    // The key comes first, so that a new certificate never appears without its key.
    private static IEnumerable<CertificateFile> GetSingleFiles(TargetFiles files, CertificateFileFormat format)
    {
        if (files.KeyPath is { } key)
        {
            yield return new CertificateFile(CertificateFilePart.PrivateKey, key);
        }

        if (files.ChainPath is { } chain)
        {
            yield return new CertificateFile(CertificateFilePart.Chain, chain);
        }

        var part = CertificateFileSet.IsSingleFile(format) ? CertificateFileSet.GetPart(format)
            : files.ChainPath is null ? CertificateFilePart.FullChain
            : CertificateFilePart.Certificate;
        yield return new CertificateFile(part, files.CertificatePath!);
    }

    private static string? GetExtension(CertificateFileFormat format) => format switch
    {
        CertificateFileFormat.CombinedPem => ".pem",
        CertificateFileFormat.Pfx or CertificateFileFormat.LegacyPfx => ".pfx",
        CertificateFileFormat.Pkcs7 => ".p7b",
        _ => null,
    };
}
