using System.Management.Automation;

namespace ConvoxSsl.Commands;

/// <summary>Shows with which of this machine's schedulers the renewals of a rack are registered.</summary>
/// <example>
/// <code>
/// Get-ConvoxRenewal
/// </code>
/// Shows the registrations of the rack.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxRenewal Cron -Rack /var/lib/convoxssl
/// </code>
/// Shows cron's of another rack.
/// </example>
/// <example>
/// <code>
/// if (-not (Get-ConvoxRenewal)) { Register-ConvoxRenewal }
/// </code>
/// Registers renewals where there are none.
/// </example>
[Cmdlet(VerbsCommon.Get, "ConvoxRenewal")]
[OutputType(typeof(ConvoxRenewalSchedule))]
public sealed class GetConvoxRenewalCommand : RenewalScheduleCmdlet
{
    /// <summary>The scheduler. By default all that this machine has.</summary>
    [Parameter(Position = 0)]
    public ConvoxScheduler? Scheduler { get; set; }

    private protected override void ProcessInput()
    {
        foreach (var (scheduler, registration) in FindRegistrations(Scheduler, GetRackKey()))
        {
            WriteObject(Describe(scheduler, registration));
        }
    }
}
