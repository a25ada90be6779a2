using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Completion;

/// <summary>
/// Completes issuers, with their directories as tool tips: the well-known CAs and those with an account on a local rack. Cmdlets for
/// existing accounts get only the latter.
/// </summary>
public sealed class IssuerCompleter : ArgumentCompleterBase
{
    private protected override IEnumerable<Candidate> Find(CompletionRequest request)
    {
        if (request.IsForAnyOf("Get-ConvoxAcmeAccount", "Set-ConvoxAcmeAccount", "Remove-ConvoxAcmeAccount"))
        {
            return request.ReadFromRack(FindAccountsAsync);
        }

        var wellKnown = Issuer.WellKnown.Select(issuer => new Candidate(issuer.Name, issuer.DirectoryUrl!.AbsoluteUri));
        Candidate[] selfSigned = request.IsForAnyOf("New-ConvoxCertificate", "Get-ConvoxCertificate", "Set-ConvoxRack")
            ? [new Candidate(Issuer.SelfSignedName, "signed with its own key; not trusted by default")]
            : [];
        Candidate[] imported = request.IsForAnyOf("Get-ConvoxCertificate")
            ? [new Candidate(Issuer.ImportedName, "imported with Import-ConvoxCertificate")]
            : [];
        return [.. wellKnown, .. selfSigned, .. imported, .. FindAccounts(request)];
    }

    // If the rack cannot be read, the well-known CAs are still offered.
    private static IReadOnlyList<Candidate> FindAccounts(CompletionRequest request)
    {
        try
        {
            return request.ReadFromRack(FindAccountsAsync);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return [];
        }
    }

    private static async IAsyncEnumerable<Candidate> FindAccountsAsync(IRack rack, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var account in rack.Accounts.ListAsync(null, ct))
        {
            var contact = account.Contact.Count == 0 ? string.Empty : $", account of {ContactCompleter.ListAddresses(account)}";
            yield return new Candidate(Issuer.Parse(account.DirectoryUrl.AbsoluteUri).Name, $"{account.DirectoryUrl}{contact}");
        }
    }
}
