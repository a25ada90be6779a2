using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Locks;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>
/// Stores certificates as Convox does: TLS Secrets in the rack's namespace. One change of one Secret switches the certificate,
/// its key and its metadata. A Secret per version is written before the switch, so that a version can be restored; if the
/// process is killed in between, the previous version stays in use and the next writer removes the leftover.
/// </summary>
internal sealed class KubernetesCertificateStore(ClusterApi api, RackScope scope, LeaseLocks locks) : ICertificateStore
{
    private const int MaxAttempts = 5;

    private readonly VersionSecrets _versions = new(api, scope);
    private readonly AppCertificates _apps = new(api, scope);

    public async IAsyncEnumerable<CertificateEntry> ListAsync(
        Action<EngineException>? onDamaged, [EnumeratorCancellation] CancellationToken ct)
    {
        var secrets = api.ListAsync(ApiResource.Secrets, scope.Namespace, null, $"type={SecretObject.TlsType}", ct);
        await foreach (var secret in secrets.ConfigureAwait(false))
        {
            CertificateSecret? found = null;
            try
            {
                found = CertificateSecret.Read(secret, new CertificateSecretId(secret.Name(), null));
            }
            catch (EngineException e)
            {
                onDamaged?.Invoke(e);
            }

            if (found is not null)
            {
                yield return found.Entry;
            }
        }
    }

    public IAsyncEnumerable<CertificateEntry> ListOfAppsAsync(Action<EngineException>? onDamaged, CancellationToken ct) =>
        _apps.ListAsync(onDamaged, ct);

