using System.Security.Cryptography;
using System.Text;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>A private key in a PEM file.</summary>
internal static class KeyFile
{
    /// <summary>Reads the key; null if the file does not exist.</summary>
    /// <param name="file">The file's path.</param>
    /// <param name="damaged">Creates the error for a file that contains no key.</param>
    /// <param name="ct">The cancellation token.</param>
    public static async Task<PrivateKey?> TryReadAsync(string file, Func<string, Exception, EngineException> damaged, CancellationToken ct)
    {
        if (await AtomicFile.TryReadAsync(file, ct).ConfigureAwait(false) is not { } pem)
        {
            return null;
        }

        try
        {
            return PrivateKey.FromPem(Encoding.UTF8.GetString(pem));
        }
        catch (InvalidInputException e)
        {
            throw damaged(file, e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
        }
    }

    /// <summary>Writes or replaces the file atomically.</summary>
    public static async Task WriteAsync(string file, PrivateKey key, CancellationToken ct)
    {
        var pem = Encoding.ASCII.GetBytes(key.ToPem());
        try
        {
            await AtomicFile.WritePrivateAsync(file, pem, ct).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
        }
    }
}
