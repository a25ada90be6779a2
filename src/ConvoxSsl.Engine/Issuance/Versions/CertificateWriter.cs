using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Versions;

/// <summary>Stores new versions of certificates and copies them to the apps of the rack.</summary>
internal sealed class CertificateWriter(IssuanceContext context)
{
    /// <summary>Stores a new version and makes it live. The caller holds the certificate's lock.</summary>
    public async Task<CertificateEntry> StoreAsync(
        CertificateRecord record, CertificateWithKey material, int keepVersions, CancellationToken ct)
    {
        // A controller that still manages it would replace this version with its own.
        if (await ReleaseAsync(record.Id, ct).ConfigureAwait(false))
        {
            context.ReportDetail($"{context.Rack.Controller!.Name} no longer manages {record.Id}.");
        }

        var leaf = material.Chain.Leaf;
        var renewAfter = CertificateLifetime.GetRenewalTime(leaf.NotBefore.ToUniversalTime(), leaf.NotAfter.ToUniversalTime());
        var stored = await context.Rack.Certificates
            .AddVersionAsync(record, material, context.Now, renewAfter, keepVersions, ct).ConfigureAwait(false);
        WarnOfOutdatedCopy(stored);
        return stored;
    }

    /// <summary>Warns of a copy beside a certificate, in another format, that belongs to another version.</summary>
    public void WarnOfOutdatedCopy(CertificateEntry stored)
    {
        if (stored.Fault?.Value is { Kind: CertificateFaultKind.OutdatedCopy } fault)
        {
            context.ReportWarning($"{stored.Record.GetTitle()}: {fault.Message}");
        }
    }

    /// <summary>Copies a changed certificate to the apps that use it. Failures are warnings.</summary>
    public async Task PublishAsync(string id, CancellationToken ct)
    {
        if (context.Rack.Publisher is not { } publisher)
        {
            return;
        }

        var retry = new Remedy("CopyFailed");
        try
        {
            foreach (var copy in await publisher.PublishAsync(id, [], dryRun: false, ct).ConfigureAwait(false))
            {
                if (copy.Result == CertificateCopyResult.Failed)
                {
                    context.ReportWarning(
                        $"The copy of {id} in the app {copy.App} is still the old one: {copy.Reason}", Remedy.Join(copy.Remedy, retry));
                }
                else
                {
                    context.ReportDetail($"The app {copy.App} has {id} ({copy.Result}).");
                }
            }
        }
        catch (EngineException e)
        {
            context.ReportWarning($"{id} could not be copied to the apps that use it: {e.Message}", Remedy.Join(e.Remedy, retry));
        }
    }

    /// <summary>Updates all outdated copies in the rack's apps, such as those of certificates that a controller renewed.</summary>
    public async Task PublishAllAsync(CancellationToken ct)
    {
        if (context.Rack.Publisher is not { } publisher)
        {
            return;
        }

        try
        {
            await foreach (var copy in publisher.PublishAllAsync(dryRun: false, ct).ConfigureAwait(false))
            {
                if (copy.Result == CertificateCopyResult.Failed)
                {
                    context.ReportWarning(
                        $"Cannot update the copy of {copy.Id} in the app {copy.App}: {copy.Reason}",
                        Remedy.Join(copy.Remedy, new Remedy("CopyFailed")));
                }
                else
                {
                    context.ReportDetail($"The app {copy.App} has the current {copy.Id} ({copy.Result}).");
                }
            }
        }
        catch (EngineException e)
        {
            context.ReportWarning($"Cannot publish all certificates to the apps that use them: {e.Message}", e.Remedy);
        }
    }

    /// <summary>Warns of the copies in the rack's apps that remain after a certificate was removed.</summary>
    public async Task WarnOfCopiesAsync(string id, CancellationToken ct)
    {
        if (context.Rack.Publisher is not { } publisher)
        {
            return;
        }

        try
        {
            if (await publisher.FindCopiesAsync(id, ct).ConfigureAwait(false) is { Count: > 0 } namespaces)
            {
                context.ReportWarning(
                    $"Apps keep their copies of {id}, which are not renewed any more, in {string.Join(", ", namespaces)}.",
                    $"If they are no longer used, remove them, such as with 'kubectl delete secret {id} --namespace {namespaces[0]}'.");
            }
        }
        catch (EngineException e)
        {
            context.ReportDetail($"Cannot determine which apps have a copy of {id}: {e.Message}", e.Remedy);
        }
    }

    /// <summary>Ends the management of a certificate by the rack's controller.</summary>
    /// <returns>True if the controller managed it.</returns>
    public async Task<bool> ReleaseAsync(string id, CancellationToken ct) =>
        context.Rack.Controller is { } controller && await controller.ReleaseAsync(id, ct).ConfigureAwait(false);
}
