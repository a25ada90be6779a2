using System.Management.Automation;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests the errors of a CA.</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task A_rate_limit_is_an_error_with_the_time_of_the_next_attempt()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        session.Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder)
            .Respond(CaResponse.Problem(429, "rateLimited", "too many certificates").RetryAfter(7200)));
        var error = Assert.Single((await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}")).Errors);

        Assert.StartsWith("ConvoxSsl.AcmeProblem.rateLimited,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.LimitsExceeded, error.CategoryInfo.Category);
        Assert.Contains("too many certificates", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("Next attempt at", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_failed_name_is_reported_with_its_reason()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        session.Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation("dns", "NXDOMAIN looking up A"));
        session.Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation("caa", "forbidden by CAA"));
        var error = Assert.Single(
            (await session.RunAsync($"New-ConvoxCertificate one.example.org, two.example.org {ScriptedCaSession.Issuing}")).Errors);

        Assert.Contains("one.example.org", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("NXDOMAIN looking up A", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(["one.example.org", "two.example.org"], Assert.IsType<string[]>(error.TargetObject));
        var failed = Assert.Single((await session.RunAsync("Get-ConvoxCertificate -Status Failed")).Of<ConvoxCertificate>());
        Assert.Contains("NXDOMAIN looking up A", failed.StatusReason, StringComparison.Ordinal);
        Assert.Contains(error.ErrorDetails.RecommendedAction, failed.StatusReason, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(session.WebRoot));
    }

    [Fact]
    public async Task A_failed_renewal_is_reported_and_the_others_continue()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        var created = (await session.RunAsync($"'one.example.org', 'two.example.org' | New-ConvoxCertificate {ScriptedCaSession.Issuing}"))
            .Succeeded()
            .Of<ConvoxCertificate>();
        session.Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Problem(403, "rejectedIdentifier", "policy"));

        var run = await session.RunAsync("Update-ConvoxCertificate -Force");
        Assert.Single(run.Of<ConvoxRenewal>(), r => r.Result == ConvoxRenewalResult.Renewed);
        var failed = Assert.Single(run.Of<ConvoxRenewal>(), r => r.Result == ConvoxRenewalResult.Failed);
        var error = Assert.Single(run.Errors);
        Assert.StartsWith("ConvoxSsl.AcmeProblem.rejectedIdentifier,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(failed.Id, error.TargetObject);
        Assert.EndsWith("correct it, or use another CA.", failed.Reason, StringComparison.Ordinal);
        Assert.EndsWith(error.ErrorDetails.RecommendedAction, failed.Reason, StringComparison.Ordinal);

        // The previous version is still live.
        var before = created.Single(c => c.Id == failed.Id);
        var now = (await session.RunAsync($"Get-ConvoxCertificate {failed.Id}")).Of<ConvoxCertificate>()[0];
        Assert.Equal((before.SerialNumber, ConvoxCertificateStatus.Ready), (now.SerialNumber, now.Status));
    }

    [Fact]
    public async Task An_error_within_a_batch_has_its_remedy()
    {
        await using var session = await ScriptedCaSession.StartAsync();

        var run = await session.RunAsync($"'*.one.example.org', 'two.example.org' | New-ConvoxCertificate {ScriptedCaSession.Issuing}");

        var error = Assert.Single(run.Errors);
        Assert.StartsWith("ConvoxSsl.WildcardNeedsDns,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Add-ConvoxDnsSolver", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.EndsWith(error.ErrorDetails.RecommendedAction, error.Exception.Message, StringComparison.Ordinal);
        Assert.Single(run.Of<ConvoxCertificate>());
    }

    [Fact]
    public async Task New_terms_of_service_are_reported_with_their_URL()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        (await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}")).Succeeded();
        session.Ca.ChangeTerms("https://ca.example.org/terms-2");

        var error = Assert.Single((await session.RunAsync("Update-ConvoxCertificate -Force")).Errors);
        Assert.StartsWith("ConvoxSsl.AcmeProblem.userActionRequired,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("https://", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("-AcceptTermsOfService", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        var stored = Assert.Single((await session.RunAsync("Get-ConvoxCertificate")).Of<ConvoxCertificate>());
        Assert.Contains("use Update-ConvoxCertificate -AcceptTermsOfService.", stored.StatusReason, StringComparison.Ordinal);

        (await session.RunAsync("Update-ConvoxCertificate -Force -AcceptTermsOfService")).Succeeded();
    }
}
