using System.Security;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Scripts;

namespace ConvoxSsl.Cmdlets;

/// <summary>The files of a certificate to import, as the user gave their paths.</summary>
/// <param name="Path">The certificate: a PEM file, with or without chain and key, or a PFX file.</param>
/// <param name="KeyPath">The private key, or null.</param>
/// <param name="ChainPath">The intermediate certificates, or null.</param>
/// <param name="Password">The password of the PFX file or of the key, or null.</param>
/// <param name="Resolve">Resolves a path of PowerShell.</param>
internal sealed record CertificateFiles(
    string Path, string? KeyPath, string? ChainPath, SecureString? Password, Func<string, string> Resolve)
{
    /// <summary>Reads the certificate with its chain and key.</summary>
    /// <exception cref="InvalidInputException">A file cannot be found or used.</exception>
    public CertificateWithKey Read()
    {
        var bytes = InputFile.Read(Path, Resolve);
        var password = Password is null ? null : Secret.ToCharArray(Password);
        try
        {
            return IsPfx(bytes) ? ReadPfx(bytes, password ?? []) : ReadPem(PemFile.Decode(bytes, Path), password);
        }
        finally
        {
            Array.Clear(password ?? []);
        }
    }

    private CertificateWithKey ReadPem(string text, char[]? password)
    {
        var key = ReadKey(text, password);
        if (ChainPath is null)
        {
            return new CertificateWithKey(CertificateChain.FromPem(text, key, Path), key);
        }

        // The chain of a self-signed certificate is an empty file.
        var chain = InputFile.ReadPem(ChainPath, Resolve);
        if (!string.IsNullOrWhiteSpace(chain))
        {
            CertificateChain.FromPem(chain, null, ChainPath).Dispose();
        }

        return new CertificateWithKey(CertificateChain.FromPem($"{text}\n{chain}", key, Path), key);
    }

    private PrivateKey ReadKey(string text, char[]? password)
    {
        if (KeyPath is null)
        {
            if (HasKey(text))
            {
                return PrivateKey.FromPem(text, password, Path);
            }

            // A file without a certificate is the wrong file, which a private key would not change.
            CertificateChain.FromPem(text, null, Path).Dispose();
            throw new InvalidInputException(ErrorCode.PrivateKeyNeeded, $"'{Path}' does not contain a private key.", Path);
        }

        var other = InputFile.ReadPem(KeyPath, Resolve);
        return HasKey(text) && !HasCertificate(text) && HasCertificate(other) && !HasKey(other)
            ? throw new InvalidInputException(
                ErrorCode.InvalidPrivateKey, $"'{KeyPath}' contains no private key, only a certificate.", KeyPath)
            {
                Remedy = new Remedy("InvalidPrivateKey.Swapped", Path),
            }
            : PrivateKey.FromPem(other, password, KeyPath);
    }

    private CertificateWithKey ReadPfx(byte[] bytes, char[] password)
    {
        if (KeyPath is not null || ChainPath is not null)
        {
            throw new InvalidInputException(ErrorCode.InvalidParameters, $"'{Path}' is a PFX file, which contains its key and chain.", Path)
            {
                Remedy = new Remedy("InvalidParameters.PfxKeyPath"),
            };
        }

        var (chain, key) = Pfx.Read(bytes, password, Path);
        return new CertificateWithKey(chain, key);
    }

    // A corrupt file is what its name says, unless it is text that was given the wrong name.
    private bool IsPfx(byte[] bytes) => PemFile.IsPfx(bytes)
        || (System.IO.Path.GetExtension(Path).ToLowerInvariant() is ".pfx" or ".p12" && !InputFile.IsPem(PemFile.Decode(bytes, Path)));

    private static bool HasKey(string text) => text.Contains("PRIVATE KEY-----", StringComparison.Ordinal);

    private static bool HasCertificate(string text) => text.Contains("CERTIFICATE-----", StringComparison.Ordinal);
}
