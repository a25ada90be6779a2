using System.Management.Automation;
using ConvoxSsl.Hosting;

namespace ConvoxSsl.Commands;

/// <summary>Shows a rack's webhook, without its secret; nothing where there is none.</summary>
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
