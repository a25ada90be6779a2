using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>
/// The contents of secrets/&lt;name&gt;.json: one credential. On Windows it is encrypted for the current user (DPAPI); elsewhere
/// the file's mode protects it.
/// </summary>
internal sealed record SecretFile
{
    /// <summary>The credential in plain text.</summary>
    public string? Value { get; init; }

    /// <summary>The credential encrypted by DPAPI, in base64.</summary>
    public string? Sealed { get; init; }

    /// <summary>Writes or replaces the file atomically.</summary>
    public static async Task WriteAsync(string file, string secret, CancellationToken ct)
    {
        var contents = OperatingSystem.IsWindows()
            ? new SecretFile
            {
                Sealed = Convert.ToBase64String(
                    ProtectedData.Protect(Encoding.UTF8.GetBytes(secret), null, DataProtectionScope.CurrentUser)),
            }
            : new SecretFile { Value = secret };
        var json = JsonSerializer.SerializeToUtf8Bytes(contents, LocalRackJson.Default.SecretFile);
        try
        {
            await AtomicFile.WritePrivateAsync(file, json, ct).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(json);
        }
    }

    /// <summary>Reads the credential; null if the file does not exist.</summary>
    /// <param name="file">The file's path.</param>
    /// <param name="remedy">The key of the remedy for a damaged file.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException"><c>SecretDamaged</c>.</exception>
    public static async Task<string?> TryReadAsync(string file, string remedy, CancellationToken ct)
    {
        if (await AtomicFile.TryReadAsync(file, ct).ConfigureAwait(false) is not { } json)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(json, LocalRackJson.Default.SecretFile) switch
            {
                { Value: { Length: > 0 } value } => value,
                { Sealed: { } text } when OperatingSystem.IsWindows() =>
                    Encoding.UTF8.GetString(ProtectedData.Unprotect(Convert.FromBase64String(text), null, DataProtectionScope.CurrentUser)),
                _ => throw Damaged(file, remedy, null),
            };
        }
        catch (Exception e) when (e is JsonException or FormatException or CryptographicException)
        {
            // Omit the cause: the parser's message may quote the file.
            throw Damaged(file, remedy, null);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(json);
        }
    }

    /// <summary>Creates the error for a damaged credential.</summary>
    public static EngineException Damaged(string file, string remedy, Exception? cause) => new(
        ErrorCode.SecretDamaged,
        EngineErrorKind.InvalidData,
        $"The credential in '{file}' cannot be read because it is damaged, or was stored by another user or on another machine.",
        file,
        cause)
    {
        Remedy = new Remedy(remedy),
    };
}
