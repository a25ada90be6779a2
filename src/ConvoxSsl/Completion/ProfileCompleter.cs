using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Completion;

/// <summary>Completes certificate profiles: those that the CA's directory listed when its account was used last, without asking it.</summary>
public sealed class ProfileCompleter : ArgumentCompleterBase
{
    private protected override IEnumerable<Candidate> Find(CompletionRequest request) =>
        request.ReadFromRack((rack, ct) => FindAsync(rack, request.GetText("Issuer"), ct)).OrderBy(profile => profile.Value, StringComparer.Ordinal);

    private static async IAsyncEnumerable<Candidate> FindAsync(IRack rack, string? issuer, [EnumeratorCancellation] CancellationToken ct)
    {
        var named = issuer is null ? null : Issuer.Parse(issuer);
        foreach (var rule in named is null ? [] : ProfileRules.Of(named))
        {
            yield return new Candidate(rule.Name, $"{rule.Lifetime}, at most {rule.MostNames} names{(rule.TakesAddresses ? ", IP addresses too" : string.Empty)}");
        }

        await foreach (var account in rack.Accounts.ListAsync(null, ct))
        {
            if (named is null || account.DirectoryUrl == named.DirectoryUrl)
            {
                foreach (var (name, text) in account.Profiles)
                {
                    yield return new Candidate(name, text);
                }
            }
        }
    }
}
