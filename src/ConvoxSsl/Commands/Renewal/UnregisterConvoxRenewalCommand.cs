using System.Management.Automation;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Commands;

/// <summary>Removes what Register-ConvoxRenewal has installed for a rack, and nothing else.</summary>
/// <example>
/// <code>
/// Unregister-ConvoxRenewal
/// </code>
/// Removes the registrations of the rack.
/// </example>
/// <example>
/// <code>
/// Unregister-ConvoxRenewal Cron -WhatIf
/// </code>
/// Shows what would be removed from the crontab.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxRenewal | Unregister-ConvoxRenewal -Confirm:$false
/// </code>
/// Removes them in a script, if there are any.
/// </example>
[Cmdlet(VerbsLifecycle.Unregister, "ConvoxRenewal", SupportsShouldProcess = true)]
public sealed class UnregisterConvoxRenewalCommand : RenewalScheduleCmdlet
{
    /// <summary>The scheduler. By default whichever has a registration of the rack.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public ConvoxScheduler? Scheduler { get; set; }

    private protected override void ProcessInput()
    {
        var rack = GetRackKey();
        var found = FindRegistrations(Scheduler, rack);
        if (found.Count == 0)
        {
            var places = string.Join(" or ", (Scheduler is { } one ? [one] : LocalSchedulers).Select(scheduler => Open(scheduler).GetLocation(rack)));
            throw new EngineException(
                ErrorCode.RenewalNotRegistered, EngineErrorKind.NotFound, $"No renewals of rack '{rack}' are registered here ({places}). Get-ConvoxRenewal shows those of another -Rack, or with -System.", rack);
        }

        foreach (var (scheduler, registration) in found)
        {
            if (ConfirmAction(registration.Location, $"Remove the renewals of rack '{rack}'"))
            {
                Run(ct => Open(scheduler).UnregisterAsync(rack, ct));
            }
        }
    }
}
