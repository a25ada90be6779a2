using System.Security;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Scripts;

namespace ConvoxSsl.Cmdlets;

/// <summary>Reads files that the user named.</summary>
internal static class InputFile
{
    /// <summary>True if a value is PEM text instead of a path.</summary>
    public static bool IsPem(string value) => value.Contains("-----BEGIN", StringComparison.Ordinal);

    /// <summary>Reads a file with a certificate, a key or a signing request as PEM text.</summary>
    /// <param name="path">The path as the user gave it.</param>
    /// <param name="resolve">Resolves a path of PowerShell.</param>
    /// <exception cref="InvalidInputException"><c>FileNotFound</c>, <c>InvalidPem</c>.</exception>
    public static string ReadPem(string path, Func<string, string> resolve) => PemFile.Decode(Read(path, resolve), path);

    /// <summary>Reads the root certificates of a private CA as PEM text.</summary>
    /// <param name="path">The path as the user gave it.</param>
    /// <param name="resolve">Resolves a path of PowerShell.</param>
    /// <exception cref="InvalidInputException"><c>FileNotFound</c>, <c>InvalidPem</c>, <c>InvalidCaCertificate</c>.</exception>
    public static string ReadRoots(string path, Func<string, string> resolve)
    {
        var text = ReadPem(path, resolve);
        foreach (var root in RootCertificates.Parse(text, path))
        {
            root.Dispose();
        }

        return text;
    }

    /// <summary>Reads the private key in a file; null if no file is named.</summary>
    /// <param name="path">The path as the user gave it.</param>
    /// <param name="password">The password of an encrypted key; null if none was given.</param>
    /// <param name="resolve">Resolves a path of PowerShell.</param>
    /// <exception cref="InvalidInputException">
    /// <c>FileNotFound</c>, <c>InvalidPem</c>, <c>InvalidPrivateKey</c>; <c>InvalidParameters</c>: only the password was given.
    /// </exception>
    public static PrivateKey? ReadKey(string? path, SecureString? password, Func<string, string> resolve)
    {
        if (path is null)
        {
            return password is null ? null : throw new InvalidInputException(
                ErrorCode.InvalidParameters, "The password of a private key was given without the key.")
            {
                Remedy = new Remedy("InvalidParameters.KeyPassword"),
            };
        }

        var secret = password is null ? null : Secret.ToCharArray(password);
        try
        {
            return PrivateKey.FromPem(ReadPem(path, resolve), secret, path);
        }
        finally
        {
            Array.Clear(secret ?? []);
        }
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The path as the user gave it.</param>
    /// <param name="resolve">Resolves a path of PowerShell.</param>
    /// <exception cref="InvalidInputException"><c>FileNotFound</c>.</exception>
    public static byte[] Read(string path, Func<string, string> resolve)
    {
        if (IsPem(path))
        {
            throw new InvalidInputException(ErrorCode.FileNotFound, "A path is required, but the value is PEM text.")
            {
                Remedy = new Remedy("FileNotFound.PemText"),
            };
        }

        var file = resolve(path);
        return File.Exists(file)
            ? File.ReadAllBytes(file)
            : throw new InvalidInputException(ErrorCode.FileNotFound, $"Cannot find the file '{file}'.", path);
    }
}
