using System.Text.RegularExpressions;

namespace ConvoxSsl.Package.Tests;

public sealed partial class HelpTests : IDisposable
{
    // Writes one line for each missing text. A synopsis that Get-Help generates itself starts with the cmdlet's name.
    private const string Check = """
        foreach ($command in Get-Command -Module ConvoxSsl) {
            $name = $command.Name
            $help = Get-Help $name -Full
            "cmdlet $name"
            if (-not $help.Synopsis -or $help.Synopsis.Trim().StartsWith($name)) { "missing $name synopsis" }
            if (-not $help.description.Text) { "missing $name description" }
            if ("$($help.description.Text)".Length -lt $help.Synopsis.Length + 80) { "missing $name details in the description" }
            $own = "-$($command.Noun)"
            if (-not ($help.relatedLinks.navigationLink.linkText | Where-Object { $_ -like '*-Convox*' -and -not $_.EndsWith($own) })) {
                "missing $name link to another noun"
            }
            if (@($help.syntax.syntaxItem).Count -ne $command.ParameterSets.Count) { "missing $name syntax" }
            $described = @{}
            foreach ($parameter in $help.parameters.parameter) {
                $described[$parameter.name] = $true
                if (-not $parameter.description.Text) { "missing $name -$($parameter.name)" }
                $real = $command.Parameters[$parameter.name]
                if (-not $real) { "missing parameter $name -$($parameter.name)"; continue }
                $needed = [bool]($real.ParameterSets.Values | Where-Object IsMandatory)
                if ($needed -ne ($parameter.required -eq 'true') -and $real.ParameterSets.Count -eq 1) {
                    "missing $name -$($parameter.name) required"
                }
            }
            foreach ($parameter in $command.Parameters.Values) {
                $isCommon = $parameter.Name -in [System.Management.Automation.PSCmdlet]::CommonParameters
                if (-not $described[$parameter.Name] -and -not $isCommon) { "missing $name -$($parameter.Name)" }
            }
            $examples = @($help.examples.example)
            if ($examples.Count -lt 3) { "missing $name examples ($($examples.Count))" }
            foreach ($example in $examples) {
                if (-not $example.code -or -not $example.remarks[0].Text) { "missing $name text of $($example.title)" }
            }
            if (-not $help.inputTypes.inputType.description.Text) { "missing $name inputs" }
            if (-not $help.returnValues.returnValue.description.Text) { "missing $name outputs" }
            foreach ($link in $help.relatedLinks.navigationLink) {
                if (-not $link.uri -and -not (Get-Command $link.linkText -Module ConvoxSsl -ErrorAction Ignore)) {
                    "missing $name link $($link.linkText)"
                }
            }
        }
        """;

    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task Every_cmdlet_and_parameter_has_help_and_every_cmdlet_three_examples()
    {
        var lines = await _session.RunAsync(Check);

        Assert.DoesNotContain(lines, line => !line.StartsWith("cmdlet ", StringComparison.Ordinal));
        Assert.Equal(ModuleManifest.Read().Cmdlets.Order(), lines.Select(line => line["cmdlet ".Length..]).Order());
    }

    [Fact]
    public async Task Get_Help_shows_a_parameter_and_the_examples()
    {
        var text = string.Join('\n', await _session.RunAsync("""
            $p = Get-Help Wait-ConvoxCertificate -Parameter Timeout
            "$($p.name) $($p.required) $($p.position) $($p.defaultValue) $($p.type.name)"
            $p = Get-Help Get-ConvoxCertificate -Parameter Id
            "$($p.pipelineInput) $($p.position) $($p.globbing)"
            (Get-Help Set-ConvoxWebhook).examples.example[0].code
            """));

        Assert.Contains("Timeout false named 15 minutes TimeSpan", text, StringComparison.Ordinal);
        Assert.Contains("true (ByValue, ByPropertyName) 0 true", text, StringComparison.Ordinal);
        Assert.Contains("$webhook = Set-ConvoxWebhook https://hooks.example.org/certificates", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_description_of_New_ConvoxCertificate_explains_its_parameters_in_groups()
    {
        var missing = await _session.RunAsync("""
            $description = (Get-Help New-ConvoxCertificate).description.Text -join "`n"
            $common = [System.Management.Automation.PSCmdlet]::CommonParameters
            (Get-Command New-ConvoxCertificate).Parameters.Keys |
                Where-Object { $_ -notin $common -and $_ -ne 'Confirm' -and $description -notmatch "-$_\b" }
            """);

        Assert.Empty(missing);
    }

    [Theory]
    [InlineData("about_ConvoxSsl", "Issues, lists, renews, revokes and removes TLS certificates")]
    [InlineData("about_ConvoxSsl_DnsSolvers", "Validates domain names with TXT records")]
    [InlineData("about_ConvoxSsl_Racks", "The store of certificates, keys and accounts")]
    [InlineData("about_ConvoxSsl_Renewal", "When certificates are renewed")]
    [InlineData("about_ConvoxSsl_Targets", "Delivers certificates to servers")]
    public async Task An_about_topic_names_only_existing_cmdlets_and_topics(string topic, string expected)
    {
        var text = string.Join('\n', await _session.RunAsync($"Get-Help {topic}"));

        Assert.Contains(expected, text, StringComparison.Ordinal);
        var cmdlets = CmdletPattern().Matches(text).Select(m => m.Value).Distinct().ToArray();
        Assert.NotEmpty(cmdlets);
        Assert.Empty(cmdlets.Except(ModuleManifest.Read().Cmdlets));
        var topics = TopicPattern().Matches(text).Select(m => m.Value).Distinct();
        Assert.All(topics, other => Assert.True(File.Exists(Path.Combine(Repository.Module, "en-US", $"{other}.help.txt")), other));
        Assert.All(text.Split('\n'), line => Assert.True(line.TrimEnd().Length <= 80, line));
    }

    [Fact]
    public void Every_cmdlet_has_a_page_beside_the_index()
    {
        var pages = Directory.GetFiles(Path.Combine(Repository.Root, "out", "docs", "cmdlets"))
            .Select(Path.GetFileName)
            .Order(StringComparer.Ordinal);

        Assert.Equal(ModuleManifest.Read().Cmdlets.Select(name => name + ".md").Append("README.md").Order(StringComparer.Ordinal), pages);
    }

    [GeneratedRegex(@"\b[A-Z][a-z]+-Convox\w+")]
    private static partial Regex CmdletPattern();

    [GeneratedRegex(@"\babout_\w+")]
    private static partial Regex TopicPattern();
}
