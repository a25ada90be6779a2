using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.Tests.Hosting;

namespace ConvoxSsl.Tests.Commands;

/// <summary>PowerShell's own ways of treating errors.</summary>
public sealed class ErrorHandlingTests : IDisposable
{
    private const string Mixed = "'a.example.org', 'b..c', 'd.example.org' | New-ConvoxCertificate -Issuer self-signed";

    private readonly HostedPowerShell _powerShell = new();

    public void Dispose() => _powerShell.Dispose();

    [Theory]
    [InlineData("Continue", 2, 1)]
    [InlineData("SilentlyContinue", 2, 0)]
    [InlineData("Ignore", 2, 0)]
    public async Task The_preference_decides_what_is_shown_and_the_rest_goes_on(string preference, int certificates, int shown)
    {
        var run = await RunAsync($"{Mixed} -ErrorAction {preference}");

        Assert.Null(run.TerminatingError);
        Assert.Equal((certificates, shown), (run.Of<ConvoxCertificate>().Count, run.Errors.Count));
        Assert.Equal(preference == "Ignore" ? 0 : 1, await CountAsync("$Error.Count"));
    }

    [Fact]
    public async Task Stop_ends_the_pipeline_with_the_error_as_it_is()
    {
        var run = await RunAsync($"{Mixed} -ErrorAction Stop");
        Assert.StartsWith("ConvoxSsl.InvalidDomain,", run.TerminatingError?.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ConvoxSsl.ConvoxInputException")]
    [InlineData("ConvoxSsl.ConvoxException")]
    public async Task Input_can_be_caught_by_type(string type)
    {
        var run = await RunAsync($$"""try { New-ConvoxCertificate b..c -ErrorAction Stop } catch [{{type}}] { $_.Exception.ErrorId; $_.Exception.RecommendedAction -ne $null; $_.FullyQualifiedErrorId }""");
        Assert.Equal(["ConvoxSsl.InvalidDomain", "True", "ConvoxSsl.InvalidDomain,ConvoxSsl.Commands.NewConvoxCertificateCommand"], run.Objects.Select(o => o.ToString()));
    }

    [Fact]
    public async Task What_is_not_there_can_be_caught_by_type_and_is_no_bad_input()
    {
        var run = await RunAsync("try { Get-ConvoxCertificate cert-none -ErrorAction Stop } catch [ConvoxSsl.ConvoxInputException] { 'input' } catch [ConvoxSsl.ConvoxException] { $_.CategoryInfo.Category; $_.TargetObject }");
        Assert.Equal(["ObjectNotFound", "cert-none"], run.Objects.Select(o => o.ToString()));
    }

    [Fact]
    public async Task A_refusal_of_the_CA_can_be_caught_by_type_with_all_that_it_said()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        session.Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Answer(AcmeReply.Problem(429, "rateLimited", "too many certificates").RetryAfter(7200)));
        var run = await session.RunAsync($$"""
            try { New-ConvoxCertificate a.example.org {{ScriptedCaSession.Issuing}} -ErrorAction Stop }
            catch [ConvoxSsl.ConvoxAcmeException] {
                $e = $_.Exception
                "$($e.ShortType) $($e.Status) $($e.Detail) $($e.RetryAfter -gt [DateTimeOffset]::UtcNow) $($e.ErrorId)"
            }
            """);
        Assert.Equal(["rateLimited 429 too many certificates True ConvoxSsl.AcmeProblem.rateLimited"], run.Objects.Select(o => o.ToString()));
    }

    [Fact]
    public async Task Each_name_that_failed_is_a_subproblem()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        session.Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation("dns", "NXDOMAIN"));
        session.Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation("caa", "forbidden"));
        var run = await session.RunAsync($$"""try { New-ConvoxCertificate a.example.org, b.example.org {{ScriptedCaSession.Issuing}} -ErrorAction Stop } catch { $_.Exception.Subproblems }""");
        Assert.Equal(["a.example.org", "b.example.org"], run.Of<ConvoxAcmeProblem>().Select(p => p.Identifier).Order());
    }

    [Fact]
    public async Task A_mocked_failure_can_be_thrown_by_a_script()
    {
        var run = await RunAsync("try { throw [ConvoxSsl.ConvoxAcmeException]::new('No.') } catch [ConvoxSsl.ConvoxException] { $_.Exception.Message }");
        Assert.Equal("No.", Assert.Single(run.Objects).ToString());
    }

    [Fact]
    public async Task The_error_variable_the_status_and_the_list_of_errors_know_of_it()
    {
        var run = await RunAsync($$"""
            $null = {{Mixed}} -ErrorVariable failed -ErrorAction SilentlyContinue
            $?
            $failed.Count
            $failed[0].TargetObject -join ','
            $Error[0].FullyQualifiedErrorId -eq $failed[0].FullyQualifiedErrorId
            $null = New-ConvoxCertificate e.example.org -Issuer self-signed
            $?
            """);
        Assert.Equal(["False", "1", "b..c", "True", "True"], run.Objects.Select(o => o.ToString()));
    }

    [Fact]
    public async Task A_trap_takes_it_and_goes_on()
    {
        // By type only catch finds what -ErrorAction Stop made terminating, of inbox cmdlets as well.
        var run = await RunAsync("& { trap { \"trapped $($_.CategoryInfo.Category)\"; continue }\nNew-ConvoxCertificate b..c -ErrorAction Stop\n'after' }");
        Assert.Equal(["trapped InvalidArgument", "after"], run.Objects.Select(o => o.ToString()));
    }

    [Fact]
    public async Task The_position_is_the_line_of_the_user()
    {
        var run = await RunAsync("$x = 1\n  New-ConvoxCertificate b..c -Issuer self-signed");
        var position = Assert.Single(run.Errors).InvocationInfo;
        Assert.Contains("New-ConvoxCertificate b..c", position.PositionMessage, StringComparison.Ordinal);
    }

    private Task<PowerShellResult> RunAsync(string script) => _powerShell.RunAsync(script, CancellationToken.None);

    private async Task<int> CountAsync(string script) => (int)Assert.Single((await RunAsync(script)).Objects).BaseObject;
}
