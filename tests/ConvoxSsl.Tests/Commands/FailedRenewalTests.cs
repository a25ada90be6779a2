using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.TestKit.Dns;
using ConvoxSsl.TestKit.Webhooks;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Renewals that do not complete: a result, an error, the exit code of the scheduled command and a notice to the webhook.</summary>
public sealed class FailedRenewalTests : IAsyncLifetime
{
    private const string Issue = "New-ConvoxCertificate '*.example.org' -Issuer $directory -CaCertificate $root -AcceptTermsOfService "
        + "-SkipPropagationCheck -DnsServer $dns";

    private readonly DnsTestZones _zones = new(TimeProvider.System);
    private ScriptedCaSession _session = null!;
    private DnsTestServer _dns = null!;
    private WebhookTestServer _receiver = null!;

    public async Task InitializeAsync()
    {
        _session = await ScriptedCaSession.StartAsync();
        _receiver = await WebhookTestServer.StartAsync(CancellationToken.None);
        _zones.AddZone("example.org", "ns.example.org");
        _dns = DnsTestServer.Start(_zones);
        _session.PowerShell.Set("dns", _dns.Endpoint.ToString());
        _session.PowerShell.Set("Url", $"{_receiver.Origin}/hook");
        _session.PowerShell.Set("Receiver", _receiver.RootFile);
        await OkAsync("Set-ConvoxWebhook $Url -CaCertificate $Receiver -Event Failed");
        await OkAsync("Add-ConvoxDnsSolver 1 example.org -Present { param($Name, $Value) } -CleanUp { param($Name, $Value) }");
        await OkAsync(Issue);
    }

    public async Task DisposeAsync()
    {
        await _session.DisposeAsync();
        await _receiver.DisposeAsync();
        await _dns.DisposeAsync();
    }

    [Fact]
    public async Task An_order_that_times_out_fails_and_is_resumed_at_its_next_attempt()
    {
        _session.Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).KeepProcessing(10_000));
        var failed = await AssertFailedAsync("OrderTimedOut", "-Force -Timeout 2s");
        Assert.InRange(failed.WaitsUntil!.Value, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddMinutes(1));

        var waiting = Assert.Single((await OkAsync("Update-ConvoxCertificate")).Of<ConvoxRenewal>());
        Assert.Equal((ConvoxRenewalResult.Waiting, failed.WaitsUntil), (waiting.Result, waiting.WaitsUntil));
        Assert.Single(_receiver.Messages);
    }

    [Fact]
    public async Task Missing_TXT_records_fail_with_a_next_attempt()
    {
        var failed = await AssertFailedAsync("DnsNotPropagated", "-Force -SkipPropagationCheck:$false -PropagationTimeout 1s");

        Assert.NotNull(failed.WaitsUntil);
    }

    [Fact]
    public async Task A_DNS_server_that_does_not_respond_fails_and_is_tried_again_by_the_next_run()
    {
        // An alias is looked up if no solver has the zone of the name itself.
        await OkAsync("Set-ConvoxDnsSolver 1 -DnsZone validation.test");
        var failed = await AssertFailedAsync("DnsServerUnreachable", "-Force -DnsServer 127.0.0.1:9");
        Assert.Null(failed.WaitsUntil);

        await OkAsync("Set-ConvoxDnsSolver 1 -DnsZone example.org");
        Assert.Equal(
            ConvoxRenewalResult.Renewed,
            Assert.Single((await OkAsync("Update-ConvoxCertificate -Force -DnsServer $dns")).Of<ConvoxRenewal>()).Result);
    }

    [Fact]
    public async Task A_renewal_that_cannot_be_planned_is_reported_once()
    {
        await OkAsync("Remove-ConvoxDnsSolver 1 -Confirm:$false");
        await AssertFailedAsync("WildcardNeedsDns", "-Force");
    }

    private async Task<ConvoxRenewal> AssertFailedAsync(string code, string parameters)
    {
        // As the scheduled command does.
        var run = await _session.RunAsync($"Update-ConvoxCertificate {parameters} | Where-Object Result -ne NotDue; [int](-not $?)");
        Assert.StartsWith($"ConvoxSsl.{code},", Assert.Single(run.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(run.Of<int>()));
        var failed = Assert.Single(run.Of<ConvoxRenewal>());
        Assert.Equal(ConvoxRenewalResult.Failed, failed.Result);
        var data = Assert.Single(_receiver.Messages).Document["data"]!;
        Assert.Equal((code, failed.Id), ((string?)data["errorId"], (string?)data["id"]));
        Assert.Equal(failed.WaitsUntil, (DateTimeOffset?)data["nextTry"]);
        return failed;
    }

    private async Task<PowerShellResult> OkAsync(string script) => (await _session.RunAsync(script)).Succeeded();
}
