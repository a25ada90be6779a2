using ConvoxSsl.Engine.Acme;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Orders that name the certificate that they replace (RFC 9773 section 5).</summary>
public sealed class ReplacementTests : IssuanceTest
{
    private const string Name = "one.example.org";

    [Fact]
    public async Task An_order_says_what_it_replaces()
    {
        await StartAsync();
        await BeginReplacementAsync();
        await IssueAgainAsync();

        Assert.Equal([null, Ca.IssuedCertificates[0].RenewalId], Ca.Orders.Select(o => o.Replaces));
    }

    [Fact]
    public async Task A_certificate_is_replaced_once_and_the_next_order_does_not_say_so()
    {
        await StartAsync();
        await BeginReplacementAsync();
        await IssueAgainAsync();
        await BeginReplacementAsync();
        await IssueAgainAsync();

        Assert.Equal([null, Ca.IssuedCertificates[0].RenewalId, null], Ca.Orders.Select(o => o.Replaces));
        Assert.Equal(3, Ca.IssuedCertificates.Count);
    }

    [Fact]
    public async Task What_another_order_replaces_already_is_ordered_without_saying_so()
    {
        await StartAsync();
        await BeginReplacementAsync();
        var before = Ca.Count(AcmeResource.NewOrder);
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Problem(409, "alreadyReplaced"));
        await IssueAgainAsync();

        Assert.Equal([null, null], Ca.Orders.Select(o => o.Replaces));
        Assert.Equal(2, Ca.IssuedCertificates.Count);
        Assert.Equal(before + 2, Ca.Count(AcmeResource.NewOrder));
        Assert.Null(await JournalAsync(Name));
    }

    /// <summary>A journal as a renewal that names what it replaces leaves it when it is killed before its order.</summary>
    private async Task BeginReplacementAsync()
    {
        await IssueAsync(Name);
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Always().Reset());
        using var engine = NewEngine();
        await Assert.ThrowsAsync<AcmeException>(() => engine.IssueAsync(Request(Name) with { Force = true }, CancellationToken.None));
        Ca.Faults.Clear();
        var journal = await JournalAsync(Name);
        await Rack.Orders.SaveAsync(journal! with { Replaces = Ca.IssuedCertificates[0].RenewalId }, CancellationToken.None);
    }

    private async Task IssueAgainAsync()
    {
        using var engine = NewEngine();
        await engine.IssueAsync(Request(Name) with { Force = true }, CancellationToken.None);
    }
}
