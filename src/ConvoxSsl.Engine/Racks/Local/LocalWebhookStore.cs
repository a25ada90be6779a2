using System.Text.Json;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>Stores the webhook in webhook.json, and its signing secret in secrets/webhook.json.</summary>
internal sealed class LocalWebhookStore(RackDirectory rack) : IWebhookStore
{
    private readonly string _file = Path.Combine(rack.Location, "webhook.json");
    private readonly string _secret = Path.Combine(rack.Location, "secrets", "webhook.json");

    public async Task<WebhookRecord?> FindAsync(CancellationToken ct)
    {
        await rack.RequireReadableAsync(ct).ConfigureAwait(false);
        if (await AtomicFile.TryReadAsync(_file, ct).ConfigureAwait(false) is not { } json)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(json, LocalRackJson.Default.WebhookRecord) is
            {
                Url.IsAbsoluteUri: true,
                Events: not null,
            } webhook
                ? webhook
                : throw Damaged(null);
        }
        catch (JsonException e)
        {
            throw Damaged(e);
        }
    }

    public async Task SaveAsync(WebhookRecord webhook, WebhookSecret? secret, CancellationToken ct)
    {
        if (secret is not null)
        {
            PrivateDirectory.Create(Path.GetDirectoryName(_secret)!);
            AtomicFile.RemoveUnfinished(_secret);
            await SecretFile.WriteAsync(_secret, secret.Value, ct).ConfigureAwait(false);
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(webhook, LocalRackJson.Default.WebhookRecord);
        AtomicFile.RemoveUnfinished(_file);
        await AtomicFile.WritePrivateAsync(_file, json, ct).ConfigureAwait(false);
    }

    public async Task<WebhookSecret?> ReadSecretAsync(CancellationToken ct)
    {
        if (await SecretFile.TryReadAsync(_secret, "SecretDamaged.Webhook", ct).ConfigureAwait(false) is not { } value)
        {
            return null;
        }

        try
        {
            return WebhookSecret.Parse(value);
        }
        catch (InvalidInputException e)
        {
            throw SecretFile.Damaged(_secret, "SecretDamaged.Webhook", e);
        }
    }

    public Task RemoveAsync(CancellationToken ct)
    {
        AtomicFile.RemoveUnfinished(_secret);
        AtomicFile.Remove(_file);
        AtomicFile.Remove(_secret);
        return Task.CompletedTask;
    }

    // The parser's message may quote the file, which contains the URL.
    private EngineException Damaged(JsonException? cause) => new(
        ErrorCode.WebhookDamaged,
        EngineErrorKind.InvalidData,
        $"The file '{_file}' is damaged{(cause is null ? string.Empty : $" at line {cause.LineNumber + 1}")}.",
        _file);
}
