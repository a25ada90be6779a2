using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>
/// secrets/&lt;name&gt;.json: one credential. On Windows it is sealed for the current user (DPAPI); elsewhere the file's
/// mode protects it.
/// </summary>
internal sealed record SecretFile
{
    /// <summary>The credential as it is.</summary>
    public string? Value { get; init; }

    /// <summary>The credential sealed by DPAPI, in base64.</summary>
    public string? Sealed { get; init; }

    /// <summary>Writes or replaces the file, in one step.</summary>
    public static async Task WriteAsync(string file, string secret, CancellationToken ct)
    {
        var contents = OperatingSystem.IsWindows()
            ? new SecretFile { Sealed = Convert.ToBase64String(ProtectedData.Protect(Encoding.UTF8.GetBytes(secret), null, DataProtectionScope.CurrentUser)) }
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

    /// <summary>The credential, or null where there is no such file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="remedy">The cmdlet that stores the credential again.</param>
    /// <param name="ct">Stops it.</param>
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
            // Without the cause: the parser's words may quote the file.
            throw Damaged(file, remedy, null);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(json);
        }
    }

    /// <summary>The error of a credential that can't be read.</summary>
    public static EngineException Damaged(string file, string remedy, Exception? cause) => new(
        ErrorCode.SecretDamaged,
        EngineErrorKind.InvalidData,
        $"The credential in '{file}' can't be read: it is damaged, or was stored by another user or on another machine. Give it again with {remedy}.",
        file,
        cause);
}
