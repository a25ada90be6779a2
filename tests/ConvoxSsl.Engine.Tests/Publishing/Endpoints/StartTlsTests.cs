using ConvoxSsl.Engine.Publishing.Endpoints;
using ConvoxSsl.TestKit.Endpoints;

namespace ConvoxSsl.Engine.Tests.Publishing.Endpoints;

public sealed class StartTlsTests(EndpointServers servers) : IClassFixture<EndpointServers>
{
    private static StartTlsScript GetScript(StartTls protocol) => protocol switch
    {
        StartTls.Smtp => StartTlsScript.Smtp,
        StartTls.Imap => StartTlsScript.Imap,
        StartTls.Pop3 => StartTlsScript.Pop3,
        StartTls.Ldap => StartTlsScript.Ldap,
        StartTls.Postgres => StartTlsScript.Postgres,
        StartTls.MySql => StartTlsScript.MySql,
        StartTls.Ftp => StartTlsScript.Ftp,
        StartTls.Xmpp => StartTlsScript.Xmpp,
        StartTls.Rdp => StartTlsScript.Rdp,
        _ => throw new ArgumentOutOfRangeException(nameof(protocol), protocol, null),
    };

    public static TheoryData<StartTls> Protocols => [.. Enum.GetValues<StartTls>()];

