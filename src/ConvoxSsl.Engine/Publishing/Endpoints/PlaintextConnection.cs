using System.Text;

namespace ConvoxSsl.Engine.Publishing.Endpoints;

/// <summary>
/// The part of a connection before TLS begins. Reads no byte more than needed, because the next ones belong to the TLS handshake.
/// </summary>
/// <param name="stream">The stream of the connection.</param>
internal sealed class PlaintextConnection(Stream stream)
{
    // No server needs more: the longest are greetings of FTP servers and lists of capabilities.
    private const int MaxBytes = 64 * 1024;

    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(200);

    private readonly StringBuilder _partial = new();
    private int _count;

    /// <summary>The expected action of the server, for the message if it does not come: <c>respond to EHLO</c>.</summary>
    public string Expected { get; private set; } = "send a greeting";

    /// <summary>The incomplete line that was received.</summary>
    public string Partial => _partial.ToString();

    /// <summary>Sends a command.</summary>
    /// <param name="command">The name of the command, for messages.</param>
    /// <param name="text">The text to send, in ASCII.</param>
    /// <param name="ct">The cancellation token.</param>
    public Task SendAsync(string command, string text, CancellationToken ct) => SendAsync(command, Encoding.ASCII.GetBytes(text), ct);

    /// <summary>Sends a command in bytes.</summary>
    public async Task SendAsync(string command, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        Expected = $"respond to {command}";
        await stream.WriteAsync(bytes, ct).ConfigureAwait(false);
    }

    /// <summary>Reads a number of bytes.</summary>
    /// <exception cref="EndOfStreamException">The server closed the connection.</exception>
    public async Task<byte[]> ReadAsync(int count, CancellationToken ct)
    {
        Count(count);
        var buffer = new byte[count];
        await stream.ReadExactlyAsync(buffer, ct).ConfigureAwait(false);
        return buffer;
    }

    /// <summary>Reads what the server has sent besides, up to a number of bytes, for a message.</summary>
    public async Task<byte[]> ReadSomeAsync(int maxCount, CancellationToken ct)
    {
        var buffer = new byte[maxCount];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(MaxPause);
        try
        {
            return buffer[..await stream.ReadAsync(buffer, limit.Token).ConfigureAwait(false)];
        }
        catch (Exception e) when (e is IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return [];
        }
    }

    /// <summary>Reads a line without its end.</summary>
    public async Task<string> ReadLineAsync(CancellationToken ct) =>
        (await ReadUntilAsync(text => text[^1] == '\n', ct).ConfigureAwait(false)).TrimEnd('\r', '\n');

    /// <summary>Reads until a text is complete.</summary>
    /// <param name="isComplete">True if the text, which is not empty, is complete.</param>
    /// <param name="ct">The cancellation token.</param>
    public async Task<string> ReadUntilAsync(Func<StringBuilder, bool> isComplete, CancellationToken ct)
    {
        _partial.Clear();
        var one = new byte[1];
        do
        {
            Count(1);
            await stream.ReadExactlyAsync(one, ct).ConfigureAwait(false);
            _partial.Append((char)one[0]);
        }
        while (!isComplete(_partial));

        var text = _partial.ToString();
        _partial.Clear();
        return text;
    }

    private void Count(int bytes)
    {
        _count = checked(_count + bytes);
        if (bytes < 0 || _count > MaxBytes)
        {
            var text = _partial.Length > 0
                ? $", which begins with {ServerText.Quote(_partial.ToString(0, Math.Min(_partial.Length, 40)))}"
                : string.Empty;
            throw new StartTlsException($"sent more than {MaxBytes / 1024} KiB{text}.");
        }
    }
}
