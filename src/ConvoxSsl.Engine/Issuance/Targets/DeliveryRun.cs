using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Publishing.Files;
using ConvoxSsl.Engine.Publishing.Reload;
using ConvoxSsl.Engine.Publishing.Targets;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Targets;

/// <summary>An attempt to deliver a certificate to a target.</summary>
/// <param name="delivery">The delivery.</param>
internal sealed class DeliveryAttempt(TargetDelivery delivery)
{
    /// <summary>The delivery, with the state before it.</summary>
    public TargetDelivery Delivery { get; } = delivery;

    /// <summary>The name of the certificate's file or directory in a target for several certificates; otherwise null.</summary>
    public string? Name { get; set; }

    /// <summary>The error of the first step that failed; null if all succeeded.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Runs a step, unless an earlier one failed.</summary>
    public async Task RunAsync(Func<Task> stepAsync)
    {
        if (Error is not null)
        {
            return;
        }

        try
        {
            await stepAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is UserErrorException or IOException or UnauthorizedAccessException)
        {
            Error = e;
        }
    }
}

/// <summary>Runs the steps of deliveries: files or scripts, then reloads, then verification. Each step can be repeated.</summary>
/// <param name="context">The rack and the options.</param>
internal sealed class DeliveryRun(IssuanceContext context)
{
    private const int MaxVerifications = 16;

    private readonly ReloadCommand _reload = new(context.Options.Services);
    private readonly TargetVerification _verification = new(context.Time);

    /// <summary>Runs the steps. A failure of one delivery does not stop the others.</summary>
    /// <param name="deliveries">The deliveries.</param>
    /// <param name="ct">The cancellation token.</param>
    public async Task<IReadOnlyList<DeliveryAttempt>> RunAsync(IReadOnlyList<TargetDelivery> deliveries, CancellationToken ct)
    {
        var attempts = deliveries.Select(delivery => new DeliveryAttempt(delivery)).ToList();
        foreach (var target in attempts.GroupBy(attempt => attempt.Delivery.Target.Id))
        {
            ChooseNames([.. target]);
        }

        foreach (var attempt in attempts)
        {
            var isScript = attempt.Delivery.Target.Kind == TargetKind.Script;
            await attempt.RunAsync(() => isScript ? RunScriptAsync(attempt, ct) : WriteFilesAsync(attempt, ct)).ConfigureAwait(false);
        }

        await ReloadAsync(attempts, ct).ConfigureAwait(false);
        await Parallel.ForEachAsync(
            attempts.Where(attempt => attempt is { Error: null, Delivery.Target.Endpoint: not null }),
            new ParallelOptions { MaxDegreeOfParallelism = MaxVerifications, CancellationToken = ct },
            async (attempt, stop) => await attempt.RunAsync(() => VerifyAsync(attempt.Delivery, stop)).ConfigureAwait(false))
            .ConfigureAwait(false);
        return attempts;
    }

    // A certificate keeps its name. The next one with the same domain gets another.
    private static void ChooseNames(IReadOnlyList<DeliveryAttempt> attempts)
    {
        var target = attempts[0].Delivery.Target;
        if (!target.IsPattern)
        {
            return;
        }

        var taken = target.States.Select(state => state.Name).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var attempt in attempts)
        {
            var record = attempt.Delivery.Certificate.Record;
            var name = CertificateFileName.Create(record.Domains[0], record.Id);
            attempt.Name = attempt.Delivery.State?.Name
                ?? (taken.Contains(name) ? CertificateFileName.Append(name, record.Id) : name);
            taken.Add(attempt.Name);
        }
    }

    private async Task WriteFilesAsync(DeliveryAttempt attempt, CancellationToken ct)
    {
        var (target, certificate) = (attempt.Delivery.Target, attempt.Delivery.Certificate);
        var files = target.Files!;
        var place = TargetFileSet.GetPlace(files);
        context.ReportStep($"Writing {certificate.Record.Domains[0]} to '{place}'");
        using var material = await context.Rack.Certificates.ReadAsync(certificate.Record.Id, certificate.LiveVersion, ct)
            .ConfigureAwait(false);
        var written = await CertificateFileWriter.WriteAsync(
            material, TargetFileSet.Create(files, attempt.Name), TargetFileSet.GetOptions(files), default, ct).ConfigureAwait(false);
        foreach (var file in written)
        {
            context.ReportDetail($"Wrote '{file.Path}'");
        }

        if (!files.AllowsExposure && written.FirstOrDefault(file => file.IsExposed) is { } exposed)
        {
            context.ReportWarning($"Every user can access the private key in '{exposed.Path}'.", new Remedy("KeyExposed.Target"));
        }
    }

    private async Task RunScriptAsync(DeliveryAttempt attempt, CancellationToken ct)
    {
        var (target, certificate) = (attempt.Delivery.Target, attempt.Delivery.Certificate);
        context.ReportStep($"Running the script of target {target.Id} for {certificate.Record.Domains[0]}");
        using var files = await ScriptFiles.CreateAsync(context.Rack.Certificates, certificate, ct).ConfigureAwait(false);
        var call = new TargetScriptCall(
            target, certificate, files.Directory, line => context.ReportDetail($"The script of target {target.Id}: {line}"));
        var run = context.Options.RunScript ?? throw new InvalidOperationException("Scripts cannot run without PowerShell.");
        await run(call, ct).ConfigureAwait(false);
    }

    // Several certificates or targets of one server need one reload.
    private async Task ReloadAsync(IReadOnlyList<DeliveryAttempt> attempts, CancellationToken ct)
    {
        var waiting = attempts.Where(attempt => attempt is { Error: null, Delivery.Target.Reload: not null }).ToList();
        while (waiting.Count > 0)
        {
            var reload = waiting[0].Delivery.Target.Reload!;
            var same = waiting.FindAll(attempt => attempt.Delivery.Target.Reload!.IsSame(reload));
            waiting.RemoveAll(same.Contains);
            context.ReportStep($"Reloading {reload}");
            var limit = same.Max(attempt => attempt.Delivery.Target.TimeLimit) ?? ReloadCommand.DefaultTimeLimit;
            var run = _reload.RunAsync(reload, limit, line => context.ReportDetail($"{reload}: {line}"), ct);
            foreach (var attempt in same)
            {
                await attempt.RunAsync(() => run).ConfigureAwait(false);
            }
        }
    }

    private async Task VerifyAsync(TargetDelivery delivery, CancellationToken ct)
    {
        var (record, address) = (delivery.Certificate.Record, TargetVerification.GetAddress(delivery.Target.Endpoint!));
        context.ReportStep($"Waiting until {address} presents the new certificate for {record.Domains[0]}");
        using var material = await context.Rack.Certificates.ReadAsync(record.Id, delivery.Certificate.LiveVersion, ct)
            .ConfigureAwait(false);
        await _verification.RequireServedAsync(delivery.Target, record, material.Chain, ct).ConfigureAwait(false);
        context.ReportDetail($"{address} presents version {delivery.Certificate.LiveVersion} of {record.GetTitle()}");
    }
}
