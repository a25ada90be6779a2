using System.Management.Automation;
using ConvoxSsl.Cmdlets;

namespace ConvoxSsl.Commands;

/// <summary>Removes a rack's webhook with its secret: nobody is told of renewals and failures any more.</summary>
/// <example>
/// <code>
/// Remove-ConvoxWebhook
/// </code>
/// Removes the webhook, after a question.
/// </example>
/// <example>
/// <code>
/// Remove-ConvoxWebhook -WhatIf
/// </code>
/// Shows what would be removed.
/// </example>
/// <example>
/// <code>
/// if (Get-ConvoxWebhook) { Remove-ConvoxWebhook -Confirm:$false }
/// </code>
/// Removes it in a script, if there is one.
/// </example>
[Cmdlet(VerbsCommon.Remove, "ConvoxWebhook", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class RemoveConvoxWebhookCommand : ConvoxCmdlet
{
    private protected override void ProcessInput()
    {
        var session = OpenRack();
        Run(session.Engine.Notices.Webhook.RequireThereAsync);
        if (ConfirmAction($"Webhook of rack {session.Description.Name}", "Remove with its secret"))
        {
            Run(session.Engine.Notices.Webhook.RemoveAsync);
        }
    }
}
