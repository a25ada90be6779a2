using System.Management.Automation;
using ConvoxSsl.Cmdlets;

namespace ConvoxSsl.Commands;

/// <summary>Sends a signed message of the type <c>webhook.test</c> to a rack's webhook, whatever it is told of otherwise.</summary>
/// <example>
/// <code>
/// Test-ConvoxWebhook
/// </code>
/// Sends a message for a trial.
/// </example>
/// <example>
/// <code>
/// Test-ConvoxWebhook | Where-Object Passed -eq $false
/// </code>
/// Shows only what went wrong.
/// </example>
/// <example>
/// <code>
/// if (Test-ConvoxWebhook | Where-Object Passed -eq $false) { throw 'The receiver did not take the message.' }
/// </code>
/// Lets a check fail while the receiver does not answer.
/// </example>
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
