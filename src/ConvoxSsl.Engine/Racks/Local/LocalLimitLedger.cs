using System.Text.Json;
using ConvoxSsl.Engine.Files;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>limits.json, written under a lock; a damaged one is kept as limits.json.damaged.</summary>
internal sealed class LocalLimitLedger(string root, Func<CancellationToken, Task<IAsyncDisposable>> lockAsync) : ILimitLedger
{
    private const string DamagedCode = "LimitsDamaged";

    private readonly string _file = Path.Combine(root, "limits.json");

    public async Task<LimitRecords> ReadAsync(CancellationToken ct)
    {
        await RackFormat.RequireReadableAsync(root, ct).ConfigureAwait(false);
        if (await PrivateFile.TryReadAsync(_file, ct).ConfigureAwait(false) is not { } json)
        {
            return new LimitRecords();
        }

        try
        {
            return JsonSerializer.Deserialize(json, LocalRackJson.Default.LimitRecords) is { } records && IsWhole(records) ? records : throw Damaged(null);
        }
        catch (JsonException e)
        {
            throw Damaged(e);
        }
    }

    public async Task UpdateAsync(Func<LimitRecords, LimitRecords> change, Action<EngineException>? onDamaged, CancellationToken ct)
    {
        await using var held = await lockAsync(ct).ConfigureAwait(false);
        LimitRecords records;
        try
        {
            records = await ReadAsync(ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code == DamagedCode)
        {
            File.Move(_file, _file + ".damaged", overwrite: true);
            onDamaged?.Invoke(e);
            records = new LimitRecords();
        }

        RemoveUnfinished();
        await PrivateFile.ReplaceAsync(_file, JsonSerializer.SerializeToUtf8Bytes(change(records), LocalRackJson.Default.LimitRecords), ct).ConfigureAwait(false);
    }

    private void RemoveUnfinished()
    {
        foreach (var unfinished in Directory.GetFiles(root, $"{Path.GetFileName(_file)}.*{PrivateFile.UnfinishedSuffix}"))
        {
            File.Delete(unfinished);
        }
    }

    // JSON may hold null where the types allow none.
    private static bool IsWhole(LimitRecords records) =>
        records is { Uses: not null, Refusals: not null }
        && records.Uses.All(u => u is { DirectoryUrl: not null, Subject: not null })
        && records.Refusals.All(r => r is { DirectoryUrl: not null, Subject: not null });

    private EngineException Damaged(Exception? cause) => new(
        DamagedCode,
        EngineErrorKind.InvalidData,
        $"The file '{_file}', which records what was ordered and refused, is damaged{(cause is null ? string.Empty : $": {cause.Message}")}. Remove it: only the count of recent orders is lost.",
        _file,
        cause);
}
