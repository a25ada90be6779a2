using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Publishing.Files;
using ConvoxSsl.Selection;

namespace ConvoxSsl.Commands;

/// <summary>The directories of exported certificates.</summary>
internal static class ExportDirectory
{
    /// <summary>
    /// True if each certificate gets its own directory: for several certificates, and for all that a wildcard selects, whose number may
    /// be another one next time.
    /// </summary>
    public static bool AreNeeded(IReadOnlyList<SelectedCertificate> certificates) =>
        certificates.Count > 1 || certificates.Any(certificate => certificate.IsMatchOfPattern);

    /// <summary>Returns the path that each certificate is exported to: the given one, or a directory in it for each certificate.</summary>
    /// <param name="path">The given path.</param>
    /// <param name="isFile">True if the path is that of a file, which can have one certificate only.</param>
    /// <param name="certificates">The certificates.</param>
    /// <param name="version">The version to export; null for the live version.</param>
    /// <exception cref="InvalidInputException"><c>InvalidExportPath</c>.</exception>
    public static IReadOnlyList<string> GetPaths(
        string path, bool isFile, IReadOnlyList<SelectedCertificate> certificates, int? version)
    {
        if (certificates.Count < 2 && (isFile || !AreNeeded(certificates)))
        {
            return [.. certificates.Select(_ => path)];
        }

        var titles = string.Join(", ", certificates.Take(3).Select(certificate => certificate.Title));
        var list = certificates.Count > 3 ? $"{titles} and {certificates.Count - 3} more" : titles;
        if (isFile)
        {
            throw new InvalidInputException(
                ErrorCode.InvalidExportPath,
                $"The path '{path}' is one file, but {certificates.Count} certificates were selected: {list}.",
                path)
            {
                Remedy = new Remedy("InvalidExportPath.Several"),
            };
        }

        var (names, taken) = GetNames(certificates, version);
        if (taken.Distinct(StringComparer.OrdinalIgnoreCase).Count() < taken.Count)
        {
            throw new InvalidInputException(
                ErrorCode.InvalidExportPath,
                $"Certificates with the same ID, from several racks, cannot be exported to '{path}' together: {list}.",
                path)
            {
                Remedy = new Remedy("InvalidExportPath.Racks"),
            };
        }

        return [.. names.Select(name => Path.Combine(path, name))];
    }

    /// <summary>
    /// Finds a directory with the files of an earlier export in the other layout, which this export does not replace; null if there is
    /// none.
    /// </summary>
    /// <param name="path">The given path, which is a directory.</param>
    /// <param name="format">The format.</param>
    /// <param name="certificates">The certificates.</param>
    public static string? FindOutdated(string path, CertificateFileFormat format, IReadOnlyList<SelectedCertificate> certificates)
    {
        IEnumerable<string> directories = AreNeeded(certificates) ? [path]
            : certificates
                .SelectMany(item => new[] { GetName(item), CertificateFileName.Append(GetName(item), item.Id) })
                .Select(name => Path.Combine(path, name));
        return directories.FirstOrDefault(directory => CertificateFileSet.InDirectory(format, directory).Exists());
    }

    /// <summary>Returns the name of each certificate's directory, and those of them that are needed.</summary>
    private static (IReadOnlyList<string> Names, IReadOnlyList<string> Taken) GetNames(
        IReadOnlyList<SelectedCertificate> certificates, int? version)
    {
        var items = certificates
            .Select(certificate => (certificate.Id, Name: GetName(certificate), IsTaken: IsExportable(certificate, version)))
            .ToList();
        var repeated = items.Where(item => item.IsTaken)
            .GroupBy(item => item.Name, StringComparer.OrdinalIgnoreCase)
            .Where(group => group.Count() > 1)
            .Select(group => group.Key)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var names = items.ConvertAll(item => !repeated.Contains(item.Name) ? item.Name : CertificateFileName.Append(item.Name, item.Id));
        return (names, [.. names.Zip(items).Where(item => item.Second.IsTaken).Select(item => item.First)]);
    }

    // The export of any other certificate is an error of its own and needs no directory.
    private static bool IsExportable(SelectedCertificate certificate, int? version) =>
        certificate.State?.Entry is { } entry && (version is null || entry.Versions.Any(kept => kept.Number == version));

    private static string GetName(SelectedCertificate certificate) =>
        CertificateFileName.Create(certificate.State?.Record.Domains[0], certificate.Id);
}
