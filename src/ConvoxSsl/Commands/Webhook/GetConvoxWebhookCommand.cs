using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Mapping;

namespace ConvoxSsl.Commands;

/// <summary>Gets the webhook of a rack without its secret; returns nothing if there is none.</summary>
/// <remarks>
/// A rack has at most one webhook. Its secret is shown only when it is created; Set-ConvoxWebhook <c>-NewSecret</c> replaces it.
/// </remarks>
/// <example>
/// <para>Gets the webhook of the rack.</para>
/// <code>Get-ConvoxWebhook</code>
/// </example>
/// <example>
/// <para>Limits the webhook to failures.</para>
/// <code>Get-ConvoxWebhook | Set-ConvoxWebhook -Event Failed</code>
/// </example>
/// <example>
/// <para>Sets a webhook if there is none.</para>
/// <code>if (-not (Get-ConvoxWebhook)) { Set-ConvoxWebhook https://hooks.example.org/certificates }</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "ConvoxWebhook", HelpUri = HelpPages.Webhooks)]
[OutputType(typeof(ConvoxWebhook))]
public sealed class GetConvoxWebhookCommand : ConvoxCmdlet
{
    private protected override void ProcessInput()
    {
        var session = OpenRack();
        if (Run(session.Rack.Webhooks.FindAsync) is { } webhook)
        {
            WriteObject(webhook.ToModel(null, session.Name));
        }
    }
}
