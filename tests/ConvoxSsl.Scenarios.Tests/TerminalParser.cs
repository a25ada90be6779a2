using System.Globalization;
using System.Text;

namespace ConvoxSsl.Scenarios.Tests;

/// <summary>
/// Reads the output of a program in a terminal: characters, and the control sequences of ECMA-48 that PowerShell and PSReadLine
/// send. Others throw, so that none is misread.
/// </summary>
/// <param name="screen">The screen.</param>
/// <param name="reply">Sends a reply of the terminal to the program.</param>
/// <param name="onMark">Called at the mark of shell integrations (OSC 133 ; A) at which a prompt begins.</param>
internal sealed class TerminalParser(TerminalScreen screen, Action<string> reply, Action onMark)
{
    private const string PromptMark = "133;A";
    private const char Escape = '\e';
    private const char Bell = '\a';

    private readonly StringBuilder _sequence = new();
    private Action<char>? _next;

    /// <summary>Reads output.</summary>
    public void Read(ReadOnlySpan<char> output)
    {
        foreach (var character in output)
        {
            (_next ?? ReadText)(character);
        }
    }

    private void ReadText(char character)
    {
        switch (character)
        {
            case Escape: _next = ReadEscape; break;
            case '\r': screen.CarriageReturn(); break;
            case '\n': screen.LineFeed(); break;
            case '\b': screen.MoveBy(0, -1); break;
            case '\t': screen.Tabulate(); break;
            case Bell or '\0': break;
            default: screen.Write(character); break;
        }
    }

    private void ReadEscape(char character)
    {
        _sequence.Clear();
        _next = character switch
        {
            '[' => ReadControl,
            ']' => ReadCommand,
            '(' or ')' => _ => _next = null,
            '=' or '>' => null,
            _ => throw new NotSupportedException($"The terminal does not know the sequence ESC {character}."),
        };
    }

    // ECMA-48, 5.4: a control sequence ends with a byte from 40 to 7E.
    private void ReadControl(char character)
    {
        if (character is < '@' or > '~')
        {
            _sequence.Append(character);
            return;
        }

        _next = null;
        var parameters = _sequence.ToString();
        var isPrivate = parameters.StartsWith('?');
        if (character is 'm' or 'q' || (isPrivate && character is 'h' or 'l'))
        {
            // Colours, the shape of the cursor, modes.
            return;
        }

        var numbers = parameters.Split(';').Select(n => int.TryParse(n, CultureInfo.InvariantCulture, out var value) ? value : 0).ToArray();
        if (isPrivate || !TryApply(character, numbers[0], numbers.ElementAtOrDefault(1)))
        {
            throw new NotSupportedException($"The terminal does not know the sequence ESC [ {parameters}{character}.");
        }
    }

    private bool TryApply(char function, int first, int second)
    {
        var count = Math.Max(first, 1);
        switch (function)
        {
            case 'A': screen.MoveBy(-count, 0); break;
            case 'B': screen.MoveBy(count, 0); break;
            case 'C': screen.MoveBy(0, count); break;
            case 'D': screen.MoveBy(0, -count); break;
            case 'G': screen.SetColumn(count - 1); break;
            case 'd': screen.SetRow(count - 1); break;
            case 'H' or 'f': screen.MoveTo(count - 1, Math.Max(second, 1) - 1); break;
            case 'J': screen.EraseInDisplay(first); break;
            case 'K': screen.EraseInLine(first); break;
            case 'P': screen.DeleteCells(count); break;
            case 'X': screen.EraseCells(count); break;
            case '@': screen.InsertCells(count); break;
            case 'n' when first == 6: reply($"\e[{screen.Row - screen.Top + 1};{screen.Column + 1}R"); break;
            default: return false;
        }

        return true;
    }

    // An operating system command ends with BEL, or with ESC and a backslash.
    private void ReadCommand(char character)
    {
        if (character == Bell || (character == '\\' && _sequence is [.., Escape]))
        {
            _next = null;
            if (_sequence.ToString().TrimEnd(Escape) == PromptMark)
            {
                onMark();
            }
        }
        else
        {
            _sequence.Append(character);
        }
    }
}
