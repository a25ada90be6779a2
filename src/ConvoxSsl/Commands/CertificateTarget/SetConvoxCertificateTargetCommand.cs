using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Changes the files or the reload of a certificate target, and delivers to it.</summary>
/// <remarks>
/// Settings that you do not name stay as they are. Files at a former path stay too. Everything is checked before the change, as by
/// Add-ConvoxCertificateTarget.
/// </remarks>
/// <example>
/// <para>Restarts a service, whose reload would keep the old certificate.</para>
/// <code>Set-ConvoxCertificateTarget 1 -Service vsftpd -Restart</code>
/// </example>
/// <example>
/// <para>Makes the files readable for their group, and shows the target.</para>
/// <code>Set-ConvoxCertificateTarget 2 -Mode 0640 -PassThru</code>
/// </example>
/// <example>
/// <para>Delivers to the target from this machine, for example after it got another name.</para>
/// <code>Set-ConvoxCertificateTarget 3 -TakeOver</code>
/// </example>
[Cmdlet(VerbsCommon.Set, "ConvoxCertificateTarget", SupportsShouldProcess = true, HelpUri = HelpPages.Targets)]
[OutputType(typeof(ConvoxCertificateTarget))]
public sealed class SetConvoxCertificateTargetCommand : TargetSettingsCmdlet
{
    /// <summary>The numbers of the targets. Wildcards are permitted.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ObjectNumber("certificate target", "Get-ConvoxCertificateTarget")]
    [ArgumentCompleter(typeof(TargetIdCompleter))]
    [SupportsWildcards]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [NotEmpty(NotEmptyAttribute.Target)]
    public string[] Id { get; set; } = [];

    /// <summary>The new directory of the files, or with another <c>-Format</c> the file or its directory.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>
    /// The certificate instead of the present one: its ID, the beginning of one that no other certificate has, or one of its names. With
    /// wildcards, all certificates whose ID or name matches.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [SupportsWildcards]
    [NotEmpty(NotEmptyAttribute.Certificate)]
    public string? Certificate { get; set; }

    /// <summary>Makes the target belong to this machine, which delivers to it from now on.</summary>
    [Parameter]
    public SwitchParameter TakeOver { get; set; }

    /// <summary>Returns the changed target.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override object Target => Id;

    private protected override void ProcessInput()
    {
        var input = new TargetInput(this, Path);
        if (!input.HasChange && Certificate is null && !TakeOver)
        {
            throw new InvalidInputException(ErrorCode.NothingToChange, "No change of the target was given.", string.Join(", ", Id))
            {
                Remedy = new Remedy("NothingToChange.Target"),
            };
        }

        var session = OpenRack();
        var certificate = Certificate is null ? null : FindCertificate(session, Certificate);
        ProcessTargets(session, Id, id => Change(session, id, input, certificate));
    }

    private void Change(RackSession session, int id, TargetInput input, string? certificate)
    {
        var changed = Apply(session, input, certificate, Run(ct => session.Engine.Targets.FindAsync(id, ct)));
        Run(ct => session.Engine.Targets.CheckAsync(changed, ct));
        if (input.HasEndpoint && !Force)
        {
            var matched = Run(ct => session.Engine.Targets.MatchAsync(changed, ct));
            Run(ct => session.Engine.Targets.CheckEndpointAsync(matched, ct));
        }

        if (ConfirmAction($"Certificate target {id}", "Change"))
        {
            var stored = Run(ct => session.Engine.Targets.ChangeAsync(id, target => Apply(session, input, certificate, target), ct));
            var described = Deliver(session, stored);
            if (PassThru)
            {
                WriteObject(described);
            }
        }
    }

    private CertificateTarget Apply(RackSession session, TargetInput input, string? certificate, CertificateTarget target)
    {
        var selected = (certificate ?? Domain) is null ? target : target with
        {
            Certificate = certificate, Domain = Domain is null ? null : TargetInput.ParseDomain(Domain),
        };
        return input.Apply(selected with { Machine = TakeOver ? session.Engine.Targets.Machine : target.Machine });
    }
}
