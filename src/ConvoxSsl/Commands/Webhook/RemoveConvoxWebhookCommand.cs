using System.Management.Automation;
using ConvoxSsl.Cmdlets;

namespace ConvoxSsl.Commands;

/// <summary>Removes the webhook of a rack and its secret. Events are no longer sent.</summary>
/// <remarks>Certificates are not affected. A new webhook has a new secret, so its receiver needs that one.</remarks>
/// <example>
/// <para>Removes the webhook after a confirmation.</para>
/// <code>Remove-ConvoxWebhook</code>
/// </example>
/// <example>
/// <para>Shows what would be removed.</para>
/// <code>Remove-ConvoxWebhook -WhatIf</code>
/// </example>
/// <example>
/// <para>Removes the webhook in a script, if there is one.</para>
/// <code>if (Get-ConvoxWebhook) { Remove-ConvoxWebhook -Confirm:$false }</code>
/// </example>
[Cmdlet(
    VerbsCommon.Remove, "ConvoxWebhook",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High,
    HelpUri = HelpPages.Webhooks)]
public sealed class RemoveConvoxWebhookCommand : ConvoxCmdlet
{
    private protected override void ProcessInput()
    {
        var session = OpenRack();
        Run(session.Engine.Notices.Webhook.RequireExistsAsync);
        if (ConfirmAction($"Webhook of rack {session.Name}", "Remove with its secret"))
        {
            Run(session.Engine.Notices.Webhook.RemoveAsync);
        }
    }
}
