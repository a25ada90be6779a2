using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace ConvoxSsl.Completion;

/// <summary>The base of argument completers. An error yields no completions, because a prompt cannot show it.</summary>
public abstract class ArgumentCompleterBase : IArgumentCompleter
{
    /// <inheritdoc/>
    [SuppressMessage(
        "Design",
        "CA1031:Do not catch general exception types",
        Justification = "Completion yields nothing if a rack or a file cannot be read.")]
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var request = new CompletionRequest(
                commandName, parameterName, CompletionResults.Unquote(wordToComplete), commandAst, fakeBoundParameters);
            return CompletionResults.Create(Find(request), wordToComplete);
        }
        catch (Exception)
        {
            return [];
        }
    }

    /// <summary>Finds the candidates. Those that do not start with the typed word are filtered out later.</summary>
    private protected abstract IEnumerable<Candidate> Find(CompletionRequest request);
}
