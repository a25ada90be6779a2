using System.Management.Automation;
using System.Management.Automation.Language;

namespace PowerShellRunner;

/// <summary>A top-level statement of a script, and how it is shown before it runs.</summary>
internal sealed record EchoedStatement(string Text, string Echo)
{
    private const string Prompt = "PS> ";

    /// <summary>Splits a script; the comments before a statement are shown with it.</summary>
    /// <exception cref="ParseException">The text is no PowerShell.</exception>
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
                .Where(token => token.Kind == TokenKind.Comment && token.Extent.StartOffset >= shownTo && token.Extent.EndOffset <= statement.Extent.StartOffset)
                .Select(token => token.Text + Environment.NewLine);
            var text = statement.Extent.Text;
            statements.Add(new EchoedStatement(text, $"{string.Concat(comments)}{Prompt}{text}"));
            shownTo = statement.Extent.EndOffset;
        }

        return statements;
    }
}
