using System.Management.Automation;
using System.Security;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Mapping;
using ConvoxSsl.Scripts;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Creates an account at an ACME CA, or returns the existing one.</summary>
/// <remarks>
/// New-ConvoxCertificate creates an account when it needs one. Create it with this cmdlet if the CA requires an external account
/// binding, if you have the key of an existing account, or if a setup script accepts the terms of service once for all later commands.
/// The key stays on the rack; it is stored before the request, so that a lost response loses no account.
/// </remarks>
/// <example>
/// <para>Creates an account at Let's Encrypt.</para>
/// <code>New-ConvoxAcmeAccount letsencrypt -Contact ops@example.org -AcceptTermsOfService</code>
/// </example>
/// <example>
/// <para>Creates an account that is bound to a customer account at the CA, with the key from a vault.</para>
/// <code>New-ConvoxAcmeAccount zerossl -ExternalAccountKeyId kid-1 -ExternalAccountKey (Get-Secret zerossl) -AcceptTermsOfService</code>
/// </example>
/// <example>
/// <para>Creates an account at a private CA in a setup script, or returns the existing one.</para>
/// <code>New-ConvoxAcmeAccount https://ca.example.org/directory -CaCertificate ./ca-root.pem -AcceptTermsOfService</code>
/// </example>
[Cmdlet(VerbsCommon.New, "ConvoxAcmeAccount", SupportsShouldProcess = true, HelpUri = HelpPages.Certificates)]
[OutputType(typeof(ConvoxAcmeAccount))]
public sealed partial class NewConvoxAcmeAccountCommand : ConvoxCmdlet
{
    /// <summary>The CA: <c>letsencrypt</c>, another well-known one, or the URL of its ACME directory.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(IssuerCompleter))]
    [AllowNull]
    [AllowEmptyString]
    [NotEmpty(NotEmptyAttribute.Issuer)]
    public string Issuer { get; set; } = string.Empty;

    /// <summary>The type of the account key. Default: EcdsaP256.</summary>
    [Parameter]
    [KnownValues(typeof(KeyAlgorithm))]
    public KeyAlgorithm KeyAlgorithm { get; set; }

    /// <summary>The PEM file of the key of an existing account at the CA.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>The password of the encrypted private key in the file of <c>-KeyPath</c>.</summary>
    [Parameter]
    [CredentialPassword]
    public SecureString? Password { get; set; }

    /// <summary>The key ID for an external account binding (EAB) from the CA.</summary>
    [Parameter]
    [Alias("EabKeyId")]
    [ValidateNotNullOrEmpty]
    public string? ExternalAccountKeyId { get; set; }

    /// <summary>The MAC key for <c>-ExternalAccountKeyId</c>, in base64url as provided by the CA.</summary>
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

    private protected override bool CreatesRack => true;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        var directoryUrl = Engine.Issuance.Requests.Issuer.DirectoryOf(Issuer);
        var key = ReadKeyFile(KeyPath, Password);
        var request = new AccountRequest
        {
            Contact = Contact,
            AcceptTermsOfService = AcceptTermsOfService,
            CaCertificate = ReadRootFile(CaCertificate),
            KeyAlgorithm = KeyAlgorithm.ToEngine(),
            Key = key,
            ExternalAccount = ReadExternalAccount(),
        };
        AcmeAccounts.Check(request);
        RequireTerms(session, directoryUrl, request);
        var isNew = Run(ct => session.Engine.Accounts.IsMissingAsync(directoryUrl, ct));
        if (!isNew)
        {
            WarnOfUnchanged(session, directoryUrl, request);
        }

        if (ConfirmAction(directoryUrl.AbsoluteUri, isNew ? "Create an ACME account" : "Use the existing ACME account"))
        {
            request = PromptForTerms(session, directoryUrl, request);
            Run(ct => session.Engine.Accounts.OpenAsync(directoryUrl, request, ct));
            WriteObject(Run(ct => session.Engine.Accounts.GetAsync(directoryUrl, ct)).ToModel(session.Name));
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
            throw new InvalidInputException(
                ErrorCode.InvalidExternalAccount, "An external account requires both a key ID and a MAC key.", ExternalAccountKeyId)
            {
                Remedy = new Remedy("InvalidExternalAccount.Incomplete"),
            };
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