    /// <summary>Gets the protocol, the step that is replaced, its bytes as text, and the reason.</summary>
    public static TheoryData<StartTls, int, string, string> Refusals => new()
    {
        { StartTls.Smtp, 0, "554 5.7.1 Go away\r\n", "greeted with '554 5.7.1 Go away' instead of '220'" },
        { StartTls.Smtp, 0, "* OK IMAP4rev1\r\n", "greeted with '* OK IMAP4rev1' instead of '220'" },
        { StartTls.Smtp, 2, "502 5.5.2 Not\u001b[31m implemented\r\n", "responded to EHLO with '502 5.5.2 Not [31m implemented'" },
        { StartTls.Smtp, 2, "250-mail\r\n250 SIZE\r\n", "does not offer STARTTLS; it responded to EHLO with '250-mail 250 SIZE'" },
        { StartTls.Smtp, 4, "454 TLS not available\r\n", "responded to STARTTLS with '454 TLS not available' instead of '220'" },
        { StartTls.Imap, 0, "* BYE overloaded\r\n", "greeted with '* BYE overloaded' instead of '* OK'" },
        { StartTls.Imap, 0, "* PREAUTH ready\r\n", "greeted with '* PREAUTH ready'" },
        { StartTls.Imap, 2, "* x\r\na1 BAD unknown\r\n", "responded to STARTTLS with 'a1 BAD unknown' instead of 'a1 OK'" },
        { StartTls.Imap, 2, "* BYE bye\r\n", "responded to STARTTLS with '* BYE bye'" },
        { StartTls.Pop3, 0, "-ERR busy\r\n", "greeted with '-ERR busy' instead of '+OK'" },
        { StartTls.Pop3, 2, "-ERR TLS is off\r\n", "responded to STLS with '-ERR TLS is off' instead of '+OK'" },
        { StartTls.Ftp, 0, "421 Too many users\r\n", "greeted with '421 Too many users' instead of '220'" },
        { StartTls.Ftp, 2, "530 Please login\r\n", "responded to AUTH TLS with '530 Please login' instead of '234'" },
        { StartTls.Xmpp, 1, "<stream:stream><stream:error><host-unknown/></stream:error>", "'<stream:error><host-unknown/>" },
        { StartTls.Xmpp, 1, "<stream:stream><stream:features><x/></stream:features>", "does not offer STARTTLS, but responded with" },
        { StartTls.Xmpp, 3, "<failure xmlns='x'/>", "responded to STARTTLS with '<failure xmlns='x'/>' instead of '<proceed/>'" },
        { StartTls.Ldap, 1, "0\u0012\u0002\u0001\u0001x\u000d\n\u0001\u0002\u0004\0\u0004\u0006no TLS", "result code 2 of LDAP: 'no TLS'" },
        { StartTls.Ldap, 1, "HTTP/1.1 400 Bad Request\r\n", "responded to the StartTLS operation with 'HTTP/1.1 400 Bad Request'" },
        { StartTls.Postgres, 1, "N", "does not offer TLS; it responded to SSLRequest with 'N'" },
        { StartTls.Postgres, 1, "Eno room\n\0", "responded to SSLRequest with the error 'no room'" },
        { StartTls.Postgres, 1, "E\0\0\0\u0013SFATAL\0Mno room\0\0", "responded to SSLRequest with the error 'SFATAL Mno room'" },
        { StartTls.Postgres, 1, "HTTP/1.1 400 Bad Request\r\n", "responded to SSLRequest with 'HTTP/1.1 400 Bad Request' instead of 'S'" },
        { StartTls.MySql, 0, "\u000b\0\0\0\u00ff\u0010\u0004Too many", "refused the connection with error 1040: 'Too many" },
        { StartTls.MySql, 0, "220 mail.example.org\r\n", "greeted with '220 mail.example.org' instead of a handshake packet" },
        { StartTls.Rdp, 1, "HTTP/1.1 400 Bad Request\r\n", "responded to the negotiation request with 'HTTP/1.1 400 Bad Request'" },
    };

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Probe_EveryProtocol_BeginsTlsAndEndsTheSession(StartTls protocol)
    {
        await using var server = TlsTestServer.Start(servers.Options with { Script = GetScript(protocol) });

        using var observation = await EndpointServers.ProbeAsync(server, EndpointServers.With(protocol));

        Assert.Empty(server.Violations);
        Assert.Null(observation.Failure);
        Assert.Equal((servers.Leaf.Thumbprint, 2), (observation.Leaf!.Thumbprint, observation.Certificates.Count));
        await server.WaitAsync();
        var expected = protocol switch
        {
            StartTls.Smtp or StartTls.Pop3 or StartTls.Ftp => "QUIT\r\n",
            StartTls.Imap => "a2 LOGOUT\r\n",
            StartTls.Ldap => "0\u0005\u0002\u0001\u0002B\0",
            _ => string.Empty,
        };
        Assert.Equal([$"{expected}(end)"], server.Sessions);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Probe_UnexpectedResponse_QuotesTheServer(StartTls protocol, int step, string sent, string expected)
    {
        var script = GetScript(protocol).EndWith(step, sent);
        await using var server = TlsTestServer.Start(servers.Options with { Script = script, Hangs = true });

        using var observation = await EndpointServers.ProbeAsync(server, EndpointServers.With(protocol));

        Assert.Equal(ErrorCode.StartTlsRefused, observation.Failure!.Code);
        Assert.StartsWith(server.Endpoint, observation.Failure.Message, StringComparison.Ordinal);
        Assert.Contains(expected, observation.Failure.Message, StringComparison.Ordinal);
        Assert.NotNull(observation.Failure.Remedy);
    }

    [Fact]
    public async Task Probe_MySqlWithoutTls_NamesItsVersion()
    {
        var script = StartTlsScript.MySql.EndWith(0, StartTlsScript.CreateMySqlGreeting(0xF7FE));
        await using var server = TlsTestServer.Start(servers.Options with { Script = script, Hangs = true });

        using var observation = await EndpointServers.ProbeAsync(server, EndpointServers.With(StartTls.MySql));

        Assert.Contains("is version '10.11.6-MariaDB' and does not offer TLS", observation.Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 0, "does not offer TLS, but only the security of RDP itself")]
    [InlineData(3, 3, "refused TLS with the failure code SSL_CERT_NOT_ON_SERVER")]
    [InlineData(3, 9, "refused TLS with the failure code 9")]
    public async Task Probe_RdpWithoutTls_NamesTheReason(byte type, byte value, string expected)
    {
        var script = StartTlsScript.Rdp.EndWith(1, StartTlsScript.CreateRdpConfirm(type, value));
        await using var server = TlsTestServer.Start(servers.Options with { Script = script, Hangs = true });

        using var observation = await EndpointServers.ProbeAsync(server, EndpointServers.With(StartTls.Rdp));

        Assert.Contains(expected, observation.Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Probe_ServerCloses_IsAFailure(StartTls protocol)
    {
        await using var server = TlsTestServer.Start(servers.Options with { Script = new StartTlsScript(), Closes = true });

        using var observation = await EndpointServers.ProbeAsync(server, EndpointServers.With(protocol));

        Assert.Equal(ErrorCode.StartTlsRefused, observation.Failure!.Code);
        Assert.Matches("did not (send a greeting|respond to .+)[.:]", observation.Failure.Message);
    }

    [Theory]
    [InlineData(StartTls.Smtp, "", "did not send a greeting within 0.3 seconds.")]
    [InlineData(StartTls.Smtp, "220-partial", "did not send a greeting within 0.3 seconds; it sent '220-partial'.")]
    [InlineData(StartTls.Imap, "* OK ready\r\n", "did not respond to STARTTLS within 0.3 seconds.")]
    [InlineData(StartTls.Ldap, "", "did not respond to the StartTLS operation within 0.3 seconds.")]
    [InlineData(StartTls.MySql, "", "did not send a greeting within 0.3 seconds.")]
    public async Task Probe_ServerHangs_NamesTheMissingResponse(StartTls protocol, string sent, string expected)
    {
        var script = new StartTlsScript(StartTlsScript.Send(sent));
        await using var server = TlsTestServer.Start(servers.Options with { Script = script, Hangs = true });

        using var observation = await EndpointServers.ProbeAsync(server, EndpointServers.With(protocol, "0:0:0.3"));

        Assert.Equal($"{server.Endpoint} {expected}", observation.Failure!.Message);
        Assert.Equal(new Remedy("StartTlsRefused.NoResponse").Key, observation.Failure.Remedy!.Key);
    }

    [Theory]
    [InlineData(StartTls.Smtp, 0, "220-")]
    [InlineData(StartTls.Xmpp, 1, "<a>")]
    [InlineData(StartTls.Imap, 2, "* x\r\n")]
    [InlineData(StartTls.Ftp, 0, "220-x\r\n")]
    public async Task Probe_EndlessResponse_IsBounded(StartTls protocol, int step, string part)
    {
        var endless = string.Concat(Enumerable.Repeat(part, 70_000 / part.Length));
        var script = GetScript(protocol).EndWith(step, endless);
        await using var server = TlsTestServer.Start(servers.Options with { Script = script, Hangs = true });

        using var observation = await EndpointServers.ProbeAsync(server, EndpointServers.With(protocol));

        Assert.Contains(" sent ", observation.Failure!.Message, StringComparison.Ordinal);
        Assert.InRange(observation.Failure.Message.Length, 20, 300);
    }
}
