using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Endpoints;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests Test-ConvoxEndpoint with servers on this machine.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class EndpointTests : IAsyncLifetime
{
    private const string Name = "www.example.org";

    private readonly HostedPowerShell _powerShell = new();
    private readonly TestAuthority _ca = new();
    private readonly X509Certificate2 _leaf;
    private readonly TlsTestServer _server;

    public EndpointTests()
    {
        _leaf = _ca.Issue([Name, "localhost"]);
        _server = TlsTestServer.Start(new TlsTestServerOptions { Select = _ => (_leaf, [_ca.Intermediate]) });
        _powerShell.Set("port", _server.Port);
        _powerShell.Set("root", _powerShell["root.pem"]);
    }

    public Task InitializeAsync() => File.WriteAllTextAsync(_powerShell["root.pem"], _ca.Root.ExportCertificatePem());

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _powerShell.Dispose();
        _leaf.Dispose();
        _ca.Dispose();
    }

    [Fact]
    public async Task A_valid_server_is_described()
    {
        var endpoint = await TestAsync("Test-ConvoxEndpoint localhost:$port -ServerName www.example.org -CaCertificate $root");

        Assert.Equal(ConvoxEndpointStatus.Ok, endpoint.Status);
        Assert.Equal(($"localhost:{_server.Port}", "localhost", _server.Port), (endpoint.Endpoint, endpoint.HostName, endpoint.Port));
        Assert.Equal((Name, _leaf.SerialNumber, "Endpoint Intermediate"), (endpoint.ServerName, endpoint.SerialNumber, endpoint.Issuer));
        Assert.Equal((true, true, true, 89), (endpoint.ChainComplete, endpoint.Trusted, endpoint.NameMatches, endpoint.DaysLeft));
        Assert.Equal([Name, "localhost"], endpoint.Domains);
        Assert.Equal((null, null, null, null), (endpoint.Reason, endpoint.Remedy, endpoint.CertificateId, endpoint.Current));
    }

    [Fact]
    public async Task A_failed_server_is_an_object_with_a_reason_and_a_remedy()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _powerShell.Set("closed", $"127.0.0.1:{((IPEndPoint)closed.LocalEndPoint!).Port}");

        var endpoint = await TestAsync("Test-ConvoxEndpoint $closed");

        Assert.Equal(ConvoxEndpointStatus.Failed, endpoint.Status);
        Assert.EndsWith("did not accept the connection: connection refused.", endpoint.Reason, StringComparison.Ordinal);
        Assert.NotNull(endpoint.Remedy);
        Assert.Null(endpoint.SerialNumber);
    }

    [Fact]
    public async Task A_protocol_selects_its_dialog_and_a_plain_server_the_advice()
    {
        await using var mail = TlsTestServer.Start(
            new TlsTestServerOptions { Select = _ => (_leaf, [_ca.Intermediate]), Script = StartTlsScript.Smtp });
        _powerShell.Set("mail", mail.Endpoint);

        var result = await TestAsync("Test-ConvoxEndpoint $mail -StartTls Smtp -ServerName localhost -CaCertificate $root");
        var plain = await TestAsync("Test-ConvoxEndpoint $mail -ServerName localhost");

        Assert.Equal((ConvoxEndpointStatus.Ok, StartTlsProtocol.Smtp), (result.Status, result.StartTls));
        Assert.Contains("'220-mail.example.org ESMTP", plain.Reason, StringComparison.Ordinal);
        Assert.Contains("-StartTls", plain.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Objects_name_servers_by_their_properties()
    {
        const string Script = """
            $rows = [pscustomobject]@{ HostName = 'localhost'; Port = $port; ServerName = 'www.example.org'; StartTls = '' },
                [pscustomobject]@{ Endpoint = "127.0.0.1:$port"; HostName = 'other'; ServerName = 'localhost' },
                [pscustomobject]@{ Domain = [string[]]('localhost', 'LOCALHOST.'); Port = "$port"; ServerName = '' },
                [pscustomobject]@{ Endpoint = "localhost:$port"; Port = ''; ServerName = ''; StartTls = '' },
                @{ Endpoint = "localhost:$port" }
            $rows | Test-ConvoxEndpoint -CaCertificate $root | Test-ConvoxEndpoint -CaCertificate $root
            """;

        var endpoints = (await RunAsync(Script)).Succeeded().Of<ConvoxEndpoint>();

        Assert.All(endpoints, endpoint => Assert.Equal(ConvoxEndpointStatus.Ok, endpoint.Status));
        Assert.Equal(
            ["127.0.0.1 localhost", .. Enumerable.Repeat("localhost localhost", 4), $"localhost {Name}"],
            endpoints.Select(endpoint => $"{endpoint.HostName} {endpoint.ServerName}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_certificate_is_tested_at_its_names_without_wildcards()
    {
        (await RunAsync("$own = New-ConvoxCertificate localhost, *.example.org -Issuer self-signed")).Succeeded();

        var run = (await RunAsync("$own | Test-ConvoxEndpoint -Port $port")).Succeeded();

        var endpoint = Assert.Single(run.Of<ConvoxEndpoint>());
        Assert.Equal($"localhost:{_server.Port}", endpoint.Endpoint);
        Assert.StartsWith("The certificate is not cert-", endpoint.Reason, StringComparison.Ordinal);
        Assert.Equal("'*.example.org' is not tested because a wildcard is not the name of a server.", Assert.Single(run.Warnings));
    }

    [Fact]
    public async Task A_certificate_of_the_rack_is_recognized_and_an_outdated_one_is_a_warning()
    {
        const string Script = """
            $first = New-ConvoxCertificate localhost -Issuer self-signed
            [System.IO.File]::ReadAllText("$($first.Path)/cert.pem")
            [System.IO.File]::ReadAllText("$($first.Path)/privkey.pem")
            """;
        var pem = (await RunAsync(Script)).Succeeded().Of<string>();
        using var own = X509Certificate2.CreateFromPem(pem[0], pem[1]);
        await using var server = TlsTestServer.Start(new TlsTestServerOptions { Select = _ => (own, []) });
        _powerShell.Set("own", $"localhost:{server.Port}");

        var current = await TestAsync("$first | Test-ConvoxEndpoint -Port $own.Split(':')[1]");
        (await RunAsync("$null = Update-ConvoxCertificate -Force")).Succeeded();
        var outdated = await TestAsync("Test-ConvoxEndpoint $own");

        Assert.Equal((1, true, ConvoxEndpointStatus.Warning), (current.Version, current.Current, current.Status));
        Assert.Equal("The certificate is self-signed.", current.Reason);
        Assert.Equal((1, false, ConvoxEndpointStatus.Warning), (outdated.Version, outdated.Current, outdated.Status));
        Assert.Contains($"is version 1 of {outdated.CertificateId}; version 2 is current.", outdated.Reason, StringComparison.Ordinal);
        Assert.Contains($"Export-ConvoxCertificate {outdated.CertificateId}", outdated.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rack_that_cannot_be_read_is_a_warning()
    {
        Directory.CreateDirectory(_powerShell.RackPath);
        await File.WriteAllTextAsync(Path.Combine(_powerShell.RackPath, "rack.json"), "{");

        var run = (await RunAsync("Test-ConvoxEndpoint localhost:$port, localhost:$port -CaCertificate $root")).Succeeded();

        Assert.All(run.Of<ConvoxEndpoint>(), endpoint => Assert.Equal(ConvoxEndpointStatus.Ok, endpoint.Status));
        Assert.Contains("are not compared with those of rack", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://www.example.org/", "InvalidEndpoint", "URL")]
    [InlineData("*.example.org", "InvalidEndpoint", "a wildcard is not the name of a host")]
    [InlineData("www.example.org:0", "InvalidPort", "1 to 65535")]
    [InlineData("www.example.org -Port 65536", "InvalidPort", "1 to 65535")]
    [InlineData("www.example.org -Timeout 0s", "InvalidTimeout", "not positive")]
    [InlineData("www.example.org -ServerName a..b", "InvalidEndpoint", "empty label")]
    [InlineData("www.example.org -CaCertificate ./nowhere.pem", "FileNotFound", "nowhere.pem")]
    [InlineData("([pscustomobject]@{ Id = 1 })", "InvalidEndpoint", "names no server")]
    public async Task Invalid_input_is_one_error(string arguments, string id, string reason)
    {
        var run = await RunAsync($"Test-ConvoxEndpoint {arguments}");

        var error = Assert.Single(run.Errors);
        Assert.Equal($"ConvoxSsl.{id},ConvoxSsl.Commands.TestConvoxEndpointCommand", error.FullyQualifiedErrorId);
        Assert.Contains(reason, error.Exception.Message, StringComparison.Ordinal);
        Assert.NotNull(error.ErrorDetails.RecommendedAction);
        Assert.Empty(run.Objects);
    }

    [Theory]
    [InlineData("Test-ConvoxEndpoint ''", "Give a host or host:port")]
    [InlineData("Test-ConvoxEndpoint a -StartTls Smpt", "Did you mean 'Smtp'?")]
    [InlineData("Test-ConvoxEndpoint a -Port https", "such as -Port 8443")]
    public async Task Invalid_arguments_name_the_right_form(string script, string expected) => Assert.Contains(
        expected, (await RunAsync(script)).TerminatingError!.Exception.Message, StringComparison.Ordinal);

    [Fact]
    public async Task Results_are_written_before_others_are_known_and_a_stop_ends_all()
    {
        await using var hanging = TlsTestServer.Start(new TlsTestServerOptions { Select = _ => (_leaf, []), Hangs = true });
        _powerShell.Set("hanging", hanging.Endpoint);
        var first = new TaskCompletionSource();
        _powerShell.Set("first", first);
        var running = _powerShell.Start(
            "@($hanging) * 100 + \"localhost:$port\" | Test-ConvoxEndpoint -Timeout 1h | ForEach-Object { $first.SetResult() }");
        await first.Task.WaitAsync(TestTime.Hang);

        var elapsed = await running.StopAsync();

        Assert.True(TestTime.IsWithin(elapsed, TimeSpan.FromSeconds(1)), elapsed.ToString());
        Assert.True((await running.Completion).Stopped);
    }

    [Fact]
    public async Task Names_and_protocols_are_completed()
    {
        (await RunAsync("$null = New-ConvoxCertificate www.example.org, *.example.org -Issuer self-signed")).Succeeded();

        Assert.Equal([Name], await CompleteAsync("Test-ConvoxEndpoint "));
        Assert.Equal(["Pop3", "Postgres"], (await CompleteAsync("Test-ConvoxEndpoint a -StartTls P")).Order(StringComparer.Ordinal));
    }

    private async Task<IEnumerable<string>> CompleteAsync(string typed)
    {
        _powerShell.Set("typed", typed);
        var run = (await RunAsync("(TabExpansion2 $typed $typed.Length).CompletionMatches")).Succeeded();
        return run.Of<CompletionResult>().Where(r => r.ResultType == CompletionResultType.ParameterValue).Select(r => r.CompletionText);
    }

    private async Task<ConvoxEndpoint> TestAsync(string script) => Assert.Single((await RunAsync(script)).Succeeded().Of<ConvoxEndpoint>());

    private Task<PowerShellResult> RunAsync(string script) => _powerShell.RunAsync(script, CancellationToken.None);
}
