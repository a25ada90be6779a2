using System.Net;
using System.Text;
using ConvoxSsl.Engine.Publishing.Endpoints;
using ConvoxSsl.Fuzzing.Mutations;
using ConvoxSsl.TestKit.Endpoints;

namespace ConvoxSsl.Fuzzing.Targets;

/// <summary>Fuzz targets for the addresses of TLS servers, and for what they send before TLS begins.</summary>
internal static class EndpointTargets
{
    // A message quotes a part of what the server sent.
    private const int MaxMessage = 600;

    private static readonly string[] Addresses = ["www.example.org:443", "[2001:db8::1]:443", "192.0.2.1", "bücher.example:1"];

    private static readonly StartTlsScript[] Scripts =
    [
        StartTlsScript.Smtp, StartTlsScript.Imap, StartTlsScript.Pop3, StartTlsScript.Ldap, StartTlsScript.Postgres, StartTlsScript.MySql,
        StartTlsScript.Ftp, StartTlsScript.Xmpp, StartTlsScript.Rdp,
    ];

    public static IEnumerable<FuzzTarget> All()
    {
        yield return new FuzzTarget(
            "endpoint-address",
            new ByteMutator(":", "::", "[", "]", ".", "*.", "443", "65536", "%", "/", "\u00c3\u00bc"),
            [.. Addresses.Select(Encoding.UTF8.GetBytes)],
            ReadAddress,
            60);
        yield return new FuzzTarget(
            "starttls-response",
            new ByteMutator("\r\n", "220 ", "250-STARTTLS", "* ", "a1 OK", "+OK", "<", "/>", "\u00ff", "\0\0\0", "\u0030\u0084"),
            [.. Scripts.Select(script => script.Steps.SelectMany(step => step.Response ?? []).ToArray())],
            ReadResponsesAsync,
            30);
    }

    private static Task ReadAddress(byte[] input, CancellationToken ct)
    {
        var address = EndpointAddress.Parse(Encoding.UTF8.GetString(input), 443);
        return EndpointAddress.Parse(address.ToString(), 1) == address
            ? Task.CompletedTask
            : throw new InvalidOperationException($"'{address}' is not read as itself.");
    }

    private static async Task ReadResponsesAsync(byte[] input, CancellationToken ct)
    {
        foreach (var protocol in Enum.GetValues<StartTls>())
        {
            try
            {
                await using var server = new SilentStream(input);
                await StartTlsNegotiation.RunAsync(
                    protocol, new PlaintextConnection(server), IPAddress.Loopback, "www.example.org", ct);
            }
            catch (StartTlsException e) when (e.Message.Length <= MaxMessage && !e.Message.Any(char.IsControl))
            {
                // Rejected.
            }
            catch (EndOfStreamException)
            {
                // The input is shorter than a response.
            }
        }
    }

    // Reads a fixed input, whatever is written.
    private sealed class SilentStream(byte[] input) : MemoryStream(input, writable: false)
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.CompletedTask;
    }
}
