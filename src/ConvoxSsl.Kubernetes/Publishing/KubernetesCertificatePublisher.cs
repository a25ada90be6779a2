using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Publishing;

/// <summary>
/// Copies of the rack's certificates in the namespaces of its apps. Convox makes them when a release is promoted and
/// leaves them as they are until the next one; a renewed certificate has to be carried there.
/// </summary>
internal sealed class KubernetesCertificatePublisher(ClusterApi api, RackScope scope) : ICertificatePublisher
{
    private const int AtOnce = 8;
    private const int MostRounds = 3;

    /// <summary>What stands for the certificate where an app's Secrets can't even be listed.</summary>
    private const string AnyId = "*";

    public async Task<IReadOnlyList<CertificateCopy>> PublishAsync(string id, IReadOnlyList<string> apps, bool dryRun, CancellationToken ct)
    {
        if (apps.Count == 0 && CertificateSecretId.Parse(id).AppNamespace is not null)
        {
            // An app's own certificate: it is where it is used.
            return [];
        }

        var name = CertificateSecretId.RequireOfRack(id);
        var source = await RequireSourceAsync(name, ct).ConfigureAwait(false);
        var known = await ListAsync(ct).ConfigureAwait(false);
        var wanted = Require(apps, known);
        for (var round = 1; ; round++)
        {
            var copies = await CopyAsync(source, known, wanted, dryRun, ct).ConfigureAwait(false);
            var now = dryRun || copies.Count == 0 ? source : await RequireSourceAsync(name, ct).ConfigureAwait(false);

            // Renewed meanwhile: whoever did that may have been faster in some apps, and slower in others.
            if (round == MostRounds || CopiedSecret.Fingerprint(now) == CopiedSecret.Fingerprint(source))
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
                yield return new CertificateCopy(AnyId, app.Name, app.Namespace, CertificateCopyResult.Failed, failure);
            }
        }
    }

    public async Task<IReadOnlyList<string>> ListAppsAsync(CancellationToken ct) => [.. (await ListAsync(ct).ConfigureAwait(false)).Select(app => app.Name)];

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

    /// <summary>The certificates that can be copied, each with the fingerprint of its data.</summary>
    private async Task<Dictionary<string, string>> ListSourcesAsync(CancellationToken ct)
    {
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var secret in api.ListAsync(ApiResource.Secrets, scope.Namespace, null, $"type={SecretObject.TlsType}", ct).ConfigureAwait(false))
        {
            if (CopiedSecret.CanBeCopied(secret))
            {
                sources[secret.Name()] = CopiedSecret.Fingerprint(secret);
            }
        }

        return sources;
    }

    /// <summary>The copies in an app that differ from their source, and why they could not all be looked at.</summary>
    private async Task<(IReadOnlyList<string> Ids, string? Failure)> ListOutdatedAsync(RackApp app, Dictionary<string, string> sources, CancellationToken ct)
    {
        var outdated = new List<string>();
        try
        {
            await foreach (var secret in api.ListAsync(ApiResource.Secrets, app.Namespace, null, null, ct).ConfigureAwait(false))
            {
                if (sources.TryGetValue(secret.Name(), out var fingerprint) && CopiedSecret.WhyForeign(secret) is null && CopiedSecret.Fingerprint(secret) != fingerprint)
                {
                    outdated.Add(secret.Name());
                }
            }
        }
        catch (EngineException e) when (IsOfOneApp(e))
        {
            return (outdated, e.Message);
        }

        return (outdated, null);
    }

    private async Task<CertificateCopy?> RenewCopyAsync(string id, RackApp app, bool dryRun, CancellationToken ct)
    {
        try
        {
            return await CopyAsync(await RequireSourceAsync(id, ct).ConfigureAwait(false), app, isWanted: false, dryRun, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code == ErrorCode.CertificateNotFound)
        {
            // Removed since it was listed.
            return null;
        }
    }

    private async Task<IReadOnlyList<CertificateCopy>> CopyAsync(
        JsonObject source, IReadOnlyList<RackApp> apps, HashSet<RackApp> wanted, bool dryRun, CancellationToken ct)
    {
        var copies = new CertificateCopy?[apps.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct };
        await Parallel.ForAsync(0, apps.Count, options, async (i, stop) =>
            copies[i] = await CopyAsync(source, apps[i], wanted.Contains(apps[i]), dryRun, stop).ConfigureAwait(false)).ConfigureAwait(false);
        return [.. copies.OfType<CertificateCopy>()];
    }

    /// <summary>Brings one copy up to date; null where the app has none and should not get one.</summary>
    private async Task<CertificateCopy?> CopyAsync(JsonObject source, RackApp app, bool isWanted, bool dryRun, CancellationToken ct)
    {
        var id = source.Name();
        try
        {
            var there = await api.FindAsync(ApiResource.Secrets, app.Namespace, id, ct).ConfigureAwait(false);
            var (result, reason) = Compare(source, there);
            if ((there is null || reason is not null) && !isWanted)
            {
                return null;
            }

            if (result is CertificateCopyResult.Created or CertificateCopyResult.Updated && !dryRun)
            {
                await api.ChangeAsync(ApiResource.Secrets, app.Namespace, id, current => Change(source, current, isWanted), null, ct).ConfigureAwait(false);
            }

            return new CertificateCopy(id, app.Name, app.Namespace, result, reason);
        }
        catch (EngineException e) when (IsOfOneApp(e))
        {
            return new CertificateCopy(id, app.Name, app.Namespace, CertificateCopyResult.Failed, e.Message);
        }
    }

    private static (CertificateCopyResult Result, string? Reason) Compare(JsonObject source, JsonObject? copy)
    {
        if (copy is null)
        {
            return (CertificateCopyResult.Created, null);
        }

        return CopiedSecret.WhyForeign(copy) is { } reason
            ? (CertificateCopyResult.Failed, reason)
            : (CopiedSecret.Fingerprint(copy) == CopiedSecret.Fingerprint(source) ? CertificateCopyResult.Current : CertificateCopyResult.Updated, null);
    }

    // Looked at again, because the app's Secret may have changed in between.
    private static JsonObject? Change(JsonObject source, JsonObject? current, bool isWanted) => Compare(source, current).Result switch
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
            throw new EngineException(ErrorCode.CertificateNotFound, EngineErrorKind.NotFound, $"This rack has no certificate '{name}'. Get-ConvoxCertificate lists those that it has.", name);
        }

        return CopiedSecret.CanBeCopied(secret) ? secret : throw new EngineException(
            ErrorCode.CertificateNotFound, EngineErrorKind.NotFound, $"The certificate '{name}' has not been issued yet, or its Secret is damaged. Get-ConvoxCertificate -Id {name} tells which.", name);
    }

    private HashSet<RackApp> Require(IReadOnlyList<string> names, IReadOnlyList<RackApp> known)
    {
        var unknown = names.FirstOrDefault(name => known.All(app => app.Name != name));
        if (unknown is null)
        {
            return [.. known.Where(app => names.Contains(app.Name))];
        }

        var all = string.Join(", ", known.Select(app => app.Name));
        throw new EngineException(
            ErrorCode.AppNotFound, EngineErrorKind.NotFound, $"The rack '{scope.Name}' has no app '{unknown}'; it has {(all.Length > 0 ? all : "none")}. Its namespace has to have the labels {scope.NamespaceSelector}.", unknown);
    }

    // What concerns the whole cluster would come for each app again.
    private static bool IsOfOneApp(EngineException e) => e.Kind != EngineErrorKind.Unreachable && e.Code is not (ErrorCode.ClusterUnauthorized or ErrorCode.ClusterUntrusted or ErrorCode.CredentialPluginFailed);
}
