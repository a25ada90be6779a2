using System.Management.Automation;
using ConvoxSsl.Cmdlets;

namespace ConvoxSsl.Commands;

/// <summary>Shows a rack's webhook, without its secret; nothing where there is none.</summary>
/// <example>
/// <code>
/// Get-ConvoxWebhook
/// </code>
/// Shows the rack's webhook.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxWebhook | Set-ConvoxWebhook -Event Failed
/// </code>
/// Has it told of failures only.
/// </example>
/// <example>
/// <code>
/// if (-not (Get-ConvoxWebhook)) { Set-ConvoxWebhook https://hooks.example.org/certificates }
/// </code>
/// Sets one where there is none.
/// </example>
[Cmdlet(VerbsCommon.Get, "ConvoxWebhook")]
[OutputType(typeof(ConvoxWebhook))]
public sealed class GetConvoxWebhookCommand : ConvoxCmdlet
{
    private protected override void ProcessInput()
    {
        var session = OpenRack();
        if (Run(session.Rack.Webhooks.FindAsync) is { } webhook)
        {
            WriteObject(ConvoxWebhook.Of(webhook, null, session.Description.Name));
        }
    }
}
