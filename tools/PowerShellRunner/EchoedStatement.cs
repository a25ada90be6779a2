using System.Management.Automation;
using System.Management.Automation.Language;

namespace PowerShellRunner;

/// <summary>A top-level statement of a script, with the text that is shown before it runs.</summary>
internal sealed record EchoedStatement(string Text, string Echo)
{
    private const string Prompt = "PS> ";

    /// <summary>Splits a script into statements. Comments are shown with the statement that follows them.</summary>
    /// <exception cref="ParseException">The text is not valid PowerShell.</exception>
    public static IReadOnlyList<EchoedStatement> Split(string script, string? file)
    {
        var ast = Parser.ParseInput(script, file, out var tokens, out var errors);
        if (errors.Length > 0)
        {
            throw new ParseException(errors);
        }

        var statements = new List<EchoedStatement>();
        var shownTo = 0;
        foreach (var statement in ast.EndBlock.Statements)
        {
            var comments = tokens
                .Where(token => token.Kind == TokenKind.Comment
                    && token.Extent.StartOffset >= shownTo
                    && token.Extent.EndOffset <= statement.Extent.StartOffset)
                .Select(token => token.Text + Environment.NewLine);
            var text = statement.Extent.Text;
            statements.Add(new EchoedStatement(text, $"{string.Concat(comments)}{Prompt}{text}"));
            shownTo = statement.Extent.EndOffset;
        }

        return statements;
    }
}
