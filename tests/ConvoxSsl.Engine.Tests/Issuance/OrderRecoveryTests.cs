using System.Text.Json.Nodes;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Orders that the CA created without the rack knowing, and orders that were fulfilled but not ended.</summary>
public sealed class OrderRecoveryTests : IssuanceTest
{
    private const string One = "one.example.org";
    private const string Two = "two.example.org";

    [Fact]
    public async Task An_order_without_a_stored_URL_is_found_in_the_order_list()
    {
        await StartAsync();
        await LoseAnswerAsync(One);
        var requests = Ca.Count(AcmeResource.NewOrder);
        await IssueAsync(One);

        Assert.Equal(requests, Ca.Count(AcmeResource.NewOrder));
        Assert.Single(Ca.Orders, o => o.Status == "valid");
    }

    [Fact]
    public async Task The_order_list_is_read_page_by_page()
    {
        await StartAsync();
        await LoseAnswerAsync(One);
        var requests = Ca.Count(AcmeResource.NewOrder);
        var listReads = Ca.Count(AcmeResource.AccountOrders);
        Ca.Faults.Add(AcmeFault.On(AcmeResource.AccountOrders).Respond(request =>
            CaResponse.Json(new JsonObject { ["orders"] = new JsonArray() }).With(
                "Link", $"<{new Uri(Ca.DirectoryUrl, request.Path)}>;rel=\"next\"")));
        await IssueAsync(One);

        Assert.Equal(listReads + 2, Ca.Count(AcmeResource.AccountOrders));
        Assert.Equal(requests, Ca.Count(AcmeResource.NewOrder));
    }

    [Fact]
    public async Task Finished_orders_and_orders_for_other_names_are_ignored()
    {
        await StartAsync();
        await IssueAsync(One);
        await LoseAnswerAsync(Two);
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Always().Reset());
        using (var engine = NewEngine())
        {
            await Assert.ThrowsAsync<Engine.Acme.AcmeException>(
                () => engine.IssueAsync(Request(One) with { Force = true }, CancellationToken.None));
        }

        Ca.Faults.Clear();
        var requests = Ca.Count(AcmeResource.NewOrder);
        using var next = NewEngine();
        await next.IssueAsync(Request(One) with { Force = true }, CancellationToken.None);

        Assert.Equal(requests + 1, Ca.Count(AcmeResource.NewOrder));
        Assert.All(Ca.Orders.Where(o => o.Identifiers[0].Value == Two), o => Assert.Equal("pending", o.Status));
    }

    [Fact]
    public async Task An_unreadable_order_list_is_ignored()
    {
        await StartAsync();
        await LoseAnswerAsync(One);
        Ca.Faults.Add(AcmeFault.On(AcmeResource.AccountOrders).Always().Problem(404, "malformed"));
        await IssueAsync(One);

        Assert.Single(Ca.IssuedCertificates);
        Assert.Null(await FindJournalAsync(One));
    }

    [Fact]
    public async Task An_order_whose_certificate_is_live_is_ended_without_a_request()
    {
        await StartAsync();
        await LeaveDoneOrderAsync();
        var requests = Ca.Requests.Count;
        var entry = await IssueAsync(One);

        Assert.Equal(1, entry.LiveVersion);
        Assert.Equal(requests, Ca.Requests.Count);
        Assert.Null(await FindJournalAsync(One));
    }

    [Fact]
    public async Task A_due_certificate_is_ordered_again_despite_a_finished_order()
    {
        await StartAsync();
        await LeaveDoneOrderAsync();
        Clock.Advance(TimeSpan.FromDays(80));
        using var engine = NewEngine();
        var entry = await engine.RenewAsync((await FindJournalAsync(One))!.Certificate.Id, new(), CancellationToken.None);

        Assert.Equal(2, entry.LiveVersion);
        Assert.Equal(2, Ca.Orders.Count);
    }

    /// <summary>Loses the response to newOrder, and ends the run.</summary>
    private async Task LoseAnswerAsync(string name)
    {
        Ca.Faults.Add(AcmeFault.On(AcmeResource.AccountOrders).Always().Reset());
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Always().LoseResponse());
        await AssertIssueFailsAsync("unreachable", name);
        Ca.Faults.Clear();
    }

    /// <summary>Issues, and restores the journal as it was just before the order was removed.</summary>
    private async Task LeaveDoneOrderAsync()
    {
        (OrderRecord Order, PrivateKey? Key)? journaled = null;
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Certificate).Do(async (_, ct) =>
        {
            var order = (await FindJournalAsync(One))!;
            journaled = (order, await Rack.Orders.ReadKeyAsync(order.Certificate.Id, ct));
        }));
        await IssueAsync(One);
        await Rack.Orders.CreateAsync(journaled!.Value.Order, journaled.Value.Key, CancellationToken.None);
    }
}
