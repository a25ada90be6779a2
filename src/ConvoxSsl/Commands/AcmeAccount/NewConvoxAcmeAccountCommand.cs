using System.Management.Automation;
using System.Security;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Scripts;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Makes an account at an ACME CA; returns the one that is there already.</summary>
/// <example>
/// <code>
/// New-ConvoxAcmeAccount letsencrypt -Contact ops@example.org -AcceptTermsOfService
/// </code>
/// Makes an account at Let's Encrypt.
/// </example>
/// <example>
/// <code>
/// New-ConvoxAcmeAccount zerossl -ExternalAccountKeyId kid-1 -ExternalAccountKey (Get-Secret zerossl) -AcceptTermsOfService
/// </code>
/// Makes one at a CA that binds it to its customers, with the key from a vault.
/// </example>
/// <example>
/// <code>
/// New-ConvoxAcmeAccount https://ca.example.org/directory -CaCertificate ./ca-root.pem -AcceptTermsOfService
/// </code>
/// Makes one at a CA of your own, in a script that sets a machine up; where the account is there, it is returned.
/// </example>
[Cmdlet(VerbsCommon.New, "ConvoxAcmeAccount", SupportsShouldProcess = true)]
[OutputType(typeof(ConvoxAcmeAccount))]
public sealed class NewConvoxAcmeAccountCommand : ConvoxCmdlet
{
    /// <summary>The CA: <c>letsencrypt</c>, another well-known one, or the URL of its ACME directory.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(IssuerCompleter))]
    [ValidateNotNullOrEmpty]
    public string Issuer { get; set; } = string.Empty;

    /// <summary>The type of the account's key. Default: EcdsaP256.</summary>
    [Parameter]
    public KeyAlgorithm KeyAlgorithm { get; set; }

    /// <summary>The PEM file with the key of an account that exists already; the CA finds the account by it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>The key id of your account at a CA that binds ACME accounts to its customers (EAB).</summary>
    [Parameter]
    [Alias("EabKeyId")]
    [ValidateNotNullOrEmpty]
    public string? ExternalAccountKeyId { get; set; }

    /// <summary>The MAC key that goes with <c>-ExternalAccountKeyId</c>, in base64url as the CA gives it.</summary>
    [Parameter]
    [Alias("EabMacKey")]
    [SecretText]
    public SecureString? ExternalAccountKey { get; set; }

    /// <summary>The contacts of the account: email addresses or contact URLs.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContactCompleter))]
    public string[] Contact { get; set; } = [];

    /// <summary>Accepts the CA's terms of service. An interactive session prompts instead.</summary>
    [Parameter]
    public SwitchParameter AcceptTermsOfService { get; set; }

    /// <summary>The PEM file of the root certificate that the endpoint of a private CA chains to. It is stored with the account.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CaCertificate { get; set; }

    private protected override object Target => Issuer;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        var directoryUrl = Engine.Issuance.Issuer.DirectoryOf(Issuer);
        var key = KeyPath is null ? null : PrivateKey.FromPem(ReadTextFile(KeyPath));
        var request = new AccountRequest
        {
            Contact = Contact,
            AcceptTermsOfService = AcceptTermsOfService,
            CaCertificate = CaCertificate is null ? null : ReadTextFile(CaCertificate),
            KeyAlgorithm = Enum.Parse<Engine.Certificates.KeyAlgorithm>(KeyAlgorithm.ToString()),
            Key = key,
            ExternalAccount = ReadExternalAccount(),
        };
        AcmeAccounts.Check(request);
        if (ConfirmAction(directoryUrl.AbsoluteUri, "Make an ACME account"))
        {
            request = PromptForTerms(session, directoryUrl, request);
            Run(ct => session.Engine.Accounts.OpenAsync(directoryUrl, request, ct));
            WriteObject(ConvoxAcmeAccount.Of(Run(ct => session.Engine.Accounts.GetAsync(directoryUrl, ct)), session.Description.Name));
        }
    }

    private ExternalAccount? ReadExternalAccount()
    {
        if (ExternalAccountKeyId is null && ExternalAccountKey is null)
        {
            return null;
        }

        if (ExternalAccountKeyId is null || ExternalAccountKey is null)
        {
            throw new InvalidInputException(ErrorCode.InvalidExternalAccount, "An external account is a key id and a key. Give both -ExternalAccountKeyId and -ExternalAccountKey.", ExternalAccountKeyId);
        }

        var macKey = Secret.ToCharArray(ExternalAccountKey);
        try
        {
            return new ExternalAccount(ExternalAccountKeyId, new string(macKey));
        }
        finally
        {
            Array.Clear(macKey);
        }
    }
}
