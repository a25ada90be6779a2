using System.Management.Automation;
using System.Security;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Issuance.Webhooks;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Mapping;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>
/// Sets the webhook of a rack, which receives signed JSON messages (Standard Webhooks). If the rack has no secret yet, one is
/// created and returned once in <c>Secret</c>.
/// </summary>
/// <remarks>
/// Settings that you do not name stay as they are. A receiver verifies the signature with the secret; keep it in a vault, because the
/// rack shows it only once. A failing receiver causes a warning and never affects a certificate. Test it with Test-ConvoxWebhook.
/// </remarks>
/// <example>
/// <para>Sets a webhook and shows the secret with which the receiver verifies signatures.</para>
/// <code>
/// $webhook = Set-ConvoxWebhook https://hooks.example.org/certificates
/// ConvertFrom-SecureString $webhook.Secret -AsPlainText
/// </code>
/// </example>
/// <example>
/// <para>Sends only events that need attention.</para>
/// <code>Set-ConvoxWebhook https://hooks.example.org/certificates -Event Failed, Expiring</code>
/// </example>
/// <example>
/// <para>Sets a webhook with an existing secret in a script and tests it.</para>
/// <code>
/// Set-ConvoxWebhook https://hooks.example.org/certificates -Secret (Get-Secret webhook)
/// if (Test-ConvoxWebhook | Where-Object Passed -eq $false) { throw 'The receiver rejected the message.' }
/// </code>
/// </example>
[Cmdlet(VerbsCommon.Set, "ConvoxWebhook", SupportsShouldProcess = true, HelpUri = HelpPages.Webhooks)]
[OutputType(typeof(ConvoxWebhook))]
public sealed class SetConvoxWebhookCommand : ConvoxCmdlet
{
    /// <summary>The https URL of the receiver; http is permitted for this machine only. Required if the rack has no webhook yet.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [PlainOrSecureText]
    [ValidateNotNullOrEmpty]
    public string? Url { get; set; }

    /// <summary>The secret that signs messages: <c>whsec_</c> followed by 24 to 64 bytes in base64.</summary>
    [Parameter]
    [SecretText]
    public SecureString? Secret { get; set; }

    /// <summary>Replaces the existing secret with a new one.</summary>
    [Parameter]
    public SwitchParameter NewSecret { get; set; }

    /// <summary>The events to send. By default all events.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [KnownValues(typeof(ConvoxWebhookEvent))]
    public ConvoxWebhookEvent[]? Event { get; set; }

    /// <summary>The PEM file of the root certificate that a receiver with a private CA chains to. It is stored with the webhook.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CaCertificate { get; set; }

    /// <summary>
    /// Returns the webhook; <c>-PassThru:$false</c> returns it only with a new secret, which cannot be shown later. Default: True.
    /// </summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; } = true;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (Secret is not null && NewSecret)
        {
            Reject("A secret was given, although a new one is to be created.", new Remedy("InvalidParameters.Secret"));
        }
    }

    private protected override bool CreatesRack => true;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        var change = new WebhookChange
        {
            Url = Url is null ? null : WebhookUrl.Parse(Url),
            Events = Event is null ? null : [.. Event.Distinct().Select(e => e.ToEngine())],
            CaCertificate = ReadRootFile(CaCertificate),
            Secret = Secret is null ? null : WebhookSecret.Parse(new string(Scripts.Secret.ToCharArray(Secret))),
            NewSecret = NewSecret,
        };
        var planned = Run(ct => session.Engine.Notices.Webhook.CheckAsync(change, ct));
        if (ConfirmAction($"Webhook of rack {session.Name}", $"Send {string.Join(", ", planned.Events)} to {planned.Origin}"))
        {
            var (webhook, secret) = Run(ct => session.Engine.Notices.Webhook.SetAsync(change, ct));
            if (PassThru || secret is not null)
            {
                WriteObject(webhook.ToModel(secret is null ? null : Scripts.Secret.FromText(secret.Value), session.Name));
            }
        }
    }
}
