using System.Text.Json;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Locks;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>Stores the webhook and its signing secret in one Secret.</summary>
internal sealed class KubernetesWebhookStore(ClusterApi api, RackScope scope, LeaseLocks locks) : IWebhookStore
{
    private const string SecretName = RackScope.Prefix + "webhook";
    private const string WebhookKey = "webhook.json";
    private const string SecretKey = "secret";

    private readonly OwnSecrets _secrets = new(api, scope, "webhook");

    public async Task<WebhookRecord?> FindAsync(CancellationToken ct)
    {
        if (await _secrets.FindAsync(SecretName, ct).ConfigureAwait(false) is not { } secret || !secret.HasData(WebhookKey))
        {
            return null;
        }

        try
        {
            var json = secret.DataText(WebhookKey) ?? string.Empty;
            return JsonSerializer.Deserialize(json, KubernetesRackJson.Default.WebhookRecord) is
                { Url.IsAbsoluteUri: true, Events: not null } webhook
                ? webhook
                : throw Damaged();
        }
        catch (JsonException)
        {
            // Omit the cause: the parser's message may quote the URL.
            throw Damaged();
        }
    }

    public Task SaveAsync(WebhookRecord webhook, WebhookSecret? secret, CancellationToken ct)
    {
        locks.RequireHeld();
        return _secrets.ChangeAsync(
            SecretName,
            changed =>
            {
                changed.SetDataText(WebhookKey, JsonSerializer.Serialize(webhook, KubernetesRackJson.Default.WebhookRecord));
                if (secret is not null)
                {
                    changed.SetDataText(SecretKey, secret.Value);
                }

                return true;
            },
            ct);
    }

    public async Task<WebhookSecret?> ReadSecretAsync(CancellationToken ct)
    {
        if (await _secrets.FindAsync(SecretName, ct).ConfigureAwait(false) is not { } secret || !secret.HasData(SecretKey))
        {
            return null;
        }

        try
        {
            return WebhookSecret.Parse(secret.DataText(SecretKey) ?? string.Empty);
        }
        catch (InvalidInputException)
        {
            throw new EngineException(
                ErrorCode.SecretDamaged,
                EngineErrorKind.InvalidData,
                $"The webhook's secret in the Secret {_secrets.Describe(SecretName)} cannot be read.",
                SecretName)
            {
                Remedy = new Remedy("SecretDamaged.Webhook"),
            };
        }
    }

    public Task RemoveAsync(CancellationToken ct)
    {
        locks.RequireHeld();
        return _secrets.RemoveAsync(SecretName, ct);
    }

    private EngineException Damaged() => new(
        ErrorCode.WebhookDamaged,
        EngineErrorKind.InvalidData,
        $"The webhook in the Secret {_secrets.Describe(SecretName)} is damaged: its {WebhookKey} cannot be read.",
        SecretName);
}
