using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Completion;

/// <summary>Completes the certificate profiles that the CA's directory had at the last use of its account, without a request.</summary>
public sealed class ProfileCompleter : ArgumentCompleterBase
{
    private protected override IEnumerable<Candidate> Find(CompletionRequest request) =>
        request.ReadFromRack((rack, ct) => FindAsync(rack, request.GetText("Issuer"), ct))
            .OrderBy(profile => profile.Value, StringComparer.Ordinal);

    private static async IAsyncEnumerable<Candidate> FindAsync(IRack rack, string? issuer, [EnumeratorCancellation] CancellationToken ct)
    {
        var selected = issuer is null ? null : Issuer.Parse(issuer);
        foreach (var rule in selected is null ? [] : ProfileRules.Of(selected))
        {
            var addresses = rule.AllowsAddresses ? ", IP addresses permitted" : string.Empty;
            yield return new Candidate(rule.Name, $"{rule.Lifetime}, at most {rule.MaxNames} names{addresses}");
        }

        await foreach (var account in rack.Accounts.ListAsync(null, ct))
        {
            if (selected is null || account.DirectoryUrl == selected.DirectoryUrl)
            {
                foreach (var (name, text) in account.Profiles)
                {
                    yield return new Candidate(name, text);
                }
            }
        }
    }
}
