using System.Net.Sockets;
using ConvoxSsl.Engine.Http;

namespace ConvoxSsl.Engine.Tests.Http;

public sealed class NetworkFaultTests
{
    [Fact]
    public void Every_kind_of_HTTP_fault_is_described_in_words()
    {
        foreach (var error in Enum.GetValues<HttpRequestError>().Where(error => error != HttpRequestError.Unknown))
        {
            var io = new HttpIOException(error, "Raw text.");
            foreach (var fault in new Exception[] { io, new HttpRequestException(error, "Sending failed.", io) })
            {
                var text = NetworkFault.Describe(fault);
                Assert.DoesNotContain("Raw text", text, StringComparison.Ordinal);
                Assert.DoesNotContain($"({error})", text, StringComparison.Ordinal);
                Assert.False(text.EndsWith('.'), text);
            }
        }
    }

    [Fact]
    public void The_innermost_socket_error_is_the_reason()
    {
        var reset = new IOException("Unable to read data.", new SocketException((int)SocketError.ConnectionReset));

        var text = NetworkFault.Describe(new HttpRequestException(HttpRequestError.Unknown, "An error occurred.", reset));

        Assert.StartsWith("connection reset", text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void The_time_limit_is_the_reason_and_not_the_socket_that_it_cancelled()
    {
        var canceled = new IOException("Unable to read data.", new SocketException((int)SocketError.OperationAborted));
        var timeout = new TimeoutException("no response within 10 s", new OperationCanceledException("Canceled.", canceled));

        var text = NetworkFault.Describe(timeout);

        Assert.Equal("no response within 10 s", text);
    }
}
