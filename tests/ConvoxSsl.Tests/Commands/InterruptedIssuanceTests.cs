using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests orders that are stopped or pending.</summary>
public sealed class InterruptedIssuanceTests
{
    [Fact]
    public async Task Ctrl_C_cleans_up_and_the_order_resumes_later()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).Do(async (_, ct) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
        }));

        var running = session.PowerShell.Start($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}");
        await asked.Task.WaitAsync(TestTime.Hang);
        Assert.Single(Directory.GetFiles(session.WebRoot + "/.well-known/acme-challenge"));
        var took = await running.StopAsync();

        // One second is guaranteed. The limit is higher for a busy machine.
        Assert.True((await running.Completion).Stopped);
        Assert.True(TestTime.IsWithin(took, TimeSpan.FromSeconds(10)), $"It took {took}.");
        Assert.Empty(Directory.GetFileSystemEntries(session.WebRoot));
        var pending = Assert.Single((await session.RunAsync("Get-ConvoxCertificate -Status Pending")).Of<ConvoxCertificate>());
        Assert.Equal((ConvoxCertificateStatus.Pending, 0), (pending.Status, pending.Version));
        Assert.Contains("Update-ConvoxCertificate", pending.StatusReason, StringComparison.Ordinal);

        var renewal = Assert.Single((await session.RunAsync("Update-ConvoxCertificate")).Succeeded().Of<ConvoxRenewal>());
        Assert.Equal((ConvoxRenewalResult.Renewed, pending.Id), (renewal.Result, renewal.Id));
        Assert.Single(session.Ca.Orders);
        Assert.Equal(
            ConvoxCertificateStatus.Ready, Assert.Single((await session.RunAsync("Get-ConvoxCertificate")).Of<ConvoxCertificate>()).Status);
    }

    [Fact]
    public async Task A_pending_out_of_band_validation_needs_no_running_process()
    {
        await using var session = await ScriptedCaSession.StartAsync(new AcmeTestServerOptions { Challenges = _ => ["email-01"] });
        var requested = (await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}")).Succeeded();
        Assert.Contains("email-01", Assert.Single(requested.Warnings), StringComparison.Ordinal);
        Assert.Equal(ConvoxCertificateStatus.Pending, Assert.Single(requested.Of<ConvoxCertificate>()).Status);

        var pending = Assert.Single((await session.RunAsync("Get-ConvoxCertificate -Status Pending")).Of<ConvoxCertificate>());
        Assert.Contains(" until 20", pending.StatusReason, StringComparison.Ordinal);
        Assert.Contains("email-01", pending.StatusReason, StringComparison.Ordinal);
        Assert.Equal(
            ConvoxRenewalResult.Waiting,
            Assert.Single((await session.RunAsync("Update-ConvoxCertificate")).Succeeded().Of<ConvoxRenewal>()).Result);

        session.Ca.MakeValid("one.example.org");
        Assert.Equal(
            ConvoxRenewalResult.Renewed,
            Assert.Single((await session.RunAsync("Update-ConvoxCertificate")).Succeeded().Of<ConvoxRenewal>()).Result);
        Assert.Single(session.Ca.Orders);
    }

    [Fact]
    public async Task A_slow_CA_times_out_and_the_order_resumes_later()
    {
        await using var session = await ScriptedCaSession.StartAsync(new AcmeTestServerOptions { ProcessingPolls = 1000, RetryAfter = 1 });
        var error = Assert.Single(
            (await session.RunAsync(
                $"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing} -Timeout "
                    + $"{TestTime.Stretch(TimeSpan.FromSeconds(6)).TotalSeconds:0}s")).Errors);
        Assert.StartsWith("ConvoxSsl.OrderTimedOut,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.OperationTimeout, error.CategoryInfo.Category);

        Assert.StartsWith(
            "To resume the order now, use Wait-ConvoxCertificate cert-", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);

        var pending = Assert.Single((await session.RunAsync("Get-ConvoxCertificate")).Succeeded().Of<ConvoxCertificate>());
        Assert.Equal(ConvoxCertificateStatus.Pending, pending.Status);
        Assert.StartsWith("The order is not finished. The last attempt failed at ", pending.StatusReason, StringComparison.Ordinal);
        var waiting = Assert.Single((await session.RunAsync("Update-ConvoxCertificate")).Succeeded().Of<ConvoxRenewal>());
        Assert.Equal(ConvoxRenewalResult.Waiting, waiting.Result);
        Assert.Contains("The CA did not finish the order", waiting.Reason, StringComparison.Ordinal);
        Assert.NotNull(waiting.WaitsUntil);
        var late = Assert.Single((await session.RunAsync("Get-ConvoxCertificate | Wait-ConvoxCertificate -Timeout 1s")).Errors);
        Assert.StartsWith("ConvoxSsl.OrderTimedOut,", late.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Single(session.Ca.Orders);
    }

    [Fact]
    public async Task A_renewal_that_a_fault_of_this_machine_stopped_is_not_said_to_be_in_progress()
    {
        const string Issuing = "-Issuer $directory -CaCertificate $root -AcceptTermsOfService -HttpAddress 127.0.0.1";
        await using var session = await ScriptedCaSession.StartAsync();
        (await session.RunAsync($"New-ConvoxCertificate one.example.org {Issuing} -HttpPort {FreePort.Next()}")).Succeeded();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        session.PowerShell.Set("port", ((IPEndPoint)listener.LocalEndpoint).Port);

        var run = await session.RunAsync("Update-ConvoxCertificate -Force -HttpPort $port");

        Assert.StartsWith("ConvoxSsl.PortInUse,", Assert.Single(run.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        var kept = Assert.Single((await session.RunAsync("Get-ConvoxCertificate")).Succeeded().Of<ConvoxCertificate>());
        Assert.Equal(ConvoxCertificateStatus.Ready, kept.Status);
        Assert.Matches("^A renewal was started on .+ is not finished. To resume it, run Update-ConvoxCertificate cert-", kept.StatusReason);
    }

    [Theory]
    [InlineData("New-ConvoxCertificate one.example.org " + ScriptedCaSession.Issuing)]
    [InlineData("Get-ConvoxCertificate | Wait-ConvoxCertificate")]
    public async Task A_time_limit_names_the_step_that_was_running(string command)
    {
        await using var session = await ScriptedCaSession.StartAsync();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).Always().Do(async (_, ct) =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
        }));
        var running = session.PowerShell.Start($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}");
        await asked.Task.WaitAsync(TestTime.Hang);
        await running.StopAsync();

        var limit = TestTime.Stretch(TimeSpan.FromSeconds(3)).TotalSeconds;
        var error = Assert.Single((await session.RunAsync($"{command} -Timeout {limit:0}s")).Errors);
        Assert.StartsWith("ConvoxSsl.OrderTimedOut,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(
            "The running step was 'Telling the CA that one.example.org is ready'.", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unfinished_order_can_be_removed()
    {
        await using var session = await ScriptedCaSession.StartAsync(new AcmeTestServerOptions { Challenges = _ => ["email-01"] });
        await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}");

        (await session.RunAsync("Get-ConvoxCertificate | Remove-ConvoxCertificate -Confirm:$false")).Succeeded();
        Assert.Empty((await session.RunAsync("Get-ConvoxCertificate")).Objects);
    }
}
