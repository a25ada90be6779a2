using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests the one rule for names: an exact wildcard name first, else a pattern, for every cmdlet.</summary>
public sealed class DomainRuleTests : IDisposable
{
    private readonly HostedPowerShell _powerShell = new();

    public void Dispose() => _powerShell.Dispose();

    [Theory]
    [InlineData("Get-ConvoxCertificate {0} | ForEach-Object Domain")]
    [InlineData("Get-ConvoxCertificate -Domain {0} | ForEach-Object Domain")]
    [InlineData("Update-ConvoxCertificate {0} | ForEach-Object Domain")]
    [InlineData("Update-ConvoxCertificate -Domain {0} | ForEach-Object Domain")]
    [InlineData("Wait-ConvoxCertificate {0} | ForEach-Object Domain")]
    [InlineData("Wait-ConvoxCertificate -Domain {0} | ForEach-Object Domain")]
    [InlineData("Restore-ConvoxCertificate {0} -Version 1 | ForEach-Object Domain")]
    [InlineData("Restore-ConvoxCertificate -Domain {0} -Version 1 | ForEach-Object Domain")]
    public async Task A_wildcard_is_the_certificate_with_this_name_or_else_a_pattern(string script)
    {
        await CreateAsync("*.wild.org", "a.wild.org", "b.wild.org", "a.other.org", "b.other.org");

        foreach (var (text, expected) in new[]
        {
            ("*.wild.org", "*.wild.org"), ("*.WILD.org.", "*.wild.org"), ("*.other.org", "a.other.org b.other.org"),
            ("?.wild.org", "*.wild.org a.wild.org b.wild.org"), ("a.wild.org", "a.wild.org"), ("nosuch*", ""),
            ("https://a.wild.org/login?x=1", "a.wild.org"), ("a.wild.org:8443", "a.wild.org"), ("' a.wild.org '", "a.wild.org"),
        })
        {
            var run = (await RunAsync(script.Replace("{0}", text, StringComparison.Ordinal))).Succeeded();

            Assert.Equal(expected, string.Join(' ', run.Of<string>().Order(StringComparer.Ordinal)));
        }
    }

    [Fact]
    public async Task Several_wildcards_select_what_each_of_them_selects()
    {
        await CreateAsync("*.wild.org", "a.wild.org", "a.other.org");

        Assert.Equal(
            ["*.wild.org", "a.other.org"],
            (await RunAsync("Get-ConvoxCertificate -Domain *.wild.org, *.other.org | ForEach-Object Domain")).Succeeded().Of<string>());
        Assert.Equal(
            ["*.wild.org", "a.wild.org"],
            (await RunAsync("Get-ConvoxCertificate -Domain *.wild.org, a.w* | ForEach-Object Domain")).Succeeded().Of<string>());
        Assert.Empty((await RunAsync("Get-ConvoxCertificate -Domain *.wild.org -Status Expired")).Succeeded().Objects);
    }

    [Fact]
    public async Task A_list_for_a_name_that_no_certificate_has_is_one_error_with_a_suggestion()
    {
        await CreateAsync("www.wild.org", "*.other.org");

        var typo = await RunAsync("Get-ConvoxCertificate -Domain www.wlid.org, www.wild.org");
        var covered = await RunAsync("Get-ConvoxCertificate -Domain a.other.org");
        var other = await RunAsync("Get-ConvoxCertificate -Domain www.wild.org -Status Expired");
        var beside = await RunAsync("Get-ConvoxCertificate www.wild.org -Domain *.other.org");

        Assert.StartsWith("ConvoxSsl.CertificateNotFound,", Assert.Single(typo.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("'www.wild.org' is a name on cert-", typo.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Single(typo.Objects);
        Assert.Contains(
            "'a.other.org' is covered by '*.other.org'", Assert.Single(covered.Errors).Exception.Message, StringComparison.Ordinal);
        Assert.Empty(other.Succeeded().Objects);
        Assert.Empty(beside.Succeeded().Objects);
    }

    private async Task CreateAsync(params string[] names)
    {
        foreach (var name in names)
        {
            (await RunAsync($"$null = New-ConvoxCertificate {name} -Issuer self-signed")).Succeeded();
        }
    }

    private Task<PowerShellResult> RunAsync(string script) => _powerShell.RunAsync(script, CancellationToken.None);
}
