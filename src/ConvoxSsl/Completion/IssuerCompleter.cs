using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Completion;

/// <summary>
/// Completes issuers, with their directories as the tool tip: the well-known ones and those where a local rack has an
/// account; for the cmdlets that work on an account only the latter.
/// </summary>
public sealed class IssuerCompleter : ArgumentCompleterBase
{
    private protected override IEnumerable<Candidate> Find(CompletionRequest request)
    {
        if (request.IsForAnyOf("Get-ConvoxAcmeAccount", "Set-ConvoxAcmeAccount", "Remove-ConvoxAcmeAccount"))
        {
            return request.ReadFromRack(FindAccountsAsync);
        }

        var known = Issuer.WellKnown.Select(issuer => new Candidate(issuer.Name, issuer.DirectoryUrl!.AbsoluteUri));
        var selfSigned = request.IsForAnyOf("New-ConvoxCertificate") ? [new Candidate(Issuer.SelfSignedName, "signed with its own key; no client trusts it by itself")] : Array.Empty<Candidate>();
        return [.. known, .. selfSigned, .. Accounts(request)];
    }

    // What is known without the rack is offered whatever is wrong with the rack.
    private static IReadOnlyList<Candidate> Accounts(CompletionRequest request)
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
            var contact = account.Contact.Count == 0 ? string.Empty : $", account of {ContactCompleter.Addresses(account)}";
            yield return new Candidate(Issuer.Parse(account.DirectoryUrl.AbsoluteUri).Name, $"{account.DirectoryUrl}{contact}");
        }
    }
}
