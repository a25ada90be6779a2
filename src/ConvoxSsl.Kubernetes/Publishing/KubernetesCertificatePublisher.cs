using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;
using ConvoxSsl.Kubernetes.Stores;

namespace ConvoxSsl.Kubernetes.Publishing;

/// <summary>
/// Copies the rack's certificates to the namespaces of its apps. Convox copies them only when a release is promoted, so a
/// renewed certificate has to be copied here.
/// </summary>
internal sealed class KubernetesCertificatePublisher(ClusterApi api, RackScope scope) : ICertificatePublisher
{
    private const int MaxParallel = 8;
    private const int MaxRounds = 3;

    /// <summary>The id in the result if an app's Secrets cannot be listed.</summary>
    private const string AnyId = "*";

    public async Task<IReadOnlyList<CertificateCopy>> PublishAsync(string id, IReadOnlyList<string> apps, bool dryRun, CancellationToken ct)
    {
        if (apps.Count == 0 && CertificateSecretId.Parse(id).AppNamespace is not null)
        {
            // An app's own certificate needs no copy.
            return [];
        }

        var name = CertificateSecretId.RequireOfRack(id);
        var source = await RequireSourceAsync(name, ct).ConfigureAwait(false);
        var rackApps = await ListAsync(ct).ConfigureAwait(false);
        var wanted = Require(apps, rackApps);
        for (var round = 1; ; round++)
        {
            var copies = await CopyAsync(source, rackApps, wanted, dryRun, ct).ConfigureAwait(false);
            var now = dryRun || copies.Count == 0 ? source : await RequireSourceAsync(name, ct).ConfigureAwait(false);

            // The certificate was renewed meanwhile: the other process may have been first in some apps and last in others.
            if (round == MaxRounds || CopiedSecret.Fingerprint(now) == CopiedSecret.Fingerprint(source))
            {
                return copies;
            }

            source = now;
        }
    }

    public async IAsyncEnumerable<CertificateCopy> PublishAllAsync(bool dryRun, [EnumeratorCancellation] CancellationToken ct)
    {
        var sources = await ListSourcesAsync(ct).ConfigureAwait(false);
        foreach (var app in await ListAsync(ct).ConfigureAwait(false))
        {
            var (outdated, failure) = await ListOutdatedAsync(app, sources, ct).ConfigureAwait(false);
            foreach (var id in outdated)
            {
                if (await RenewCopyAsync(id, app, dryRun, ct).ConfigureAwait(false) is { Result: not CertificateCopyResult.Current } copy)
                {
                    yield return copy;
                }
            }

            if (failure is not null)
            {
                yield return new CertificateCopy(
                    AnyId, app.Name, app.Namespace, CertificateCopyResult.Failed, failure.Message, failure.Remedy);
            }
        }
    }

    public async Task<IReadOnlyList<string>> FindCopiesAsync(string id, CancellationToken ct)
    {
        if (CertificateSecretId.Parse(id) is not { AppNamespace: null, Name: var name })
        {
            return [];
        }

        var apps = await ListAsync(ct).ConfigureAwait(false);
        var haveCopy = new bool[apps.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = ct };
        await Parallel.ForAsync(0, apps.Count, options, async (i, stop) =>
            haveCopy[i] = await HasCopyAsync(name, apps[i], stop).ConfigureAwait(false)).ConfigureAwait(false);
        return [.. apps.Where((_, i) => haveCopy[i]).Select(app => app.Namespace)];
    }

    public async Task<IReadOnlyList<string>> ListAppsAsync(CancellationToken ct) =>
        [.. (await ListAsync(ct).ConfigureAwait(false)).Select(app => app.Name)];

    private async Task<IReadOnlyList<RackApp>> ListAsync(CancellationToken ct)
    {
        var apps = new List<RackApp>();
        await foreach (var found in api.ListAsync(ApiResource.Namespaces, null, scope.NamespaceSelector, null, ct).ConfigureAwait(false))
        {
            if (RackApp.Of(scope, found) is { } app)
            {
                apps.Add(app);
            }
        }

        return apps;
    }

