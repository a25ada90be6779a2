using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>The module's own Secrets of one kind. Each is changed atomically.</summary>
/// <param name="api">The client of the cluster.</param>
/// <param name="scope">The rack.</param>
/// <param name="kind">The kind of data; the value of the kind label.</param>
internal sealed class OwnSecrets(ClusterApi api, RackScope scope, string kind)
{
    /// <summary>Finds a Secret of this kind.</summary>
    public async Task<JsonObject?> FindAsync(string name, CancellationToken ct) =>
        await api.FindAsync(ApiResource.Secrets, scope.Namespace, name, ct).ConfigureAwait(false) is { } found && IsOfKind(found)
            ? found
            : null;

    /// <summary>Lists the Secrets of this kind by name, optionally only those with another label.</summary>
    public IAsyncEnumerable<JsonObject> ListAsync(CancellationToken ct, string? label = null) =>
        api.ListAsync(
            ApiResource.Secrets,
            scope.Namespace,
            $"{RackScope.KindLabel}={kind}{(label is null ? string.Empty : "," + label)}",
            null,
            ct);

    /// <summary>Reads all Secrets of this kind; damaged ones are reported and skipped.</summary>
    public async IAsyncEnumerable<T> ReadAllAsync<T>(
        Func<JsonObject, T?> read, Action<EngineException>? onDamaged, [EnumeratorCancellation] CancellationToken ct)
        where T : class
    {
        await foreach (var secret in ListAsync(ct).ConfigureAwait(false))
        {
            T? found = null;
            try
            {
                found = read(secret);
            }
            catch (EngineException e)
            {
                onDamaged?.Invoke(e);
            }

            if (found is not null)
            {
                yield return found;
            }
        }
    }

    /// <summary>Changes a Secret atomically, or creates it.</summary>
    /// <param name="name">The Secret's name.</param>
    /// <param name="change">Changes the Secret; returns false to leave it unchanged. Called again after a conflict.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException"><c>SecretTaken</c>: a Secret of that name has other contents.</exception>
    public Task ChangeAsync(string name, Func<JsonObject, bool> change, CancellationToken ct) => api.ChangeAsync(
        ApiResource.Secrets,
        scope.Namespace,
        name,
        current =>
        {
            if (current is not null && !IsOfKind(current))
            {
                throw new EngineException(
                    ErrorCode.SecretTaken,
                    EngineErrorKind.InvalidState,
                    $"Cannot use the Secret '{name}' in the namespace '{scope.Namespace}' because it does not contain this module's "
                        + $"{kind} data.",
                    name)
                {
                    Remedy = "Rename that Secret.",
                };
            }

            // An opaque Secret, so that convox certs does not list it.
            var changed = current ?? SecretObject.New(name, SecretObject.OpaqueType);
            changed.SetLabel(RackScope.KindLabel, kind);
            changed.SetLabel(RackScope.ManagedByLabel, RackScope.ManagedBy);
            return change(changed) ? changed : null;
        },
        null,
        ct);

    /// <summary>Deletes a Secret if it exists.</summary>
    public async Task RemoveAsync(string name, CancellationToken ct)
    {
        if (await FindAsync(name, ct).ConfigureAwait(false) is not null)
        {
            await api.DeleteAsync(ApiResource.Secrets, scope.Namespace, name, null, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Formats a Secret's name and namespace for a message.</summary>
    public string Describe(string name) => $"'{name}' in the namespace '{scope.Namespace}'";

    private bool IsOfKind(JsonObject secret) => secret.Label(RackScope.KindLabel) == kind;
}
