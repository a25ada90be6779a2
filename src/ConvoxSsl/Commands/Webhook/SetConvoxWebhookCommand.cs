using System.Management.Automation;
using System.Security;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine.Issuance.Webhooks;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>
/// Sets where a rack's notices go: signed JSON messages by POST, as Standard Webhooks describes them. Where the rack has
/// no secret yet, one is made, and the object returned holds it in <c>Secret</c>, this once.
/// </summary>
/// <example>
/// <code>
/// $webhook = Set-ConvoxWebhook https://hooks.example.org/certificates
/// ConvertFrom-SecureString $webhook.Secret -AsPlainText
/// </code>
/// Sets a webhook and shows the secret that the receiver checks signatures with.
/// </example>
/// <example>
/// <code>
/// Set-ConvoxWebhook https://hooks.example.org/certificates -Event Failed, Expiring
/// </code>
/// Has it told only of what needs somebody's attention.
/// </example>
/// <example>
/// <code>
/// Set-ConvoxWebhook https://hooks.example.org/certificates -Secret (Get-Secret webhook)
/// if (Test-ConvoxWebhook | Where-Object Passed -eq $false) { throw 'The receiver did not take the message.' }
/// </code>
/// Sets one in a script, with a secret that the receiver has already, and tries it.
/// </example>
[Cmdlet(VerbsCommon.Set, "ConvoxWebhook", SupportsShouldProcess = true, DefaultParameterSetName = KeepSet)]
[OutputType(typeof(ConvoxWebhook))]
public sealed class SetConvoxWebhookCommand : ConvoxCmdlet
{
    private const string KeepSet = "Keep";
    private const string SecretSet = "Secret";
    private const string NewSecretSet = "NewSecret";

    /// <summary>An https URL; http is for this machine only. Needed where the rack has no webhook yet.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [PlainOrSecureText]
    [ValidateNotNullOrEmpty]
    public string? Url { get; set; }

    /// <summary>The secret that messages are signed with: <c>whsec_</c> and 24 to 64 bytes in base64.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SecretSet)]
    [SecretText]
    public SecureString? Secret { get; set; }

    /// <summary>Makes a new secret in place of the one that is there.</summary>
    [Parameter(Mandatory = true, ParameterSetName = NewSecretSet)]
    public SwitchParameter NewSecret { get; set; }

    /// <summary>What it is told of. By default everything.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public ConvoxWebhookEvent[]? Event { get; set; }

    /// <summary>The PEM file with the root of a private CA, by which the receiver is trusted. It is remembered.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CaCertificate { get; set; }

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        var change = new WebhookChange
        {
            Url = Url is null ? null : WebhookUrl.Parse(Url),
            Events = Event is null ? null : [.. Event.Distinct().Select(e => Enum.Parse<NoticeKind>(e.ToString()))],
            CaCertificate = CaCertificate is null ? null : ReadTextFile(CaCertificate),
            Secret = Secret is null ? null : WebhookSecret.Parse(new string(Scripts.Secret.ToCharArray(Secret))),
            NewSecret = NewSecret,
        };
        var wanted = Run(ct => session.Engine.Notices.Webhook.CheckAsync(change, ct));
        if (ConfirmAction($"Webhook of rack {session.Description.Name}", $"Tell {wanted.Origin} of {string.Join(", ", wanted.Events)}"))
        {
            var (webhook, made) = Run(ct => session.Engine.Notices.Webhook.SetAsync(change, ct));
            WriteObject(ConvoxWebhook.Of(webhook, made is null ? null : Scripts.Secret.FromText(made.Value), session.Description.Name));
        }
    }
}
