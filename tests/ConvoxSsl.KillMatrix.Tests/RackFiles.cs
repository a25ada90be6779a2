using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>Checks the files of a rack without the engine.</summary>
internal static class RackFiles
{
    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;

    /// <summary>Asserts that every file is complete and private, and that the live certificate matches its key.</summary>
    public static void AssertWhole(MatrixCase matrixCase)
    {
        var rack = matrixCase.Rack.Location;
        foreach (var entry in Directory.Exists(rack) ? Directory.GetFileSystemEntries(rack, "*", SearchOption.AllDirectories) : [])
        {
            var info = new FileInfo(entry);
            if (info.LinkTarget is not null)
            {
                continue;
            }

            Assert.True((info.UnixFileMode & Others) == 0, $"{entry} is {info.UnixFileMode}");
            if (info.Exists && !IsUnfinished(entry))
            {
                AssertParses(entry);
            }
        }

        var live = Path.Combine(rack, "certificates", matrixCase.Id, "live");
        if (File.Exists(Path.Combine(rack, "certificates", matrixCase.Id, "certificate.json")))
        {
            // Throws if the key does not match the certificate.
            using var certificate = X509Certificate2.CreateFromPemFile(
                Path.Combine(live, "fullchain.pem"), Path.Combine(live, "privkey.pem"));
            Assert.True(certificate.HasPrivateKey);
            using var archived = X509CertificateLoader.LoadPkcs12FromFile(Path.Combine(live, "fullchain.pfx"), null);
            Assert.Equal((certificate.SerialNumber, true), (archived.SerialNumber, archived.HasPrivateKey));
        }
        else
        {
            Assert.False(matrixCase.IsRenewal, "The certificate is gone.");
        }
    }

    /// <summary>Asserts that only the files of the certificate are left.</summary>
    public static void AssertNothingIsLeft(MatrixCase matrixCase, CertificateEntry entry)
    {
        var rack = matrixCase.Rack.Location;
        Assert.DoesNotContain(Directory.GetFileSystemEntries(rack, "*", SearchOption.AllDirectories), IsUnfinished);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(rack, "orders")));
        Assert.Equal(
            entry.Versions.Select(v => $"{v.Number}").Order(),
            Directory.GetDirectories(
                Path.Combine(rack, "certificates", matrixCase.Id, "versions")).Select(d => Path.GetFileName(d)).Order());
    }

    private static bool IsUnfinished(string path) =>
        path.Contains(".unfinished", StringComparison.Ordinal) || path.Contains(".removed-", StringComparison.Ordinal);

    private static void AssertParses(string file)
    {
        if (file.EndsWith(".json", StringComparison.Ordinal))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        }
        else if (file.EndsWith(".pem", StringComparison.Ordinal))
        {
            var text = File.ReadAllText(file);
            Assert.True(
                PemEncoding.TryFind(text, out _) && text.TrimEnd().EndsWith("-----", StringComparison.Ordinal),
                $"{file} is half written: {text.Length} characters");
        }
    }
}
