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
internal sealed class KubernetesCertificateStore : ICertificateStore
{
    private const int MaxAttempts = 5;

    // The certificates of a listing in memory at the same time.
    private const int SecretsAtATime = 16;

    private readonly ClusterApi _api;
    private readonly RackScope _scope;
    private readonly LeaseLocks _locks;
    private readonly VersionSecrets _versions;
    private readonly AppCertificates _apps;
    private readonly CertificateSecretWriter _writer;

    public KubernetesCertificateStore(ClusterApi api, RackScope scope, LeaseLocks locks)
    {
        (_api, _scope, _locks) = (api, scope, locks);
        _versions = new VersionSecrets(api, scope);
        _apps = new AppCertificates(api, scope);
        _writer = new CertificateSecretWriter(api, scope, locks, _versions);
    }

    public async IAsyncEnumerable<CertificateEntry> ListAsync(
        Action<EngineException>? onDamaged, [EnumeratorCancellation] CancellationToken ct)
    {
        var pages = _api.ListPagesAsync(ApiResource.Secrets, _scope.Namespace, null, $"type={SecretObject.TlsType}", ct);
        await foreach (var page in pages.ConfigureAwait(false))
        {
            // Certificates that other programs wrote have to be parsed and verified, which takes longer than their transfer.
            foreach (var secrets in page.Chunk(SecretsAtATime))
            {
                var read = new (CertificateEntry? Entry, EngineException? Damage)[secrets.Length];
                Parallel.For(0, secrets.Length, new ParallelOptions { CancellationToken = ct }, i => read[i] = TryRead(secrets[i]));
                foreach (var (entry, damage) in read)
                {
                    if (damage is not null)
                    {
                        onDamaged?.Invoke(damage);
                    }
                    else if (entry is not null)
                    {
                        yield return entry;
                    }
                }
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
                return (await _api.CreateAsync(ApiResource.Secrets, _scope.Namespace, made, dryRun: true, ct).ConfigureAwait(false)).Name();
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
        _locks.RequireHeld();
        var existing = await _writer.FindAsync(id, ct).ConfigureAwait(false);
        await _writer.KeepLiveAsync(id, existing, ct).ConfigureAwait(false);

        var (chain, key) = (material.Chain.FullPem(), material.Key?.ToPem() ?? string.Empty);
        var added = SecretCertificateParser.VersionOf(
            material.Chain, 1 + (existing?.Entry.Versions.Max(v => v.Number) ?? 0), stored, renewAfter);
        _locks.RequireHeld();
        await _versions.WriteAsync(id, added.Number, chain, key, ct).ConfigureAwait(false);

        List<CertificateVersion> all = [.. existing?.Entry.Versions ?? [], added];
        return await _writer.SwitchAsync(id, existing, certificate, all, added.Number, keepVersions, chain, key, ct).ConfigureAwait(false);
    }

    public async Task<CertificateEntry> UpdateAsync(CertificateEntry certificate, CancellationToken ct)
    {
        var id = CertificateSecretId.RequireOfRack(certificate.Record.Id);
        var existing = await RequireAsync(id, certificate.LiveVersion, ct).ConfigureAwait(false);
        if (!existing.IsRecorded)
        {
            await _writer.KeepLiveAsync(id, existing, ct).ConfigureAwait(false);
        }

        return await _writer.ChangeAsync(
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
        var existing = await RequireAsync(name, version, ct).ConfigureAwait(false);
        if (existing.Entry.LiveVersion == version)
        {
            return existing.Entry;
        }

        var kept = await _versions.FindAsync(name, version, ct).ConfigureAwait(false) ?? throw NoVersion(id, version);
        await _writer.KeepLiveAsync(name, existing, ct).ConfigureAwait(false);
        return await _writer.SwitchAsync(
            name,
            existing,
            existing.Entry.Record,
            [.. existing.Entry.Versions],
            version,
            existing.Entry.Versions.Count,
            kept.DataText(SecretObject.CertificateKey) ?? string.Empty,
            kept.DataText(SecretObject.PrivateKeyKey) ?? string.Empty,
            ct).ConfigureAwait(false);
    }

    public async Task RemoveLeftoversAsync(string id, CancellationToken ct)
    {
        if (CertificateSecretId.Parse(id) is { AppNamespace: null, Name: var name }
            && await _writer.FindAsync(name, ct).ConfigureAwait(false) is { } existing)
        {
            await _writer.RemoveUnknownAsync(name, existing, ct).ConfigureAwait(false);
        }
    }

    public async Task RemoveAsync(string id, CancellationToken ct)
    {
        var name = CertificateSecretId.RequireOfRack(id);
        _locks.RequireHeld();

        // Delete the certificate itself last: while it is listed, an interrupted removal can be repeated.
        await _versions.RemoveAsync(name, await _versions.ListAsync(name, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
        for (var attempt = 1; ; attempt++)
        {
            var found = await _api.FindAsync(ApiResource.Secrets, _scope.Namespace, name, ct).ConfigureAwait(false);
            if (found?.IsTls() != true)
            {
                return;
            }

            _locks.RequireHeld();
            try
            {
                var version = (string?)found["metadata"]?["resourceVersion"];
                await _api.DeleteAsync(ApiResource.Secrets, _scope.Namespace, name, version, ct).ConfigureAwait(false);
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
        var existing = await _writer.FindAsync(id, ct).ConfigureAwait(false) ?? throw CertificateSecretWriter.NotFound(certificate.Id);
        var live = existing.Entry.Live;
        if (!existing.IsRecorded)
        {
            live = live with { Stored = stored, RenewAfter = renewAfter(live.NotBefore, live.Expires) };
        }

        return await _writer.RecordAsync(id, existing, certificate, live, keepVersions, ct).ConfigureAwait(false);
    }

    /// <summary>Keeps the current certificate as a version before another program overwrites it.</summary>
    public async Task KeepAsync(string id, DateTimeOffset stored, CancellationToken ct)
    {
        var name = CertificateSecretId.RequireOfRack(id);
        CertificateSecret? existing = null;
        try
        {
            existing = await _writer.FindAsync(name, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code == ErrorCode.CertificateDamaged)
        {
            // A damaged certificate is not worth keeping.
        }

        if (existing is not null)
        {
            var live = existing.IsRecorded ? existing.Entry.Live : existing.Entry.Live with { Stored = stored };
            await _writer.RecordAsync(name, existing, existing.Entry.Record, live, int.MaxValue, ct).ConfigureAwait(false);
        }
    }

    private async Task<CertificateSecret?> FindSecretAsync(CertificateSecretId id, CancellationToken ct) => id.AppNamespace is null
        ? await _writer.FindAsync(id.Name, ct).ConfigureAwait(false)
        : await _apps.FindAsync(id, ct).ConfigureAwait(false);

    private async Task<CertificateSecret> RequireAsync(string id, int version, CancellationToken ct) =>
        await _writer.FindAsync(id, ct).ConfigureAwait(false) is { } existing && existing.Entry.Versions.Any(v => v.Number == version)
            ? existing
            : throw NoVersion(id, version);

    private static (CertificateEntry? Entry, EngineException? Damage) TryRead(JsonObject secret)
    {
        try
        {
            var entry = CertificateSecret.Read(secret, new CertificateSecretId(secret.Name(), null))?.Entry;
            _ = entry?.Fault?.Value;
            return (entry, null);
        }
        catch (EngineException e)
        {
            return (null, e);
        }
    }

    private static void RequireAttemptsLeft(string id, int attempt, ConflictException cause)
    {
        if (attempt == MaxAttempts)
        {
            throw CertificateSecretWriter.Conflict(id, cause);
        }
    }

    private static EngineException NoVersion(string id, int version) => new(
        ErrorCode.CertificateNotFound, EngineErrorKind.NotFound, $"Cannot find version {version} of certificate '{id}' on this rack.", id)
    {
        Remedy = null,
    };
}
