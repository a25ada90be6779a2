using System.Management.Automation;
using ConvoxSsl.Binding;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Racks;
using ConvoxSsl.Hosting;

namespace ConvoxSsl.Commands;

/// <summary>Renews certificates: those that are named, or whatever is due, and goes on with what was broken off.</summary>
[Cmdlet(VerbsData.Update, "ConvoxCertificate", SupportsShouldProcess = true)]
[OutputType(typeof(ConvoxRenewal))]
public sealed class UpdateConvoxCertificateCommand : IssuanceCmdlet
{
    private object? _target;

    /// <summary>The ids. By default all certificates of the rack.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Id { get; set; }

    /// <summary>Renews also what is not due.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override object? Target => _target;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        if (Id is null)
        {
            // A snapshot: renewing changes what is listed.
            foreach (var certificate in Run(ct => SnapshotAsync(session, ct)))
            {
                Update(session, certificate.Id, named: false);
            }

            return;
        }

        foreach (var id in Id)
        {
            Update(session, id, named: true);
        }
    }

    private async Task<List<ConvoxCertificate>> SnapshotAsync(RackSession session, CancellationToken ct)
    {
        var all = new List<ConvoxCertificate>();
        await foreach (var certificate in session.ListAsync(damage => WriteError(ErrorRecords.Of(damage)), ct))
        {
            all.Add(certificate);
        }

        return all;
    }

    private void Update(RackSession session, string id, bool named)
    {
        _target = id;
        try
        {
            var state = Run(ct => session.Engine.FindAsync(id, ct));
            if (WhyNot(session, state, named) is { } reason)
            {
                WriteObject(Describe(session, state.Record, state.Entry, ConvoxRenewalResult.NotDue, reason));
            }
            else if (Approves($"{id} ({string.Join(", ", state.Record.Domains)})", "Renew the certificate"))
            {
                var request = NewRequest(session, state.Record);
                Later(ct => RenewAsync(session, state, request, ct));
            }
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            WriteError(ErrorRecords.Of(e, id));
        }
    }

    /// <summary>Why a certificate is left as it is; null where it should be renewed.</summary>
    private string? WhyNot(RackSession session, CertificateState state, bool named) => state switch
    {
        { Entry: null } or { Order: not null } => null,
        { Record.Settings: null } when !named => "It was imported, so its issuer renews it.",
        { Entry: { } entry } when !Force && !session.Engine.IsDue(entry) => $"Due {entry.Live.RenewAfter:u}.",
        _ => null,
    };

    private async Task RenewAsync(RackSession session, CertificateState state, RenewalRequest request, CancellationToken ct)
    {
        try
        {
            var renewed = await session.Engine.RenewAsync(state.Record.Id, request, ct);
            var isNew = renewed.LiveVersion != state.Entry?.LiveVersion;
            WriteObject(Describe(
                session, renewed.Record, renewed, isNew ? ConvoxRenewalResult.Renewed : ConvoxRenewalResult.NotDue, isNew ? $"Version {renewed.LiveVersion} is live." : "It is not due any more."));
        }
        catch (EngineException e) when (e.Kind is EngineErrorKind.Waiting or EngineErrorKind.TimedOut)
        {
            WriteObject(Describe(session, state.Record, state.Entry, ConvoxRenewalResult.Waiting, e.Message));
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            WriteObject(Describe(session, state.Record, state.Entry, ConvoxRenewalResult.Failed, e.Message));
            WriteError(ErrorRecords.Of(e, state.Record.Id));
        }
    }

    private RenewalRequest NewRequest(RackSession session, CertificateRecord record)
    {
        var account = NewAccountRequest();
        return new RenewalRequest
        {
            Change = Apply,
            Force = Force,
            Account = record.Settings?.DirectoryUrl is { } directoryUrl ? AskForTerms(session, directoryUrl, account) : account,
            KeepVersions = KeepVersions,
            Timeout = Timeout,
        };
    }

    private static ConvoxRenewal Describe(RackSession session, CertificateRecord record, CertificateEntry? entry, ConvoxRenewalResult result, string reason) => new()
    {
        Id = record.Id,
        Domain = record.Domains[0],
        Result = result,
        Reason = reason,
        Expires = entry?.Live.Expires,
        RenewAfter = entry?.Live.RenewAfter,
        Certificate = entry is null ? null : session.Describe(entry),
        Rack = session.Description.Name,
    };
}
