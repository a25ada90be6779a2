using System.Diagnostics;
using System.Text;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Scenarios.Tests;

/// <summary>An interactive PowerShell in a pseudo-terminal, which the program <c>script</c> of util-linux opens.</summary>
internal sealed class Terminal : IAsyncDisposable
{
    private const int Height = 50;

    // Without echo and translation of keys, input is the same before and after PSReadLine begins to read.
    private const string Command = """
        umask 022
        stty rows "$TERMINAL_ROWS" cols "$TERMINAL_COLUMNS" -echo -icanon -icrnl
        exec "$TERMINAL_DOTNET" "$TERMINAL_POWERSHELL" -NoLogo -NoProfile -NoExit -File "$TERMINAL_PROFILE"
        """;

    private readonly Process _process;
    private readonly TerminalScreen _screen;
    private readonly TerminalParser _parser;
    private readonly char[] _buffer = new char[16 * 1024];
    private int _prompts;
    private int _promptRow;
    private int _questionRow = -1;

    private Terminal(Process process, int columns)
    {
        _process = process;
        _screen = new TerminalScreen(columns, Height);
        _parser = new TerminalParser(_screen, process.StandardInput.Write, () => (_prompts, _promptRow) = (_prompts + 1, _screen.Row));
    }

    /// <summary>Starts PowerShell and waits for its prompt.</summary>
    /// <param name="columns">The width of the terminal.</param>
    /// <param name="powerShell">The path of pwsh.dll.</param>
    /// <param name="profile">A script that is run first.</param>
    /// <param name="environment">Environment variables; null removes one.</param>
    /// <param name="ct">The cancellation token.</param>
    public static async Task<Terminal> StartAsync(
        int columns, string powerShell, string profile, IReadOnlyDictionary<string, string?> environment, CancellationToken ct)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var start = new ProcessStartInfo("script", ["-q", "-e", "-c", Command, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = utf8,
            StandardOutputEncoding = utf8,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["SHELL"] = "/bin/sh";
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["TERMINAL_ROWS"] = $"{Height}";
        start.Environment["TERMINAL_COLUMNS"] = $"{columns}";
        start.Environment["TERMINAL_DOTNET"] = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        start.Environment["TERMINAL_POWERSHELL"] = powerShell;
        start.Environment["TERMINAL_PROFILE"] = profile;
        var terminal = new Terminal(Process.Start(start)!, columns);
        terminal._process.StandardInput.AutoFlush = true;
        await terminal.ReadUntilAsync(() => terminal._prompts == 1, ct);
        return terminal;
    }

    /// <summary>Types a line with Enter, and the responses to its questions, and waits for the next prompt.</summary>
    /// <returns>The lines from the prompt to the next one. A line can be longer than the terminal is wide.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(string line, IReadOnlyList<string> responses, CancellationToken ct)
    {
        var (prompts, row) = (_prompts, _promptRow);
        await TypeAsync(line + "\r");
        await ReadUntilAsync(() => _prompts > prompts || IsQuestionOpen(), ct);
        for (var questions = 0; _prompts == prompts; questions++)
        {
            if (questions == responses.Count)
            {
                throw new InvalidOperationException(
                    $"Tasks.txt has no response to the question of '{line}':{Environment.NewLine}{ReadAll()}");
            }

            _questionRow = _screen.Row;
            await TypeAsync(responses[questions] + "\r");
            await ReadUntilAsync(() => _prompts > prompts || IsQuestionOpen(), ct);
        }

        return _screen.ReadLines(row, _promptRow);
    }

    /// <summary>Types the beginning of a line, and Tab until its completions are listed. Then Ctrl+C discards the line.</summary>
    /// <returns>The lines from the prompt to the next one.</returns>
    public async Task<IReadOnlyList<string>> CompleteAsync(string keys, CancellationToken ct)
    {
        var (prompts, row) = (_prompts, _promptRow);
        await TypeAsync(keys);
        // PSReadLine repeats the prompt below the list.
        await ReadUntilAsync(() => _prompts > prompts, ct);
        await TypeAsync("\x03");
        await ReadUntilAsync(() => _prompts > prompts + 1, ct);
        return _screen.ReadLines(row, _promptRow);
    }

    /// <summary>Ends PowerShell.</summary>
    public async Task ExitAsync(CancellationToken ct)
    {
        await TypeAsync("exit\r");
        // The terminal still replies: PSReadLine asks for the position of the cursor.
        int length;
        while ((length = await _process.StandardOutput.ReadAsync(_buffer, ct)) > 0)
        {
            _parser.Read(_buffer.AsSpan(0, length));
        }

        await _process.WaitForExitAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    // No typed line ends like this. PowerShell leaves out the last space if it wraps the question.
    private bool IsQuestionOpen()
    {
        var text = _screen.TextBeforeCursor;
        return _screen.Row > _questionRow
            && (text.EndsWith(": ", StringComparison.Ordinal) || text.EndsWith("):", StringComparison.Ordinal));
    }

    private Task TypeAsync(string keys) => _process.StandardInput.WriteAsync(keys);

    private async Task ReadUntilAsync(Func<bool> condition, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TestTime.Hang);
        while (!condition())
        {
            int length;
            try
            {
                length = await _process.StandardOutput.ReadAsync(_buffer, limit.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw new TimeoutException($"The terminal shows:{Environment.NewLine}{ReadAll()}");
            }

            if (length == 0)
            {
                throw new InvalidOperationException($"PowerShell has ended. The terminal shows:{Environment.NewLine}{ReadAll()}");
            }

            _parser.Read(_buffer.AsSpan(0, length));
        }
    }

    private string ReadAll() => string.Join(Environment.NewLine, _screen.ReadLines(0, int.MaxValue));
}
