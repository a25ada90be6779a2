using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Publishing.Files;
using ConvoxSsl.Selection;

namespace ConvoxSsl.Commands;

/// <content>The directories of the files.</content>
public sealed partial class ExportConvoxCertificateCommand
{
    private IReadOnlyList<SelectedCertificate> Certificates => [.. _selected.Select(item => item.Certificate)];

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (_selected.Count > 0)
        {
            ProcessItem(Target, ExportAll);
        }
    }

    private void ExportAll()
    {
        RequireNoOtherCertificate();
        var (path, format, certificates) = (GetUnresolvedProviderPathFromPSPath(Path), GetFormat(), Certificates);
        var isFile = CertificateFileSet.IsFile(path, format, isOne: !ExportDirectory.AreNeeded(certificates));
        var paths = ExportDirectory.GetPaths(path, isFile, certificates, Version);
        if (!isFile)
        {
            WarnOfOutdated(path, ExportDirectory.FindOutdated(path, format, certificates));
        }

        foreach (var ((session, certificate), target) in _selected.Zip(paths))
        {
            var set = isFile ? CertificateFileSet.InFile(format, target) : CertificateFileSet.InDirectory(format, target);
            ProcessItem(certificate.Id, () => Export(session, certificate, set, target));
        }
    }

    // Without the comma, the second of two certificates would be the path.
    private void RequireNoOtherCertificate()
    {
        if (Path.AsSpan().ContainsAny('/', '\\', ':'))
        {
            return;
        }

        foreach (var session in _selected.Select(item => item.Session).Distinct())
        {
            if (Run(ct => session.Selector.FindExactAsync(Path, ct)) is { } other && !Certificates.Any(own => IsNamed(own, other)))
            {
                throw new InvalidInputException(
                    ErrorCode.InvalidExportPath, $"The path '{Path}' is the name of another certificate of the rack ({other}).", Path)
                {
                    Remedy = new Remedy("InvalidExportPath.Certificate", Path),
                };
            }
        }
    }

    // The directory of a certificate often has one of its names.
    private bool IsNamed(SelectedCertificate certificate, string other) =>
        certificate.Id == other || new CertificateQuery(Path).Name?.IsCoveredBy(certificate.State?.Record.Domains ?? []) is true;

    private void WarnOfOutdated(string path, string? outdated)
    {
        if (outdated is not null)
        {
            WriteWarning($"The files in '{outdated}' are from an earlier export and are not replaced, because "
                + (outdated == path
                    ? "several certificates, and those that a wildcard selects, have a directory each. Remove the old files when no "
                        + "program reads them any longer."
                    : $"the only certificate is written to '{path}' itself. To replace them, select it with a wildcard, such as "
                        + $"Export-ConvoxCertificate * -Path '{path}'."));
        }
    }
}
