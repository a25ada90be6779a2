using ConvoxSsl.Engine.Issuance.RateLimits.Published;
using ConvoxSsl.Engine.Issuance.Requests;

namespace ConvoxSsl.Engine.Tests.Issuance.RateLimits.Published;

public sealed class WellKnownLimitsTests
{
    [Theory]
    [InlineData("letsencrypt", true)]
    [InlineData("letsencrypt-staging", true)]
    [InlineData("zerossl", false)]
    [InlineData("google", false)]
    [InlineData("sslcom", false)]
    [InlineData("https://ca.example/directory", false)]
    public void Limits_are_known_for_CAs_that_publish_them(string issuer, bool known)
    {
        var limits = WellKnownLimits.Find(Issuer.Parse(issuer).DirectoryUrl!);
        Assert.Equal(known, limits is not null);
        Assert.Equal(known, limits?.Source.Host == "letsencrypt.org");
    }

    [Fact]
    public void Trial_issuer_exists() =>
        Assert.All(
            Issuer.WellKnown.Select(i => WellKnownLimits.Find(i.DirectoryUrl!)?.TrialIssuer),
            trial => Assert.True(trial is null || Issuer.Parse(trial).Name == trial));
}
