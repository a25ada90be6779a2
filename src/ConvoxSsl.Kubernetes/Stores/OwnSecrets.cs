using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>The module's own Secrets of one kind: each is one unit, and changed in one step.</summary>
/// <param name="api">The API server.</param>
/// <param name="scope">The rack.</param>
/// <param name="kind">What they hold; the value of their kind label.</param>
internal sealed class OwnSecrets(ClusterApi api, RackScope scope, string kind)
{
    /// <summary>A Secret, or null.</summary>
    public async Task<JsonObject?> FindAsync(string name, CancellationToken ct) =>
        await api.FindAsync(ApiResource.Secrets, scope.Namespace, name, ct).ConfigureAwait(false) is { } found && IsOfKind(found) ? found : null;

    /// <summary>All of them, by name, or those that carry a label too.</summary>
    public IAsyncEnumerable<JsonObject> ListAsync(CancellationToken ct, string? label = null) =>
        api.ListAsync(ApiResource.Secrets, scope.Namespace, $"{RackScope.KindLabel}={kind}{(label is null ? string.Empty : "," + label)}", null, ct);

    /// <summary>What they hold, by name; what can't be read is told of and left out.</summary>
    public async IAsyncEnumerable<T> ReadAllAsync<T>(Func<JsonObject, T?> read, Action<EngineException>? onDamaged, [EnumeratorCancellation] CancellationToken ct)
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

    /// <summary>Changes a Secret in one step, and makes it where there is none.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="change">Changes it; false leaves it as it is. Called again when another process was faster.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException"><c>SecretTaken</c>: there is one of that name with another content.</exception>
    public Task ChangeAsync(string name, Func<JsonObject, bool> change, CancellationToken ct) => api.ChangeAsync(
        ApiResource.Secrets,
        scope.Namespace,
        name,
        current =>
        {
            if (current is not null && !IsOfKind(current))
            {
                throw new EngineException(
                    ErrorCode.SecretTaken, EngineErrorKind.InvalidState, $"The Secret '{name}' in the namespace '{scope.Namespace}' was not made by this module for its data ({kind}), and is left alone. Rename it.", name);
            }

            // No type of its own, so that convox certs does not list it.
            var changed = current ?? SecretObject.New(name, SecretObject.OpaqueType);
            changed.SetLabel(RackScope.KindLabel, kind);
            changed.SetLabel(RackScope.ManagedByLabel, RackScope.ManagedBy);
            return change(changed) ? changed : null;
        },
        null,
        ct);

    /// <summary>Removes a Secret; one that is gone already is no error.</summary>
    public async Task RemoveAsync(string name, CancellationToken ct)
    {
        if (await FindAsync(name, ct).ConfigureAwait(false) is not null)
        {
            await api.DeleteAsync(ApiResource.Secrets, scope.Namespace, name, null, ct).ConfigureAwait(false);
        }
    }

    /// <summary>The name of a Secret, with its namespace, as messages give it.</summary>
    public string Describe(string name) => $"'{name}' in the namespace '{scope.Namespace}'";

    private bool IsOfKind(JsonObject secret) => secret.Label(RackScope.KindLabel) == kind;
}
