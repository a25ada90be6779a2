using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Publishing.Files;
using ConvoxSsl.Engine.Publishing.Reload;
using ConvoxSsl.Engine.Publishing.Targets;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Issuance.Targets;

/// <summary>Checks, without changes, that this machine can deliver to a target.</summary>
internal sealed class TargetChecks(IssuanceContext context)
{
    // A name that stands for the certificates of a pattern.
    private const string AnyName = "certificate";

    private readonly ReloadCommand _reload = new(context.Options.Services);
    private readonly TargetVerification _verification = new(context.Time);

    /// <summary>True if the target belongs to this machine.</summary>
    public bool IsOfThisMachine(CertificateTarget target) => target.IsOf(context.Options.Machine);

    /// <summary>Checks the files and the reload of a target.</summary>
    /// <exception cref="InvalidInputException">The first fault.</exception>
    /// <exception cref="EngineException"><c>ServicesNotSupported</c>.</exception>
    public async Task RequireAsync(CertificateTarget target, CancellationToken ct)
    {
        if (target.Files is { } files)
        {
            TargetPermissions.Require(GetSet(target, files), TargetFileSet.GetOptions(files));
        }

        if (target.Reload is { } reload)
        {
            await _reload.RequireAsync(reload, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Checks that the server of a target presents any certificate.</summary>
    /// <exception cref="InvalidInputException"><c>EndpointUnreachable</c>, <c>StartTlsRefused</c>, <c>TlsFailed</c>.</exception>
    public Task RequireEndpointAsync(MatchedTarget matched, CancellationToken ct) => matched.Target.Endpoint is { } endpoint
        ? _verification.RequireAsync(endpoint, matched.Deliveries is [var first, ..] ? first.Certificate.Record.Domains[0] : null, ct)
        : Task.CompletedTask;

    /// <summary>Tests a target step by step. All steps run, even after a failure.</summary>
    public async IAsyncEnumerable<DnsCheck> RunAsync(MatchedTarget matched, [EnumeratorCancellation] CancellationToken ct)
    {
        var target = matched.Target;
        if (!IsOfThisMachine(target))
        {
            yield return new DnsCheck("Machine", true, $"It belongs to {target.Machine}, and can be tested only there.");
            yield break;
        }

        yield return CheckCertificates(matched);
        if (target.Files is { } files)
        {
            var check = await TryAsync("Files", $"The current user can write to '{TargetFileSet.GetPlace(files)}'.", () =>
            {
                TargetPermissions.Require(GetSet(target, files), TargetFileSet.GetOptions(files));
                return Task.CompletedTask;
            }).ConfigureAwait(false);
            yield return check;
            if (check.Passed && !files.AllowsExposure && FindExposedKey(GetSet(target, files)) is { } exposed)
            {
                yield return new DnsCheck("Private key", false, $"Every user can access '{exposed}'.", new Remedy("KeyExposed.Target"));
            }
        }

        if (target.Reload is { } reload)
        {
            yield return await TryAsync("Reload", $"'{reload}' exists.", () => _reload.RequireAsync(reload, ct)).ConfigureAwait(false);
        }

        foreach (var delivery in target.Endpoint is null ? [] : matched.Deliveries)
        {
            yield return await CheckEndpointAsync(delivery, ct).ConfigureAwait(false);
        }
    }

    private async Task<DnsCheck> CheckEndpointAsync(TargetDelivery delivery, CancellationToken ct)
    {
        var (record, endpoint) = (delivery.Certificate.Record, delivery.Target.Endpoint!);
        using var material = await context.Rack.Certificates.ReadAsync(record.Id, delivery.Certificate.LiveVersion, ct)
            .ConfigureAwait(false);
        return await _verification.CompareAsync(endpoint, record, material.Chain, ct).ConfigureAwait(false) is { } failure
            ? new DnsCheck("Endpoint", false, failure.Message, failure.Remedy)
            : new DnsCheck(
                "Endpoint", true, $"{TargetVerification.GetAddress(endpoint)} presents the live version of {record.GetTitle()}.");
    }

    private static DnsCheck CheckCertificates(MatchedTarget matched)
    {
        var (id, first) = (matched.Target.Id, matched.Deliveries.FirstOrDefault(delivery => delivery.Status == matched.Status));
        return matched.Deliveries.Count == 0
            ? new DnsCheck("Certificate", false, "No certificate of the rack matches it.", new Remedy("TargetNotFound.NoMatch", id))
            : new DnsCheck(
                "Certificate",
                matched.Status == DeliveryStatus.Current,
                matched.Status switch
                {
                    DeliveryStatus.Current when matched.Deliveries.Count > 1 =>
                        $"All {matched.Deliveries.Count} certificates are delivered.",
                    DeliveryStatus.Current => $"Version {first!.State!.Version} of {first.Certificate.Record.GetTitle()} is delivered.",
                    DeliveryStatus.Failed => $"The delivery of {first!.GetTitle()} failed: {first.Failure!.Cause}",
                    _ => $"The live version of {first!.Certificate.Record.GetTitle()} is not delivered yet.",
                },
                matched.Status == DeliveryStatus.Current ? null : new Remedy("NotDelivered.Test", first!.Certificate.Record.Id));
    }

    private static async Task<DnsCheck> TryAsync(string name, string detail, Func<Task> checkAsync)
    {
        try
        {
            await checkAsync().ConfigureAwait(false);
            return new DnsCheck(name, true, detail);
        }
        catch (UserErrorException e)
        {
            return new DnsCheck(name, false, e.Message, e.Remedy);
        }
    }

    private static CertificateFileSet GetSet(CertificateTarget target, TargetFiles files) =>
        TargetFileSet.Create(files, target.IsPattern ? AnyName : null);

    private static string? FindExposedKey(CertificateFileSet set) =>
        set.Files.FirstOrDefault(file => file.IsSecret && IsOpen(file.Path))?.Path;

    private static bool IsOpen(string path) =>
        !OperatingSystem.IsWindows() && File.Exists(path) && FilePermissions.IsOpen(File.GetUnixFileMode(path));
}
