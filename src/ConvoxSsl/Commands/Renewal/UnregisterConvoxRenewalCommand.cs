using System.Management.Automation;
using ConvoxSsl.Engine;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Removes the scheduled renewals of a rack that Register-ConvoxRenewal created.</summary>
/// <remarks>
/// Certificates are no longer renewed automatically then; Update-ConvoxCertificate still renews them. Only the jobs of the selected
/// rack are removed, and other entries of a crontab stay unchanged.
/// </remarks>
/// <example>
/// <para>Removes the scheduled renewals of the rack.</para>
/// <code>Unregister-ConvoxRenewal</code>
/// </example>
/// <example>
/// <para>Shows what would be removed from the crontab.</para>
/// <code>Unregister-ConvoxRenewal Cron -WhatIf</code>
/// </example>
/// <example>
/// <para>Removes all scheduled renewals in a script, if there are any.</para>
/// <code>Get-ConvoxRenewal | Unregister-ConvoxRenewal -Confirm:$false</code>
/// </example>
[Cmdlet(VerbsLifecycle.Unregister, "ConvoxRenewal", SupportsShouldProcess = true, HelpUri = HelpPages.Renewal)]
public sealed class UnregisterConvoxRenewalCommand : RenewalScheduleCmdlet
{
    /// <summary>The scheduler. By default all schedulers of this machine.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [KnownValues(typeof(ConvoxScheduler))]
    public ConvoxScheduler? Scheduler { get; set; }

    private protected override void ProcessInput()
    {
        var rack = GetRackKey();
        var registrations = Run(ct => Schedulers.FindRegistrationsAsync(Scheduler, rack, ct));
        if (registrations.Count == 0)
        {
            var locations = string.Join(" or ", Schedulers.GetLocations(Scheduler, rack));
            throw new EngineException(
                ErrorCode.RenewalNotRegistered,
                EngineErrorKind.NotFound,
                $"Cannot find scheduled renewals of rack '{rack}' ({locations}).",
                rack);
        }

        foreach (var (scheduler, registration) in registrations)
        {
            if (ConfirmAction(registration.Location, $"Remove the scheduled renewals of rack '{rack}'"))
            {
                Run(ct => Schedulers.Open(scheduler).UnregisterAsync(rack, ct));
            }
        }
    }
}
