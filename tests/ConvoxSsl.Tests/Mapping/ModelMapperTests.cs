using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Mapping;

namespace ConvoxSsl.Tests.Mapping;

/// <summary>Failures that are not exceptions show their remedies.</summary>
public sealed class ModelMapperTests
{
    [Fact]
    public void ToModel_FailedCopy_HasTheRemedyInTheReason()
    {
        var copy = new CertificateCopy("cert-a", "web", "rack-web", CertificateCopyResult.Failed, "No.", new Remedy("FileNotFound"));

        Assert.Equal("No. Check the path.", copy.ToModel("rack").Reason);
        Assert.Equal("No.", (copy with { Remedy = null }).ToModel("rack").Reason);
        Assert.Null((copy with { Reason = null }).ToModel("rack").Reason);
    }

    [Fact]
    public void ToModel_FailedCheck_HasTheMessageAndTheAdvice()
    {
        var check = new DnsCheck("Zone", false, "It failed.", Remedy.Join("It said no.", new Remedy("FileNotFound")));

        var shown = check.ToModel(typeof(object));
        Assert.Equal(("It failed.", "It said no. Check the path."), (shown.Detail, shown.Remedy));
        Assert.Equal("It said no.", (check with { Remedy = Remedy.Join("It said no.", null) }).ToModel(typeof(object)).Remedy);
    }
}
