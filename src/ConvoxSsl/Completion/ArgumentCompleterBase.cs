using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace ConvoxSsl.Completion;

/// <summary>A completer that never tells of an error: at a prompt it could only beep.</summary>
public abstract class ArgumentCompleterBase : IArgumentCompleter
{
    /// <inheritdoc/>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever is wrong with a rack or a file, the tab key offers nothing.")]
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var request = new CompletionRequest(commandName, parameterName, CompletionResults.Unquote(wordToComplete), commandAst, fakeBoundParameters);
            return CompletionResults.Create(Find(request), wordToComplete);
        }
        catch (Exception)
        {
            return [];
        }
    }

    /// <summary>What there is to offer; what does not begin with the word is left out later.</summary>
    private protected abstract IEnumerable<Candidate> Find(CompletionRequest request);
}
