using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;
using ConvoxSsl.Kubernetes.Stores;

namespace ConvoxSsl.Kubernetes.CertManager;

/// <summary>
/// Issues certificates with cert-manager in the same way as Convox: a Certificate in the rack's namespace writes the Secret
/// whose name is the certificate's id. Certificates of apps can only be renewed.
/// </summary>
/// <seealso href="https://cert-manager.io/docs/usage/certificate"/>
internal sealed partial class CertManagerController(
    ClusterApi api, RackScope scope, KubernetesCertificateStore certificates, TimeProvider time) : ICertificateController
{
    private const string NameAnnotation = "cert-manager.io/certificate-name";

    private readonly IssuanceCause _cause = new(api);
    private readonly VersionChecks _checks = new(api);
    private readonly ConcurrentDictionary<string, bool> _issuers = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name => RackScope.ControllerName;

    /// <inheritdoc/>
    public string DefaultIssuer => "letsencrypt";

    /// <inheritdoc/>
    public async Task<bool> IssuesAsync(string issuer, CancellationToken ct)
    {
        if (!_issuers.TryGetValue(issuer, out var issues))
        {
            issues = ObjectName().IsMatch(issuer)
                && await api.IsServedAsync(ApiResource.CertManagerGroup, "v1", ct).ConfigureAwait(false)
                && await HasIssuerAsync(issuer, ct).ConfigureAwait(false);
            _issuers[issuer] = issues;
        }

        return issues;
    }

    /// <inheritdoc/>
    public Task<ControllerCheck?> CheckAsync(DnsSolver solver, CancellationToken ct) => _checks.CheckAsync(solver, ct);

    /// <inheritdoc/>
    public Task<ControllerCheck?> CheckAsync(string issuer, IReadOnlyList<string> domains, CancellationToken ct) =>
        _checks.CheckAsync(issuer, domains, ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> FindDnsDomainsAsync(string issuer, IReadOnlyList<string> domains, CancellationToken ct) =>
        _checks.FindDnsDomainsAsync(issuer, domains, ct);

    /// <inheritdoc/>
    public void Check(CertificateRecord certificate)
    {
        if (!CertificateSecretId.Parse(certificate.Id).IsOfApp)
        {
            DelegationRules.Check(certificate);
        }
    }

    /// <inheritdoc/>
    public async Task StartAsync(CertificateRecord certificate, int revision, CancellationToken ct)
    {
        var id = CertificateSecretId.Parse(certificate.Id);
        var found = await LocateAsync(id, ct).ConfigureAwait(false);
        if (id.IsOfApp)
        {
            await TriggerAsync(found ?? throw NoSuch(certificate.Id), revision, ct).ConfigureAwait(false);
            return;
        }

        var isIssuing = found is { Phase: ControlledPhase.Issuing };
        var isReplacing = !isIssuing
            && await api.FindAsync(ApiResource.Secrets, id.NamespaceIn(scope), id.Name, ct).ConfigureAwait(false) is not null;
        if (isReplacing)
        {
            await certificates.KeepAsync(certificate.Id, time.GetUtcNow(), ct).ConfigureAwait(false);
        }

        var requested = await AskAsync(certificate, found?.Name ?? id.Name, ct).ConfigureAwait(false);

        // Without a Secret, cert-manager issues automatically; a trigger would make it issue twice.
        if (!isIssuing && (found is not null || isReplacing))
        {
            await TriggerAsync(requested, revision, ct).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<ControlledCertificate?> FindAsync(string id, CancellationToken ct)
    {
        var secret = CertificateSecretId.Parse(id);
        if (!ObjectName().IsMatch(secret.Name) || !ObjectName().IsMatch(secret.NamespaceIn(scope)))
        {
            return null;
        }

        try
        {
            return await LocateAsync(secret, ct).ConfigureAwait(false) is { } found
                ? found.ToState(found.Phase == ControlledPhase.Ready ? null : await _cause.ExplainAsync(found, ct).ConfigureAwait(false))
                : null;
        }
        catch (EngineException e) when (e.Code == ErrorCode.NoCertManager)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ControlledCertificate> ListUnreadyAsync([EnumeratorCancellation] CancellationToken ct)
    {
        if (!await api.IsServedAsync(ApiResource.CertManagerGroup, "v1", ct).ConfigureAwait(false))
        {
            yield break;
        }

        IReadOnlyDictionary<string, string>? faults = null;
        await foreach (var item in api.ListAsync(ApiResource.Certificates, scope.Namespace, null, null, ct).ConfigureAwait(false))
        {
            if (new CertificateObject(item, scope) is { IsBeingRemoved: false, Phase: not ControlledPhase.Ready } unready)
            {
                faults ??= await _cause.FindKnownFaultsAsync(scope.Namespace, ct).ConfigureAwait(false);
                var fault = unready.Record.Domains.FirstOrDefault(faults.ContainsKey);
                yield return unready.ToState(fault is null ? unready.Message : faults[fault]);
            }
        }
    }

    /// <inheritdoc/>
    public async Task<CertificateEntry> AdoptAsync(
        CertificateRecord certificate,
        DateTimeOffset stored,
        Func<DateTimeOffset, DateTimeOffset, DateTimeOffset> renewAfter,
        int keepVersions,
        CancellationToken ct)
    {
        var id = CertificateSecretId.Parse(certificate.Id);
        if (id.IsOfApp)
        {
            return await certificates.FindAsync(certificate.Id, ct).ConfigureAwait(false) ?? throw NoSuch(certificate.Id);
        }

        var renewal = (await LocateAsync(id, ct).ConfigureAwait(false))?.RenewalTime;
        return await certificates.AdoptAsync(
            certificate,
            stored,
            (from, until) => renewal is { } at && at > from && at < until ? at : renewAfter(from, until),
            keepVersions,
            ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<bool> ReleaseAsync(string id, CancellationToken ct)
    {
        var secret = CertificateSecretId.Parse(id);
        CertificateObject? found;
        try
        {
            found = secret.IsOfApp ? null : await LocateAsync(secret, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code == ErrorCode.NoCertManager)
        {
            return false;
        }

        if (found is null)
        {
            return false;
        }

        // With cert-manager's --enable-certificate-owner-ref, the Secret would be deleted with the Certificate.
        await api.ChangeAsync(
            ApiResource.Secrets, secret.NamespaceIn(scope), secret.Name, s => Disown(s, found), null, ct).ConfigureAwait(false);
        await api.DeleteAsync(ApiResource.Certificates, found.Namespace, found.Name, null, ct).ConfigureAwait(false);
        return true;
    }

    private async Task<bool> HasIssuerAsync(string issuer, CancellationToken ct)
    {
        try
        {
            return await api.FindAsync(ApiResource.ClusterIssuers, null, issuer, ct).ConfigureAwait(false) is not null;
        }
        catch (EngineException e) when (e.Code == ErrorCode.ClusterForbidden && issuer == DefaultIssuer)
        {
            // Every Convox rack has this issuer; an identity that can create Certificates may not be able to read issuers.
            return true;
        }
    }

    /// <summary>Creates the Certificate, or updates its spec.</summary>
    private async Task<CertificateObject> AskAsync(CertificateRecord certificate, string name, CancellationToken ct)
    {
        var requested = await api.ChangeAsync(
            ApiResource.Certificates,
            scope.Namespace,
            name,
            present =>
            {
                if (present is null)
                {
                    return CertificateSpec.Create(certificate, scope);
                }

                RequireOwn(present, certificate.Id);
                CertificateSpec.Apply(present, certificate, scope);
                return present;
            },
            null,
            ct).ConfigureAwait(false);
        return new CertificateObject(requested!, scope);
    }

    private async Task TriggerAsync(CertificateObject certificate, int revision, CancellationToken ct) => await api.ChangeAsync(
        ApiResource.Certificates,
        certificate.Namespace,
        certificate.Name,
        c => CertificateObject.Trigger(c, time.GetUtcNow(), revision),
        "status",
        ct).ConfigureAwait(false);

    /// <summary>Finds the Certificate that writes the Secret: by the Secret's name, else by the Secret's annotation.</summary>
    private async Task<CertificateObject?> LocateAsync(CertificateSecretId id, CancellationToken ct)
    {
        if (await FindWriterAsync(id, id.Name, ct).ConfigureAwait(false) is { } direct)
        {
            return direct;
        }

        if (await api.FindAsync(ApiResource.Secrets, id.NamespaceIn(scope), id.Name, ct).ConfigureAwait(false) is { } secret)
        {
            return secret.At("metadata", "annotations").Text(NameAnnotation) is { } named && named != id.Name
                ? await FindWriterAsync(id, named, ct).ConfigureAwait(false)
                : null;
        }

        // A Certificate whose id is the hash of its domain names has that id as its name.
        if (!MadeOfNames().IsMatch(id.Name))
        {
            await foreach (var item in api.ListAsync(ApiResource.Certificates, id.NamespaceIn(scope), null, null, ct).ConfigureAwait(false))
            {
                if (new CertificateObject(item, scope) is { IsBeingRemoved: false } other && other.SecretName == id.Name)
                {
                    return other;
                }
            }
        }

        return null;
    }

    private async Task<CertificateObject?> FindWriterAsync(CertificateSecretId id, string name, CancellationToken ct) =>
        await api.FindAsync(ApiResource.Certificates, id.NamespaceIn(scope), name, ct).ConfigureAwait(false) is { } found
            && new CertificateObject(found, scope) is { IsBeingRemoved: false } certificate && certificate.SecretName == id.Name
            ? certificate
            : null;

    private static void RequireOwn(JsonObject present, string id)
    {
        if (present.At("spec").Text("secretName") is { } other && other != id)
        {
            throw new EngineException(
                ErrorCode.CertificateNameTaken,
                EngineErrorKind.InvalidState,
                $"The Certificate '{present.At("metadata").Text("name")}' in the rack's namespace belongs to another program and writes "
                    + $"the Secret '{other}'.",
                id);
        }
    }

    private static JsonObject? Disown(JsonObject? secret, CertificateObject owner)
    {
        if (secret.At("metadata")?["ownerReferences"] is not JsonArray owners)
        {
            return null;
        }

        var others = owners.OfType<JsonObject>().Where(o => o.Text("uid") != owner.Uid);
        secret!["metadata"]!["ownerReferences"] = new JsonArray([.. others.Select(o => o.DeepClone())]);
        return secret;
    }

    private static EngineException NoSuch(string id) => new(
        ErrorCode.CertificateNotFound, EngineErrorKind.NotFound, $"cert-manager has no certificate '{id}'.", id);

    // An RFC 1123 subdomain, as the API server requires for the names of objects.
    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex ObjectName();

    [GeneratedRegex(@"\Acert-[0-9a-f]{40}\z", RegexOptions.CultureInvariant)]
    private static partial Regex MadeOfNames();
}