    /// <summary>Lists the certificates that can be copied, each with the hash of its data.</summary>
    private async Task<Dictionary<string, string>> ListSourcesAsync(CancellationToken ct)
    {
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        var secrets = api.ListAsync(ApiResource.Secrets, scope.Namespace, null, $"type={SecretObject.TlsType}", ct);
        await foreach (var secret in secrets.ConfigureAwait(false))
        {
            if (CopiedSecret.CanBeCopied(secret))
            {
                sources[secret.Name()] = CopiedSecret.Fingerprint(secret);
            }
        }

        return sources;
    }

    /// <summary>Lists an app's outdated copies, and the failure if the list is incomplete.</summary>
    private async Task<(IReadOnlyList<string> Ids, EngineException? Failure)> ListOutdatedAsync(
        RackApp app, Dictionary<string, string> sources, CancellationToken ct)
    {
        var outdated = new List<string>();
        try
        {
            await foreach (var secret in api.ListAsync(ApiResource.Secrets, app.Namespace, null, null, ct).ConfigureAwait(false))
            {
                if (sources.TryGetValue(secret.Name(), out var fingerprint)
                    && CopiedSecret.WhyForeign(secret) is null
                    && CopiedSecret.Fingerprint(secret) != fingerprint)
                {
                    outdated.Add(secret.Name());
                }
            }
        }
        catch (EngineException e) when (IsOfOneApp(e))
        {
            return (outdated, e);
        }

        return (outdated, null);
    }

