using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Locks;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>
/// Writes the Secrets of certificates in the rack's namespace: each change is one update of one Secret, which fails if another
/// program has replaced the certificate meanwhile.
/// </summary>
internal sealed class CertificateSecretWriter(ClusterApi api, RackScope scope, LeaseLocks locks, VersionSecrets versions)
{
    /// <summary>Finds a certificate of the rack; null if it does not exist.</summary>
    /// <exception cref="EngineException"><c>CertificateDamaged</c>.</exception>
    public async Task<CertificateSecret?> FindAsync(string name, CancellationToken ct) =>
        await api.FindAsync(ApiResource.Secrets, scope.Namespace, name, ct).ConfigureAwait(false) is { } secret
            ? CertificateSecret.Read(secret, new CertificateSecretId(name, null))
            : null;

    /// <summary>Records the live version without changing the Secret's data.</summary>
    public async Task<CertificateEntry> RecordAsync(
        string id,
        CertificateSecret existing,
        CertificateRecord certificate,
        CertificateVersion live,
        int keepVersions,
        CancellationToken ct)
    {
        locks.RequireHeld();
        await KeepLiveAsync(id, existing, ct).ConfigureAwait(false);
        var kept = SelectKept([.. existing.Entry.With(live).Versions], live.Number, keepVersions);
        var recorded = await ChangeAsync(
            id,
            current =>
            {
                RequireSame(id, current, existing);
                current.Secret.SetLabel(RackScope.RackLabel, scope.Name);
                CertificateSecret.Annotate(current.Secret, certificate, kept, live.Number);
            },
            ct).ConfigureAwait(false);
        await DropAsync(id, existing.Entry.Versions.ExceptBy(kept.Select(v => v.Number), v => v.Number)).ConfigureAwait(false);
        return recorded;
    }

    /// <summary>Replaces the live version's chain, key and metadata in one change.</summary>
    public async Task<CertificateEntry> SwitchAsync(
        string id,
        CertificateSecret? existing,
        CertificateRecord record,
        List<CertificateVersion> all,
        int number,
        int keepVersions,
        string chain,
        string key,
        CancellationToken ct)
    {
        var kept = SelectKept(all, number, keepVersions);
        var thumbprint = kept.First(v => v.Number == number).Thumbprint;
        locks.RequireHeld();
        var switched = await api.ChangeAsync(
            ApiResource.Secrets,
            scope.Namespace,
            id,
            current =>
            {
                var now = current is null ? null : CertificateSecret.Read(current, new CertificateSecretId(id, null));
                if (now is { IsRecorded: true } && now.Entry.LiveVersion == number && now.Entry.Live.Thumbprint == thumbprint)
                {
                    // An earlier attempt succeeded, but its response was lost.
                    return null;
                }

                RequireSame(id, now, existing);
                var changed = RequireTls(id, current) ?? SecretObject.New(id, SecretObject.TlsType);
                Mark(changed, record);
                changed.SetDataText(SecretObject.CertificateKey, chain);
                changed.SetDataText(SecretObject.PrivateKeyKey, key);
                CertificateSecret.Annotate(changed, record, kept, number);
                return changed;
            },
            null,
            ct).ConfigureAwait(false);
        await DropAsync(id, all.Except(kept)).ConfigureAwait(false);
        return CertificateSecret.Read(switched!, new CertificateSecretId(id, null))!.Entry;
    }

    /// <summary>Changes an existing certificate's Secret.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>.</exception>
    public async Task<CertificateEntry> ChangeAsync(string id, Action<CertificateSecret> change, CancellationToken ct)
    {
        locks.RequireHeld();
        var parsed = new CertificateSecretId(id, null);
        var changed = await api.ChangeAsync(
            ApiResource.Secrets,
            scope.Namespace,
            id,
            current =>
            {
                var now = current is null ? null : CertificateSecret.Read(current, parsed);
                change(now ?? throw NotFound(id));
                return now.Secret;
            },
            null,
            ct).ConfigureAwait(false);
        return CertificateSecret.Read(changed!, parsed)!.Entry;
    }

    /// <summary>Removes unrecorded versions, and makes sure that the live version can be restored.</summary>
    public async Task KeepLiveAsync(string id, CertificateSecret? existing, CancellationToken ct)
    {
        var numbers = await RemoveUnknownAsync(id, existing, ct).ConfigureAwait(false);
        if (existing is not null && (!existing.IsRecorded || !numbers.Contains(existing.Entry.LiveVersion)))
        {
            locks.RequireHeld();
            await versions.WriteAsync(existing, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Removes unrecorded versions, and lists the stored ones.</summary>
    public async Task<IReadOnlyList<int>> RemoveUnknownAsync(string id, CertificateSecret? existing, CancellationToken ct)
    {
        var numbers = await versions.ListAsync(id, ct).ConfigureAwait(false);
        var unknown = numbers.Where(n => existing is null || existing.Entry.Versions.All(v => v.Number != n)).ToList();
        if (unknown.Count > 0)
        {
            locks.RequireHeld();
            await versions.RemoveAsync(id, unknown, ct).ConfigureAwait(false);
        }

        return numbers;
    }

    /// <summary>Removes versions that are no longer recorded. If that fails, the next writer removes them.</summary>
    private async Task DropAsync(string id, IEnumerable<CertificateVersion> dropped)
    {
        try
        {
            await versions.RemoveAsync(id, dropped.Select(v => v.Number), CancellationToken.None).ConfigureAwait(false);
        }
        catch (EngineException)
        {
        }
    }

    /// <summary>Selects the newest versions and the live one.</summary>
    private static List<CertificateVersion> SelectKept(List<CertificateVersion> all, int live, int keepVersions)
    {
        var newest = all.TakeLast(keepVersions).ToList();
        return newest.Any(v => v.Number == live) ? newest : [.. all.Where(v => v.Number == live), .. newest.Skip(1)];
    }

    private void Mark(JsonObject secret, CertificateRecord record)
    {
        secret.SetLabel(RackScope.SystemLabel, RackScope.Convox);
        secret.SetLabel(RackScope.RackLabel, scope.Name);
        var type = record.Generated ? SecretCertificateParser.IssuedType : SecretCertificateParser.GivenType;
        secret.SetLabel(SecretCertificateParser.TypeLabel, type);
    }

    private JsonObject? RequireTls(string id, JsonObject? secret) => secret is null || secret.IsTls() ? secret : throw new EngineException(
        ErrorCode.SecretTaken,
        EngineErrorKind.InvalidState,
        $"Cannot use the Secret '{id}' in the namespace '{scope.Namespace}' because its type is '{(string?)secret["type"]}'.",
        id)
    {
        Remedy = "Rename that Secret.",
    };

    private static void RequireSame(string id, CertificateSecret? now, CertificateSecret? existing)
    {
        if (now?.Entry.Live.Thumbprint != existing?.Entry.Live.Thumbprint)
        {
            throw Conflict(id, null);
        }
    }

    public static EngineException Conflict(string id, Exception? cause) => new(
        ErrorCode.ClusterConflict, EngineErrorKind.Busy, $"Another program wrote the certificate '{id}' at the same time.", id, cause)
    {
        Remedy = new Remedy("ClusterConflict.Certificate", id),
    };

    public static EngineException NotFound(string id) => new(
        ErrorCode.CertificateNotFound, EngineErrorKind.NotFound, $"Cannot find a certificate '{id}' on this rack.", id);
}
