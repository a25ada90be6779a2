using System.Management.Automation;
using ConvoxSsl.Hosting;

namespace ConvoxSsl.Commands;

/// <summary>Sends a signed message of the type <c>webhook.test</c> to a rack's webhook, whatever it is told of otherwise.</summary>
[Cmdlet(VerbsDiagnostic.Test, "ConvoxWebhook")]
[OutputType(typeof(ConvoxCheck))]
public sealed class TestConvoxWebhookCommand : ConvoxCmdlet
{
    private protected override void ProcessInput()
    {
        var session = OpenRack();
        Run(ct => TryAsync(session, ct));
    }

    private async Task TryAsync(RackSession session, CancellationToken ct)
    {
        await foreach (var check in session.Engine.Notices.TestAsync(ct))
        {
            WriteObject(ConvoxCheck.Of(check));
        }
    }
}
