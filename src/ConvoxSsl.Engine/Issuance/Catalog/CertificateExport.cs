using System.Text;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Issuance.Catalog;

/// <summary>Writes certificates to files for other programs. Each file is written atomically and is readable by its owner only.</summary>
public static class CertificateExport
{
    private const string KeyFile = "privkey.pem";
    private const string CertFile = "cert.pem";
    private const string ChainFile = "chain.pem";
    private const string FullChainFile = "fullchain.pem";

    /// <summary>Checks that a certificate can be written to a directory.</summary>
    /// <exception cref="InvalidInputException"><c>FileExists</c>, <c>InvalidExportPath</c>, <c>KeyMismatch</c>.</exception>
    public static void CheckPem(CertificateWithKey material, string directory, bool overwrite)
    {
        RequireMatch(material);
        if (File.Exists(directory))
        {
            throw new InvalidInputException(
                ErrorCode.InvalidExportPath, $"The path '{directory}' is not valid because it is a file.", directory)
            {
                Remedy = "Give a directory for PEM files, or a path that ends in .pfx.",
            };
        }

        string[] names = material.Key is null ? [CertFile, ChainFile, FullChainFile] : [KeyFile, CertFile, ChainFile, FullChainFile];
        RequireAbsent(names.Select(name => Path.Combine(directory, name)), overwrite);
    }

    /// <summary>Checks that a certificate can be written to a PFX archive.</summary>
    /// <exception cref="InvalidInputException">As <see cref="ToPfxAsync"/>.</exception>
    public static void CheckPfx(CertificateWithKey material, string path, bool overwrite)
    {
        RequireKey(material);
        RequireMatch(material);
        RequireAbsent([path], overwrite);
    }

    /// <summary>Writes cert.pem, chain.pem, fullchain.pem and privkey.pem to a directory, which is created if needed.</summary>
    /// <returns>The files that were written.</returns>
    /// <exception cref="InvalidInputException"><c>FileExists</c>, <c>InvalidExportPath</c>, <c>KeyMismatch</c>.</exception>
    public static async Task<IReadOnlyList<string>> ToPemAsync(
        CertificateWithKey material, string directory, bool overwrite, CancellationToken ct)
    {
        CheckPem(material, directory, overwrite);
        List<(string Path, string Text)> files =
        [
            (Path.Combine(directory, CertFile), material.Chain.LeafPem()),
            (Path.Combine(directory, ChainFile), material.Chain.IssuersPem()),
            (Path.Combine(directory, FullChainFile), material.Chain.FullPem()),
        ];
        if (material.Key is { } key)
        {
            // First, so that a new certificate never appears without its key.
            files.Insert(0, (Path.Combine(directory, KeyFile), key.ToPem()));
        }

        PrivateDirectory.Create(directory);
        foreach (var (path, text) in files)
        {
            await AtomicFile.WritePrivateAsync(path, Encoding.ASCII.GetBytes(text), ct).ConfigureAwait(false);
        }

        return [.. files.Select(f => f.Path)];
    }

    /// <summary>Writes a PFX archive.</summary>
    /// <exception cref="InvalidInputException">
    /// <c>FileExists</c>; <c>KeyMismatch</c>; <c>NoPrivateKey</c>: the key was never on this rack.
    /// </exception>
    public static async Task ToPfxAsync(CertificateWithKey material, string path, char[] password, bool overwrite, CancellationToken ct)
    {
        CheckPfx(material, path, overwrite);
        PrivateDirectory.Create(Path.GetDirectoryName(path)!);
        var archive = Pfx.Write(material.Chain, RequireKey(material), password);
        await AtomicFile.WritePrivateAsync(path, archive, ct).ConfigureAwait(false);
    }

    private static PrivateKey RequireKey(CertificateWithKey material) => material.Key ?? throw new InvalidInputException(
        ErrorCode.NoPrivateKey,
        "A PFX file needs the private key, but this certificate is from your own signing request, so the rack never had the key.")
    {
        Remedy = "Export it as PEM.",
    };

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

    private static void RequireAbsent(IEnumerable<string> paths, bool overwrite)
    {
        if (!overwrite && paths.FirstOrDefault(File.Exists) is { } existing)
        {
            throw new InvalidInputException(ErrorCode.FileExists, $"The file '{existing}' exists already.", existing)
            {
                Remedy = new Remedy("FileExists.Export"),
            };
        }
    }
}
