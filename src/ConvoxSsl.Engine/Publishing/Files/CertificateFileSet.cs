namespace ConvoxSsl.Engine.Publishing.Files;

/// <summary>The files that a certificate is written to together.</summary>
/// <param name="Format">The format.</param>
/// <param name="Files">The files. The key comes first, so that a new certificate never appears without its key.</param>
public sealed record CertificateFileSet(CertificateFileFormat Format, IReadOnlyList<CertificateFile> Files)
{
    private static readonly CertificateFileFormat[] Archives = [CertificateFileFormat.Pfx, CertificateFileFormat.LegacyPfx];
    private static readonly CertificateFileFormat[] Certificates = [CertificateFileFormat.CombinedPem, CertificateFileFormat.Der];

    // The formats of files by extension. A path with one of these is never meant as a directory.
    private static readonly Dictionary<string, CertificateFileFormat[]> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        [".pem"] = [CertificateFileFormat.CombinedPem],
        [".pfx"] = Archives,
        [".p12"] = Archives,
        [".jks"] = Archives,
        [".p7b"] = [CertificateFileFormat.Pkcs7],
        [".p7c"] = [CertificateFileFormat.Pkcs7],
        [".der"] = [CertificateFileFormat.Der],
        [".crt"] = Certificates,
        [".cer"] = Certificates,
        [".cert"] = Certificates,
        [".key"] = [CertificateFileFormat.CombinedPem],
    };

    /// <summary>True if the format is one file, which can have any name.</summary>
    public static bool IsSingleFile(CertificateFileFormat format) => format != CertificateFileFormat.Pem;

    /// <summary>Finds the format that a file name stands for; null if it stands for none.</summary>
    public static CertificateFileFormat? FindFormat(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".PFX" or ".P12" => CertificateFileFormat.Pfx,
        ".P7B" or ".P7C" => CertificateFileFormat.Pkcs7,
        ".DER" => CertificateFileFormat.Der,
        _ => null,
    };

    /// <summary>Chooses the format of a path: the requested one, or the one that its name stands for, or PEM files.</summary>
    public static CertificateFileFormat ChooseFormat(string path, CertificateFileFormat? format) =>
        format ?? (Directory.Exists(path) ? null : FindFormat(path)) ?? CertificateFileFormat.Pem;

    /// <summary>Verifies that the name of a file does not stand for another format than the requested one.</summary>
    /// <param name="path">The path, which need not exist.</param>
    /// <param name="format">The requested format.</param>
    /// <exception cref="InvalidInputException"><c>InvalidExportPath</c>.</exception>
    public static void RequireFormat(string path, CertificateFileFormat format)
    {
        var extension = Path.GetExtension(path);
        if (IsDirectory(path)
            || !Extensions.TryGetValue(extension, out var formats)
            || formats.Contains(format)
            || (format == CertificateFileFormat.Pem && formats.Contains(CertificateFileFormat.CombinedPem)))
        {
            return;
        }

        throw new InvalidInputException(
            ErrorCode.InvalidExportPath,
            $"The path '{path}' is not valid because a file that ends in '{extension}' does not have the format {format}.",
            path)
        {
            Remedy = format == CertificateFileFormat.Pem
                ? new Remedy("InvalidExportPath.Directory")
                : new Remedy("InvalidExportPath.Format", Extensions.First(item => item.Value.Contains(format)).Key),
        };
    }

    /// <summary>True if a path is that of a file, and false if it is that of a directory.</summary>
    /// <param name="path">The path, which need not exist.</param>
    /// <param name="format">The format.</param>
    /// <param name="isOne">True for a single certificate, which can be a file with any name.</param>
    /// <exception cref="InvalidInputException"><c>InvalidExportPath</c>: the name is that of a file, but the format has several.
    /// </exception>
    public static bool IsFile(string path, CertificateFileFormat format, bool isOne)
    {
        if (IsDirectory(path))
        {
            return false;
        }

        var isFileName = File.Exists(path) || Extensions.ContainsKey(Path.GetExtension(path));
        if (IsSingleFile(format))
        {
            return isOne || isFileName;
        }

        return !isFileName ? false : throw new InvalidInputException(
            ErrorCode.InvalidExportPath,
            $"The path '{path}' is not valid because it is a file, and PEM files need a directory.",
            path)
        {
            Remedy = new Remedy("InvalidExportPath.File"),
        };
    }

    /// <summary>True if all files exist. A missing key does not matter, because the rack may never have had it.</summary>
    public bool Exists() => Files.Where(file => file.Part != CertificateFilePart.PrivateKey).All(file => File.Exists(file.Path));

    /// <summary>Creates the set of one file.</summary>
    public static CertificateFileSet InFile(CertificateFileFormat format, string path) => new(
        format, [new CertificateFile(GetPart(format), path)]);

    /// <summary>Creates the set of the files in a directory, which have fixed names.</summary>
    public static CertificateFileSet InDirectory(CertificateFileFormat format, string directory) => new(
        format,
        [.. GetNames(format).Select(item => new CertificateFile(item.Part, Path.Combine(directory, item.Name)))]);

    private static bool IsDirectory(string path) => Directory.Exists(path) || Path.EndsInDirectorySeparator(path);

    /// <summary>Returns the contents of the only file of a format.</summary>
    internal static CertificateFilePart GetPart(CertificateFileFormat format) => format switch
    {
        CertificateFileFormat.Pkcs7 => CertificateFilePart.FullChain,
        CertificateFileFormat.Der => CertificateFilePart.Certificate,
        _ => CertificateFilePart.All,
    };

    private static (CertificateFilePart Part, string Name)[] GetNames(CertificateFileFormat format) => format switch
    {
        CertificateFileFormat.Pem =>
        [
            (CertificateFilePart.PrivateKey, "privkey.pem"),
            (CertificateFilePart.Certificate, "cert.pem"),
            (CertificateFilePart.Chain, "chain.pem"),
            (CertificateFilePart.FullChain, "fullchain.pem"),
        ],
        CertificateFileFormat.CombinedPem => [(CertificateFilePart.All, "combined.pem")],
        CertificateFileFormat.Pfx or CertificateFileFormat.LegacyPfx => [(CertificateFilePart.All, "fullchain.pfx")],
        CertificateFileFormat.Pkcs7 => [(CertificateFilePart.FullChain, "fullchain.p7b")],
        CertificateFileFormat.Der => [(CertificateFilePart.PrivateKey, "privkey.der"), (CertificateFilePart.Certificate, "cert.der")],
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
    };
}
