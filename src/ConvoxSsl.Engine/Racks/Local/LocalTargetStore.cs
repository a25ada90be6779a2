using System.Text;
using System.Text.Json;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>Stores targets in targets.json, and changes them under a lock.</summary>
internal sealed class LocalTargetStore(RackDirectory rack, Func<CancellationToken, Task<IAsyncDisposable>> lockAsync) : ITargetStore
{
    private readonly string _file = Path.Combine(rack.Location, "targets.json");

    public async Task<IReadOnlyList<CertificateTarget>> ListAsync(CancellationToken ct) =>
        await ReadAsync(ct).ConfigureAwait(false) is { } json ? Parse(json) : [];

    public async Task UpdateAsync(
        Func<IReadOnlyList<CertificateTarget>, IReadOnlyList<CertificateTarget>> change, CancellationToken ct)
    {
        await using var held = await lockAsync(ct).ConfigureAwait(false);
        var json = await ReadAsync(ct).ConfigureAwait(false);
        IReadOnlyList<CertificateTarget> before = json is null ? [] : Parse(json);
        var after = change(before);
        if (!ReferenceEquals(before, after))
        {
            AtomicFile.RemoveUnfinished(_file);
            var text = TargetDocument.Write(json, after);
            await AtomicFile.WritePrivateAsync(_file, Encoding.UTF8.GetBytes(text), ct).ConfigureAwait(false);
        }
    }

    private async Task<string?> ReadAsync(CancellationToken ct)
    {
        await rack.RequireReadableAsync(ct).ConfigureAwait(false);
        return await AtomicFile.TryReadAsync(_file, ct).ConfigureAwait(false) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
    }

    private IReadOnlyList<CertificateTarget> Parse(string json)
    {
        try
        {
            return TargetDocument.Read(json);
        }
        catch (JsonException e)
        {
            // The parser's message may quote the file, which may contain a command.
            throw new EngineException(
                ErrorCode.TargetsDamaged,
                EngineErrorKind.InvalidData,
                $"The file '{_file}' is damaged at line {e.LineNumber + 1}.",
                _file)
            {
                Remedy = "Restore it from a backup, or delete it and add the targets again.",
            };
        }
    }
}
