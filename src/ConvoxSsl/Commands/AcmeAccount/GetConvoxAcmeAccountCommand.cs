using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Errors;
using ConvoxSsl.Mapping;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Lists the ACME accounts of a rack.</summary>
/// <remarks>
/// The account of a CA is created with the first certificate from it, or by New-ConvoxAcmeAccount. The list contains no key. Accounts
/// of a cert-manager are not included, because the cluster manages them.
/// </remarks>
/// <example>
/// <para>Lists all accounts.</para>
/// <code>Get-ConvoxAcmeAccount</code>
/// </example>
/// <example>
/// <para>Gets the account at Let's Encrypt.</para>
/// <code>Get-ConvoxAcmeAccount letsencrypt</code>
/// </example>
/// <example>
/// <para>Sets a contact for all accounts that lack it.</para>
/// <code>
/// Get-ConvoxAcmeAccount | Where-Object Contact -NotContains 'mailto:ops@example.org' | Set-ConvoxAcmeAccount -Contact ops@example.org
/// </code>
/// </example>
[Cmdlet(VerbsCommon.Get, "ConvoxAcmeAccount", HelpUri = HelpPages.Certificates)]
[OutputType(typeof(ConvoxAcmeAccount))]
public sealed class GetConvoxAcmeAccountCommand : ConvoxCmdlet
{
    /// <summary>The CA: the name of a well-known one, or the URL of its directory. By default all CAs.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(IssuerCompleter))]
    [NotEmpty(NotEmptyAttribute.Issuer)]
    public string? Issuer { get; set; }

    private protected override object? Target => Issuer;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        if (Issuer is null)
        {
            Run(ct => ListAsync(session, ct));
            return;
        }

        var directoryUrl = Engine.Issuance.Requests.Issuer.DirectoryOf(Issuer);
        WriteObject(Run(ct => session.Engine.Accounts.GetAsync(directoryUrl, ct)).ToModel(session.Name));
    }

    private async Task ListAsync(RackSession session, CancellationToken ct)
    {
        await foreach (var account in session.Rack.Accounts.ListAsync(damage => WriteWarning(ErrorRecords.DescribeFailure(damage)), ct))
        {
            WriteObject(account.ToModel(session.Name));
        }
    }
}
