using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>The number of requests to a CA that issues with a delay, as most do.</summary>
public sealed class RequestCountTests : IssuanceTest
{
    private int _before;

    [Fact]
    public async Task One_name_takes_nine_requests()
    {
        await BeginAsync();
        await IssueAsync("one.example.org");

        Assert.Equal(
            [
                AcmeResource.Directory, AcmeResource.NewNonce, AcmeResource.NewOrder, AcmeResource.Authorization, AcmeResource.Challenge,
                AcmeResource.Order, AcmeResource.Finalize, AcmeResource.Order, AcmeResource.Certificate,
            ],
            Asked.Select(r => r.Resource));
    }

    [Fact]
    public async Task Each_further_name_takes_two_more_requests()
    {
        await BeginAsync();
        await IssueAsync([.. Enumerable.Range(0, 100).Select(i => $"n{i}.example.org")]);

        Assert.Equal(9 + (2 * 99), Asked.Count);
    }

    [Fact]
    public async Task Each_certificate_of_a_batch_takes_seven_requests_plus_the_directory_and_one_nonce_per_concurrent_request()
    {
        await BeginAsync();
        using var engine = NewEngine();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => engine.IssueAsync(Request($"n{i}.example.org"), CancellationToken.None)));

        Assert.Equal(100 * 7, Asked.Count(r => r.Resource is not (AcmeResource.Directory or AcmeResource.NewNonce)));
        Assert.Equal(1, Asked.Count(r => r.Resource == AcmeResource.Directory));
        Assert.InRange(Asked.Count(r => r.Resource == AcmeResource.NewNonce), 1, EngineOptions.DefaultConcurrency);
    }

    [Fact]
    public async Task A_renewal_takes_one_more_request_and_a_certificate_that_is_not_due_none()
    {
        await BeginAsync();
        var entry = await IssueAsync("one.example.org");
        using var engine = NewEngine();
        entry = await engine.Renewals.RefreshAsync(entry, CancellationToken.None);
        _before = Ca.Requests.Count;
        Assert.False(engine.Renewals.IsDue(await engine.Renewals.RefreshAsync(entry, CancellationToken.None)));
        Assert.Empty(Asked);

        Clock.Advance(entry.Live.RenewAfter - Clock.GetUtcNow());
        using var later = NewEngine();
        entry = await later.Renewals.RefreshAsync(entry, CancellationToken.None);
        await later.RenewAsync(
            entry.Record.Id, new RenewalRequest { Account = Request("one.example.org").Account }, CancellationToken.None);
        Assert.Equal(9 + 1, Asked.Count);
    }

    private List<CaRequest> Asked => [.. Ca.Requests.Skip(_before)];

    private async Task BeginAsync()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Always().Change(response => response.Edit(order =>
        {
            order["status"] = "processing";
            order.Remove("certificate");
        })));
        await CreateAccountAsync();
        _before = Ca.Requests.Count;
    }
}
