using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests PowerShell's error handling.</summary>
public sealed class ErrorHandlingTests : IDisposable
{
    private const string Mixed = "'a.example.org', 'b..c', 'd.example.org' | New-ConvoxCertificate -Issuer self-signed";

    private readonly HostedPowerShell _powerShell = new();

    public void Dispose() => _powerShell.Dispose();

    [Theory]
    [InlineData("Continue", 2, 1)]
    [InlineData("SilentlyContinue", 2, 0)]
    [InlineData("Ignore", 2, 0)]
    public async Task ErrorAction_controls_the_error_and_the_pipeline_continues(string preference, int certificates, int shown)
    {
        var run = await RunAsync($"{Mixed} -ErrorAction {preference}");

        Assert.Null(run.TerminatingError);
        Assert.Equal((certificates, shown), (run.Of<ConvoxCertificate>().Count, run.Errors.Count));
        Assert.Equal(preference == "Ignore" ? 0 : 1, await CountAsync("$Error.Count"));
    }

    [Fact]
    public async Task ErrorAction_Stop_ends_the_pipeline_with_the_original_error()
    {
        var run = await RunAsync($"{Mixed} -ErrorAction Stop");
        Assert.StartsWith("ConvoxSsl.InvalidDomain,", run.TerminatingError?.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ConvoxSsl.ConvoxInputException")]
    [InlineData("ConvoxSsl.ConvoxException")]
    public async Task Input_errors_can_be_caught_by_type(string type)
    {
        var run = await RunAsync(
            $$"""
            try { New-ConvoxCertificate b..c -ErrorAction Stop } catch [{{type}}] {
                $_.Exception.ErrorId; $_.Exception.RecommendedAction -ne $null; $_.FullyQualifiedErrorId
            }
            """);
        Assert.Equal(
            ["ConvoxSsl.InvalidDomain", "True", "ConvoxSsl.InvalidDomain,ConvoxSsl.Commands.NewConvoxCertificateCommand"],
            run.Objects.Select(o => o.ToString()));
    }

    [Fact]
    public async Task A_missing_object_can_be_caught_by_type_and_is_not_an_input_error()
    {
        var run = await RunAsync(
            "try { Get-ConvoxCertificate cert-none -ErrorAction Stop } catch [ConvoxSsl.ConvoxInputException] { 'input' } catch "
                + "[ConvoxSsl.ConvoxException] { $_.CategoryInfo.Category; $_.TargetObject }");
        Assert.Equal(["ObjectNotFound", "cert-none"], run.Objects.Select(o => o.ToString()));
    }

    [Fact]
    public async Task A_CA_error_can_be_caught_by_type_with_its_problem_document()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        session.Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder)
            .Respond(CaResponse.Problem(429, "rateLimited", "too many certificates").RetryAfter(7200)));
        var run = await session.RunAsync($$"""
            try { New-ConvoxCertificate a.example.org {{ScriptedCaSession.Issuing}} -ErrorAction Stop }
            catch [ConvoxSsl.ConvoxAcmeException] {
                $e = $_.Exception
                "$($e.ShortType) $($e.Status) $($e.Detail) $($e.RetryAfter -gt [DateTimeOffset]::UtcNow) $($e.ErrorId)"
            }
            """);
        Assert.Equal(
            ["rateLimited 429 too many certificates True ConvoxSsl.AcmeProblem.rateLimited"], run.Objects.Select(o => o.ToString()));
    }

    [Fact]
    public async Task Each_failed_name_is_a_subproblem()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        session.Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation("dns", "NXDOMAIN"));
        session.Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation("caa", "forbidden"));
        var run = await session.RunAsync(
            $$"""
            try { New-ConvoxCertificate a.example.org, b.example.org {{ScriptedCaSession.Issuing}} -ErrorAction Stop }
            catch { $_.Exception.Subproblems }
            """);
        Assert.Equal(["a.example.org", "b.example.org"], run.Of<ConvoxAcmeProblem>().Select(p => p.Identifier).Order());
    }

    [Fact]
    public async Task A_script_can_throw_a_mocked_failure()
    {
        var run = await RunAsync(
            "try { throw [ConvoxSsl.ConvoxAcmeException]::new('No.') } catch [ConvoxSsl.ConvoxException] { $_.Exception.Message }");
        Assert.Equal("No.", Assert.Single(run.Objects).ToString());
    }

    [Fact]
    public async Task The_error_is_in_ErrorVariable_status_and_error_list()
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
    public async Task A_trap_handles_the_error_and_continues()
    {
        // Only catch, not trap, finds errors of -ErrorAction Stop by type. This is the same for built-in cmdlets.
        var run = await RunAsync(
            "& { trap { \"trapped $($_.CategoryInfo.Category)\"; continue }\nNew-ConvoxCertificate b..c -ErrorAction Stop\n'after' }");
        Assert.Equal(["trapped InvalidArgument", "after"], run.Objects.Select(o => o.ToString()));
    }

    [Fact]
    public async Task The_error_position_is_the_line_of_the_caller()
    {
        var run = await RunAsync("$x = 1\n  New-ConvoxCertificate b..c -Issuer self-signed");
        var position = Assert.Single(run.Errors).InvocationInfo;
        Assert.Contains("New-ConvoxCertificate b..c", position.PositionMessage, StringComparison.Ordinal);
    }

    private Task<PowerShellResult> RunAsync(string script) => _powerShell.RunAsync(script, CancellationToken.None);

    private async Task<int> CountAsync(string script) => (int)Assert.Single((await RunAsync(script)).Objects).BaseObject;
}
