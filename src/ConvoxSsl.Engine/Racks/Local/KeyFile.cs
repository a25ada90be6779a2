using System.Security.Cryptography;
using System.Text;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>A private key in a PEM file of its own.</summary>
internal static class KeyFile
{
    /// <summary>The key, or null where there is no such file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="damaged">Makes the error for a file that holds no key.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<PrivateKey?> TryReadAsync(string file, Func<string, Exception, EngineException> damaged, CancellationToken ct)
    {
        if (await AtomicFile.TryReadAsync(file, ct).ConfigureAwait(false) is not { } pem)
        {
            return null;
        }

        try
        {
            return PrivateKey.FromPem(Encoding.ASCII.GetString(pem));
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

    /// <summary>Writes or replaces the file, in one step.</summary>
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
