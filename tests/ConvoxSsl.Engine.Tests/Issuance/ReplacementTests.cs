using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Orders that name the certificate that they replace (RFC 9773 section 5).</summary>
public sealed class ReplacementTests : IssuanceTest
{
    private const string Name = "one.example.org";

    [Fact]
    public async Task An_order_names_the_certificate_that_it_replaces()
    {
        await StartAsync();
        await IssueAsync(Name);
        await IssueAgainAsync();

        Assert.Equal([null, Ca.IssuedCertificates[0].RenewalId], Ca.Orders.Select(o => o.Replaces));
    }

    [Fact]
    public async Task An_order_for_a_restored_version_omits_replaces()
    {
        await StartAsync();
        var entry = await IssueAsync(Name);
        await IssueAgainAsync();
        await Rack.Certificates.SwitchAsync(entry.Record.Id, 1, CancellationToken.None);
        await IssueAgainAsync();

        Assert.Equal([null, Ca.IssuedCertificates[0].RenewalId, null], Ca.Orders.Select(o => o.Replaces));
        Assert.Equal(3, Ca.IssuedCertificates.Count);
    }

    [Fact]
    public async Task An_already_replaced_certificate_is_ordered_without_replaces()
    {
        await StartAsync();
        await IssueAsync(Name);
        var before = Ca.Count(AcmeResource.NewOrder);
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Problem(409, "alreadyReplaced"));
        await IssueAgainAsync();

        Assert.Equal([null, null], Ca.Orders.Select(o => o.Replaces));
        Assert.Equal(2, Ca.IssuedCertificates.Count);
        Assert.Equal(before + 2, Ca.Count(AcmeResource.NewOrder));
        Assert.Null(await FindJournalAsync(Name));
    }

    [Theory]
    [InlineData(404, "malformed")]
    [InlineData(403, "unauthorized")]
    [InlineData(400, "malformed")]
    public async Task A_CA_that_rejects_replaces_still_issues_the_certificate(int status, string type)
    {
        await StartAsync();
        await IssueAsync(Name);
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Problem(status, type));
        await IssueAgainAsync();

        Assert.Equal([null, null], Ca.Orders.Select(o => o.Replaces));
    }

    private async Task IssueAgainAsync()
    {
        using var engine = NewEngine();
        await engine.IssueAsync(Request(Name) with { Force = true }, CancellationToken.None);
    }
}