    public async Task<string> NewIdAsync(CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var made = new JsonObject
            {
                ["metadata"] = new JsonObject { ["generateName"] = "cert-" },
                ["type"] = SecretObject.TlsType,
                ["data"] = new JsonObject { [SecretObject.CertificateKey] = string.Empty, [SecretObject.PrivateKeyKey] = string.Empty },
            };
            try
            {
                return (await api.CreateAsync(ApiResource.Secrets, scope.Namespace, made, dryRun: true, ct).ConfigureAwait(false)).Name();
            }
            catch (ConflictException e)
            {
                // The generated name is taken; try again with another.
                RequireAttemptsLeft("cert-*", attempt, e);
            }
        }
    }

    public async Task<CertificateEntry?> FindAsync(string id, CancellationToken ct) =>
        (await FindSecretAsync(CertificateSecretId.Parse(id), ct).ConfigureAwait(false))?.Entry;

    public async Task<CertificateWithKey> ReadAsync(string id, int version, CancellationToken ct)
    {
        var parsed = CertificateSecretId.Parse(id);
        if (await FindSecretAsync(parsed, ct).ConfigureAwait(false) is { } live)
        {
            if (live.Entry.LiveVersion == version)
            {
                return CertificateSecret.ReadMaterial(live.Secret, parsed);
            }

            if (parsed.AppNamespace is null && live.Entry.Versions.Any(v => v.Number == version)
                && await _versions.FindAsync(parsed.Name, version, ct).ConfigureAwait(false) is { } kept)
            {
                return CertificateSecret.ReadMaterial(kept, parsed);
            }
        }

        throw NoVersion(id, version);
    }

    public async Task<CertificateEntry> AddVersionAsync(
        CertificateRecord certificate,
        CertificateWithKey material,
        DateTimeOffset stored,
        DateTimeOffset renewAfter,
        int keepVersions,
        CancellationToken ct)
    {
        var id = CertificateSecretId.RequireOfRack(certificate.Id);
        locks.RequireHeld();
        var known = await FindOfRackAsync(id, ct).ConfigureAwait(false);
        await KeepLiveAsync(id, known, ct).ConfigureAwait(false);

        var (chain, key) = (material.Chain.FullPem(), material.Key?.ToPem() ?? string.Empty);
        var added = SecretCertificateParser.VersionOf(
            material.Chain, 1 + (known?.Entry.Versions.Max(v => v.Number) ?? 0), stored, renewAfter);
        locks.RequireHeld();
        await _versions.WriteAsync(id, added.Number, chain, key, ct).ConfigureAwait(false);

        List<CertificateVersion> all = [.. known?.Entry.Versions ?? [], added];
        return await SwitchAsync(id, known, certificate, all, added.Number, keepVersions, chain, key, ct).ConfigureAwait(false);
    }

    public async Task<CertificateEntry> UpdateAsync(CertificateEntry certificate, CancellationToken ct)
    {
        var id = CertificateSecretId.RequireOfRack(certificate.Record.Id);
        var known = await RequireAsync(id, certificate.LiveVersion, ct).ConfigureAwait(false);
        if (!known.IsRecorded)
        {
            await KeepLiveAsync(id, known, ct).ConfigureAwait(false);
        }

        return await ChangeAsync(
            id,
            current =>
            {
                // If another program replaced the certificate meanwhile, keep the old number, so that its version stays distinct.
                var thumbprint = current.Entry.Live.Thumbprint;
                var live = certificate.Versions.FirstOrDefault(v => v.Thumbprint == thumbprint)?.Number ?? certificate.LiveVersion;
                CertificateSecret.Annotate(current.Secret, certificate.Record, certificate.Versions, live);
            },
            ct).ConfigureAwait(false);
    }

    public async Task<CertificateEntry> SwitchAsync(string id, int version, CancellationToken ct)
    {
        var name = CertificateSecretId.RequireOfRack(id);
        var known = await RequireAsync(name, version, ct).ConfigureAwait(false);
        if (known.Entry.LiveVersion == version)
        {
            return known.Entry;
        }

        var kept = await _versions.FindAsync(name, version, ct).ConfigureAwait(false) ?? throw NoVersion(id, version);
        await KeepLiveAsync(name, known, ct).ConfigureAwait(false);
        return await SwitchAsync(
            name,
            known,
            known.Entry.Record,
            [.. known.Entry.Versions],
            version,
            known.Entry.Versions.Count,
            kept.DataText(SecretObject.CertificateKey) ?? string.Empty,
            kept.DataText(SecretObject.PrivateKeyKey) ?? string.Empty,
            ct).ConfigureAwait(false);
    }

    public async Task RemoveLeftoversAsync(string id, CancellationToken ct)
    {
        if (CertificateSecretId.Parse(id) is { AppNamespace: null, Name: var name }
            && await FindOfRackAsync(name, ct).ConfigureAwait(false) is { } known)
        {
            await RemoveUnknownAsync(name, known, ct).ConfigureAwait(false);
        }
    }

    public async Task RemoveAsync(string id, CancellationToken ct)
    {
        var name = CertificateSecretId.RequireOfRack(id);
        locks.RequireHeld();

        // Delete the certificate itself last: while it is listed, an interrupted removal can be repeated.
        await _versions.RemoveAsync(name, await _versions.ListAsync(name, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
        for (var attempt = 1; ; attempt++)
        {
            var found = await api.FindAsync(ApiResource.Secrets, scope.Namespace, name, ct).ConfigureAwait(false);
            if (found?.IsTls() != true)
            {
                return;
            }

            locks.RequireHeld();
            try
            {
                var version = (string?)found["metadata"]?["resourceVersion"];
                await api.DeleteAsync(ApiResource.Secrets, scope.Namespace, name, version, ct).ConfigureAwait(false);
                return;
            }
            catch (ConflictException e)
            {
                // The Secret changed meanwhile. Check again that it is a certificate.
                RequireAttemptsLeft(id, attempt, e);
            }
        }
    }

    /// <summary>
    /// Records the certificate that another program, such as cert-manager, wrote to the Secret as a version, and keeps a copy.
    /// Leaves the Secret's data unchanged.
    /// </summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>, <c>CertificateDamaged</c>.</exception>
    public async Task<CertificateEntry> AdoptAsync(
        CertificateRecord certificate,
        DateTimeOffset stored,
        Func<DateTimeOffset, DateTimeOffset, DateTimeOffset> renewAfter,
        int keepVersions,
        CancellationToken ct)
    {
        var id = CertificateSecretId.RequireOfRack(certificate.Id);
        var known = await FindOfRackAsync(id, ct).ConfigureAwait(false) ?? throw NotFound(certificate.Id);
        var live = known.Entry.Live;
        if (!known.IsRecorded)
        {
            live = live with { Stored = stored, RenewAfter = renewAfter(live.NotBefore, live.Expires) };
        }

        return await RecordAsync(id, known, certificate, live, keepVersions, ct).ConfigureAwait(false);
    }

    /// <summary>Keeps the current certificate as a version before another program overwrites it.</summary>
    public async Task KeepAsync(string id, DateTimeOffset stored, CancellationToken ct)
    {
        var name = CertificateSecretId.RequireOfRack(id);
        CertificateSecret? known = null;
        try
        {
            known = await FindOfRackAsync(name, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code == ErrorCode.CertificateDamaged)
        {
            // A damaged certificate is not worth keeping.
        }

        if (known is not null)
        {
            var live = known.IsRecorded ? known.Entry.Live : known.Entry.Live with { Stored = stored };
            await RecordAsync(name, known, known.Entry.Record, live, int.MaxValue, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Records the live version without changing the Secret's data.</summary>
    private async Task<CertificateEntry> RecordAsync(
        string id, CertificateSecret known, CertificateRecord certificate, CertificateVersion live, int keepVersions, CancellationToken ct)
    {
        locks.RequireHeld();
        await KeepLiveAsync(id, known, ct).ConfigureAwait(false);
        var kept = Kept([.. known.Entry.With(live).Versions], live.Number, keepVersions);
        var recorded = await ChangeAsync(
            id,
            current =>
            {
                RequireSame(id, current, known);
                current.Secret.SetLabel(RackScope.RackLabel, scope.Name);
                CertificateSecret.Annotate(current.Secret, certificate, kept, live.Number);
            },
            ct).ConfigureAwait(false);
        await DropAsync(id, known.Entry.Versions.ExceptBy(kept.Select(v => v.Number), v => v.Number)).ConfigureAwait(false);
        return recorded;
    }

    /// <summary>Replaces the live version's chain, key and metadata in one change.</summary>
    private async Task<CertificateEntry> SwitchAsync(
        string id,
        CertificateSecret? known,
        CertificateRecord record,
        List<CertificateVersion> all,
        int number,
        int keepVersions,
        string chain,
        string key,
        CancellationToken ct)
    {
        var kept = Kept(all, number, keepVersions);
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

                RequireSame(id, now, known);
                var changed = RequireTls(id, current) ?? SecretObject.New(id, SecretObject.TlsType);
                Mark(changed, record);
                CertificateSecret.Annotate(changed, record, kept, number);
                changed.SetDataText(SecretObject.CertificateKey, chain);
                changed.SetDataText(SecretObject.PrivateKeyKey, key);
                return changed;
            },
            null,
            ct).ConfigureAwait(false);
        await DropAsync(id, all.Except(kept)).ConfigureAwait(false);
        return CertificateSecret.Read(switched!, new CertificateSecretId(id, null))!.Entry;
    }

    private async Task<CertificateEntry> ChangeAsync(string id, Action<CertificateSecret> change, CancellationToken ct)
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
    private async Task KeepLiveAsync(string id, CertificateSecret? known, CancellationToken ct)
    {
        var there = await RemoveUnknownAsync(id, known, ct).ConfigureAwait(false);
        if (known is not null && (!known.IsRecorded || !there.Contains(known.Entry.LiveVersion)))
        {
            locks.RequireHeld();
            await _versions.WriteAsync(known, ct).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<int>> RemoveUnknownAsync(string id, CertificateSecret? known, CancellationToken ct)
    {
        var there = await _versions.ListAsync(id, ct).ConfigureAwait(false);
        var unknown = there.Where(n => known is null || known.Entry.Versions.All(v => v.Number != n)).ToList();
        if (unknown.Count > 0)
        {
            locks.RequireHeld();
            await _versions.RemoveAsync(id, unknown, ct).ConfigureAwait(false);
        }

        return there;
    }

    /// <summary>Removes versions that are no longer recorded. If that fails, the next writer removes them.</summary>
    private async Task DropAsync(string id, IEnumerable<CertificateVersion> dropped)
    {
        try
        {
            await _versions.RemoveAsync(id, dropped.Select(v => v.Number), CancellationToken.None).ConfigureAwait(false);
        }
        catch (EngineException)
        {
        }
    }

    /// <summary>Selects the newest versions and the live one.</summary>
    private static List<CertificateVersion> Kept(List<CertificateVersion> all, int live, int keepVersions)
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

    private async Task<CertificateSecret?> FindSecretAsync(CertificateSecretId id, CancellationToken ct) => id.AppNamespace is null
        ? await FindOfRackAsync(id.Name, ct).ConfigureAwait(false)
        : await _apps.FindAsync(id, ct).ConfigureAwait(false);

    private async Task<CertificateSecret?> FindOfRackAsync(string name, CancellationToken ct) =>
        await api.FindAsync(ApiResource.Secrets, scope.Namespace, name, ct).ConfigureAwait(false) is { } secret
            ? CertificateSecret.Read(secret, new CertificateSecretId(name, null))
            : null;

    private async Task<CertificateSecret> RequireAsync(string id, int version, CancellationToken ct) =>
        await FindOfRackAsync(id, ct).ConfigureAwait(false) is { } known && known.Entry.Versions.Any(v => v.Number == version)
            ? known
            : throw NoVersion(id, version);

    private JsonObject? RequireTls(string id, JsonObject? secret) => secret is null || secret.IsTls() ? secret : throw new EngineException(
        ErrorCode.SecretTaken,
        EngineErrorKind.InvalidState,
        $"Cannot use the Secret '{id}' in the namespace '{scope.Namespace}' because its type is '{(string?)secret["type"]}'.",
        id)
        {
            Remedy = "Rename that Secret.",
        };

    private static void RequireSame(string id, CertificateSecret? now, CertificateSecret? known)
    {
        if (now?.Entry.Live.Thumbprint != known?.Entry.Live.Thumbprint)
        {
            throw Conflict(id, null);
        }
    }

    private static void RequireAttemptsLeft(string id, int attempt, ConflictException cause)
    {
        if (attempt == MaxAttempts)
        {
            throw Conflict(id, cause);
        }
    }

    private static EngineException Conflict(string id, Exception? cause) => new(
        ErrorCode.ClusterConflict, EngineErrorKind.Busy, $"Another program wrote the certificate '{id}' at the same time.", id, cause)
        {
            Remedy = new Remedy("ClusterConflict.Certificate", id),
        };

    private static EngineException NotFound(string id) => new(
        ErrorCode.CertificateNotFound, EngineErrorKind.NotFound, $"Cannot find a certificate '{id}' on this rack.", id);

    private static EngineException NoVersion(string id, int version) => new(
        ErrorCode.CertificateNotFound, EngineErrorKind.NotFound, $"Cannot find version {version} of certificate '{id}' on this rack.", id)
        {
            Remedy = null,
        };
}
