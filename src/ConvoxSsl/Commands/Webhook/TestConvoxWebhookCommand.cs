using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Mapping;

namespace ConvoxSsl.Commands;

/// <summary>Sends a signed test message of type <c>webhook.test</c> to the webhook of a rack, regardless of its events.</summary>
/// <remarks>
/// A receiver can handle the type <c>webhook.test</c> like any other message and must respond with a status from 200 to 299. The
/// Remedy of a failed check says what to change.
/// </remarks>
/// <example>
/// <para>Sends a test message.</para>
/// <code>Test-ConvoxWebhook</code>
/// </example>
/// <example>
/// <para>Shows only failed checks.</para>
/// <code>Test-ConvoxWebhook | Where-Object Passed -eq $false</code>
/// </example>
/// <example>
/// <para>Fails a check if the receiver does not respond.</para>
/// <code>if (Test-ConvoxWebhook | Where-Object Passed -eq $false) { throw 'The receiver rejected the message.' }</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "ConvoxWebhook", HelpUri = HelpPages.Webhooks)]
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
            WriteObject(check.ToModel(GetType()));
        }
    }
}
