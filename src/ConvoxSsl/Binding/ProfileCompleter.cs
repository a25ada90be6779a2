using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Racks;

namespace ConvoxSsl.Binding;

/// <summary>Completes certificate profiles: those that the CA's directory listed when its account was used last, without asking it.</summary>
public sealed class ProfileCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        RackCompletion.Of(fakeBoundParameters, rack => ReadAsync(rack, fakeBoundParameters["Issuer"] as string, wordToComplete.Trim('\'', '"')));

    private static async Task<List<CompletionResult>> ReadAsync(IRack rack, string? issuer, string word)
    {
        var named = issuer is null ? null : Issuer.Parse(issuer);
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var rule in named is null ? [] : ProfileRules.Of(named))
        {
            texts[rule.Name] = $"{rule.Lifetime}, at most {rule.MostNames} names{(rule.TakesAddresses ? ", IP addresses too" : string.Empty)}";
        }

        await foreach (var account in rack.Accounts.ListAsync(null, CancellationToken.None))
        {
            foreach (var (name, text) in named is null || account.DirectoryUrl == named.DirectoryUrl ? account.Profiles : new Dictionary<string, string>())
            {
                texts.TryAdd(name, text.Length > 0 ? text : name);
            }
        }

        return [.. texts.Where(t => t.Key.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Select(t => new CompletionResult(t.Key, t.Key, CompletionResultType.ParameterValue, t.Value))];
    }
}