    private async Task<CertificateCopy?> RenewCopyAsync(string id, RackApp app, bool dryRun, CancellationToken ct)
    {
        try
        {
            var source = await RequireSourceAsync(id, ct).ConfigureAwait(false);
            return await CopyAsync(source, app, isWanted: false, dryRun, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code == ErrorCode.CertificateNotFound)
        {
            // The certificate was removed after it was listed.
            return null;
        }
        catch (EngineException e) when (e.Code == ErrorCode.CertificateDamaged)
        {
            return new CertificateCopy(id, app.Name, app.Namespace, CertificateCopyResult.Failed, e.Message, e.Remedy);
        }
    }

    private async Task<IReadOnlyList<CertificateCopy>> CopyAsync(
        JsonObject source, IReadOnlyList<RackApp> apps, HashSet<RackApp> wanted, bool dryRun, CancellationToken ct)
    {
        var copies = new CertificateCopy?[apps.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = ct };
        await Parallel.ForAsync(0, apps.Count, options, async (i, stop) =>
            copies[i] = await CopyAsync(
                source, apps[i], wanted.Contains(apps[i]), dryRun, stop).ConfigureAwait(false)).ConfigureAwait(false);
        return [.. copies.OfType<CertificateCopy>()];
    }

    /// <summary>Updates one copy; returns null if the app has none and should not get one.</summary>
    private async Task<CertificateCopy?> CopyAsync(JsonObject source, RackApp app, bool isWanted, bool dryRun, CancellationToken ct)
    {
        var id = source.Name();
        try
        {
            var copy = await api.FindAsync(ApiResource.Secrets, app.Namespace, id, ct).ConfigureAwait(false);
            if (!isWanted && (copy is null || CopiedSecret.WhyForeign(copy) is not null))
            {
                return null;
            }

            var compared = Compare(source, copy, app);
            if (compared.Result is CertificateCopyResult.Created or CertificateCopyResult.Updated && !dryRun)
            {
                await api.ChangeAsync(
                    ApiResource.Secrets,
                    app.Namespace,
                    id,
                    current =>
                    {
                        // Compare again, because the app's Secret may have changed meanwhile.
                        var latest = Compare(source, current, app);
                        compared = latest.Result == CertificateCopyResult.Current ? compared : latest;
                        return Change(source, current, latest.Result, isWanted);
                    },
                    null,
                    ct).ConfigureAwait(false);
            }

            // The copy was removed meanwhile.
            return compared.Result == CertificateCopyResult.Created && !isWanted ? null : compared;
        }
        catch (EngineException e) when (IsOfOneApp(e))
        {
            return new CertificateCopy(id, app.Name, app.Namespace, CertificateCopyResult.Failed, e.Message, e.Remedy);
        }
    }

    private async Task<bool> HasCopyAsync(string id, RackApp app, CancellationToken ct)
    {
        try
        {
            return await api.FindAsync(ApiResource.Secrets, app.Namespace, id, ct).ConfigureAwait(false) is { } copy
                && CopiedSecret.WhyForeign(copy) is null;
        }
        catch (EngineException e) when (IsOfOneApp(e))
        {
            return false;
        }
    }

    private static CertificateCopy Compare(JsonObject source, JsonObject? copy, RackApp app)
    {
        var id = source.Name();
        return copy is null ? Of(CertificateCopyResult.Created)
            : CopiedSecret.WhyForeign(copy) is { } reason ? Of(CertificateCopyResult.Failed, reason)
            : CopiedSecret.Fingerprint(copy) == CopiedSecret.Fingerprint(source) ? Of(CertificateCopyResult.Current)
            : copy.IsImmutable()
                ? Of(
                    CertificateCopyResult.Failed,
                    "The app's Secret of that name is immutable.",
                    new Remedy("ClusterRefused.Immutable", id, app.Namespace))
            : Of(CertificateCopyResult.Updated);

        CertificateCopy Of(CertificateCopyResult result, string? why = null, Remedy? remedy = null) =>
            new(id, app.Name, app.Namespace, result, why, remedy);
    }

    private static JsonObject? Change(JsonObject source, JsonObject? current, CertificateCopyResult result, bool isWanted) => result switch
    {
        CertificateCopyResult.Created when isWanted => CopiedSecret.New(source),
        CertificateCopyResult.Updated => CopiedSecret.Change(current!, source),
        _ => null,
    };

    private async Task<JsonObject> RequireSourceAsync(string name, CancellationToken ct)
    {
        var secret = await api.FindAsync(ApiResource.Secrets, scope.Namespace, name, ct).ConfigureAwait(false);
        if (secret?.IsTls() != true)
        {
            throw new EngineException(
                ErrorCode.CertificateNotFound, EngineErrorKind.NotFound, $"Cannot find a certificate '{name}' on this rack.", name);
        }

        if (!CopiedSecret.CanBeCopied(secret))
        {
            throw new EngineException(
                ErrorCode.CertificateNotFound,
                EngineErrorKind.NotFound,
                $"The certificate '{name}' has not been issued yet, or its Secret has no private key.",
                name)
            {
                Remedy = new Remedy("CertificateNotFound.NotIssued", name),
            };
        }

        return SecretFault.FindUnusable(secret) is not { } fault ? secret : throw new EngineException(
            ErrorCode.CertificateDamaged,
            EngineErrorKind.InvalidData,
            $"The certificate '{name}' cannot be used because {fault}.",
            name)
        {
            Remedy = new Remedy("CertificateDamaged.Unusable", name),
        };
    }

    private HashSet<RackApp> Require(IReadOnlyList<string> names, IReadOnlyList<RackApp> rackApps)
    {
        var unknown = names.FirstOrDefault(name => rackApps.All(app => app.Name != name));
        if (unknown is null)
        {
            return [.. rackApps.Where(app => names.Contains(app.Name))];
        }

        var all = string.Join(", ", rackApps.Select(app => app.Name));
        throw new EngineException(
            ErrorCode.AppNotFound,
            EngineErrorKind.NotFound,
            $"Cannot find an app '{unknown}' on the rack '{scope.Name}'. Its apps: {(all.Length > 0 ? all : "none")}.",
            unknown)
        {
            Remedy = $"Add the labels {scope.NamespaceSelector} to the app's namespace.",
        };
    }

    // A failure of the whole cluster would be reported for each app.
    private static bool IsOfOneApp(EngineException e) => e.Kind != EngineErrorKind.Unreachable
        && e.Code is not (ErrorCode.ClusterUnauthorized or ErrorCode.ClusterUntrusted or ErrorCode.CredentialPluginFailed);
}
