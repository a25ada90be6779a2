using ConvoxSsl.Engine.Publishing.Files;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Publishing.Targets;

/// <summary>The files of a certificate for a script. On a rack without files they are temporary, until they are disposed.</summary>
internal sealed class ScriptFiles : IDisposable
{
    private readonly bool _isTemporary;

    private ScriptFiles(string directory, bool isTemporary) => (Directory, _isTemporary) = (directory, isTemporary);

    /// <summary>The directory with cert.pem, chain.pem, fullchain.pem and privkey.pem.</summary>
    public string Directory { get; }

    /// <summary>Finds the files of a certificate's live version, or writes them where only the current user can read them.</summary>
    public static async Task<ScriptFiles> CreateAsync(ICertificateStore store, CertificateEntry certificate, CancellationToken ct)
    {
        if (certificate.Path is { } path)
        {
            return new ScriptFiles(path, isTemporary: false);
        }

        var files = new ScriptFiles(Path.Combine(Path.GetTempPath(), $"convoxssl-{Guid.NewGuid():N}"), isTemporary: true);
        try
        {
            PrivateDirectory.Create(files.Directory);
            using var material = await store.ReadAsync(certificate.Record.Id, certificate.LiveVersion, ct).ConfigureAwait(false);
            var set = CertificateFileSet.InDirectory(CertificateFileFormat.Pem, files.Directory);
            await CertificateFileWriter.WriteAsync(material, set, new CertificateFileOptions(), default, ct).ConfigureAwait(false);
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isTemporary)
        {
            PrivateDirectory.Remove(Directory);
        }
    }
}
