using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using ConvoxSsl.Commands;
using ConvoxSsl.Engine;
using ConvoxSsl.Errors;

namespace ConvoxSsl.Tests.Errors;

/// <summary>Tests that advice names only cmdlets that exist, and parameters that the running or a named cmdlet has.</summary>
public sealed partial class AdviceTests
{
    private static readonly Dictionary<string, string> Texts = (Dictionary<string, string>)typeof(Remedies)
        .GetField("Texts", BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!;

    [Fact]
    public void All_names_in_a_text_of_the_table_suit_one_cmdlet()
    {
        Assert.InRange(Advice.Cmdlets.Count, 30, 100);
        foreach (var (key, text) in Texts)
        {
            var shown = string.Format(
                CultureInfo.InvariantCulture, Bracket().Replace(text, string.Empty), "www.example.org", "text", "text");

            Assert.True(Advice.Cmdlets.Values.Any(cmdlet => !Advice.FindWrongNames(shown, cmdlet).Any()), $"{key}: {shown}");
        }
    }

    [Theory]
    [InlineData("DnsNotPropagated")]
    [InlineData("DnsServerUnreachable")]
    [InlineData("PortDenied")]
    [InlineData("AcmeProblem.untrusted")]
    [InlineData("ClusterUnauthorized")]
    [InlineData("LimitReached.Trial")]
    [InlineData("TermsOfServiceNotAccepted")]
    public void A_text_suits_every_cmdlet_that_can_show_it(string key)
    {
        Type[] cmdlets =
        [
            typeof(NewConvoxCertificateCommand), typeof(UpdateConvoxCertificateCommand), typeof(WaitConvoxCertificateCommand),
            typeof(TestConvoxDomainCommand), typeof(TestConvoxDnsSolverCommand), typeof(RevokeConvoxCertificateCommand),
        ];
        foreach (var cmdlet in cmdlets)
        {
            Assert.Empty(Advice.FindWrongNames(Remedies.Describe(new Remedy(key, "letsencrypt-staging"), cmdlet)!, cmdlet));
        }

        // A stored failure is shown by other cmdlets.
        Assert.Empty(Advice.FindWrongNames(
            Remedies.Describe(new Remedy(key, "letsencrypt-staging"))!, typeof(GetConvoxCertificateCommand)));
    }

    [Fact]
    public void The_cmdlet_of_a_parameter_is_named_only_if_the_running_one_does_not_have_it()
    {
        Assert.EndsWith(
            "with -PropagationTimeout, or use Update-ConvoxCertificate -SkipPropagationCheck if they cannot be reached from here.",
            Remedies.Describe(new Remedy("DnsNotPropagated"), typeof(TestConvoxDnsSolverCommand)),
            StringComparison.Ordinal);
        Assert.EndsWith(
            "with -PropagationTimeout, or use -SkipPropagationCheck if they cannot be reached from here.",
            Remedies.Describe(new Remedy("DnsNotPropagated"), typeof(NewConvoxCertificateCommand)),
            StringComparison.Ordinal);
        Assert.EndsWith(
            "with Update-ConvoxCertificate -PropagationTimeout, or use -SkipPropagationCheck if they cannot be reached from here.",
            Remedies.Describe(new Remedy("DnsNotPropagated"), typeof(WaitConvoxCertificateCommand)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Add -Force.", "-Force")]
    [InlineData("Use New-ConvoxCertificate -Force.", null)]
    [InlineData("Use New-ConvoxThing.", "New-ConvoxThing")]
    [InlineData("Test it with 'Get-Secret x -Vault y'.", null)]
    [InlineData("(-Width or -Html)", null)]
    public void A_wrong_name_is_found(string text, string? expected) =>
        Assert.Equal(expected, Advice.FindWrongNames(text, typeof(ShowConvoxExpiryCommand)).SingleOrDefault());

    [GeneratedRegex(@"[\[\]]")]
    private static partial Regex Bracket();
}
