using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Plans;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Batches of certificates.</summary>
public sealed class BatchTests : IssuanceTest
{
    private static readonly string[] Names = ["a.example.org", "b.example.org", "c.example.org"];

    [Fact]
    public async Task An_error_of_one_item_does_not_end_the_batch()
    {
        await StartAsync();
        await CreateAccountAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Problem(400, "rejectedIdentifier", "not this one"));
        using var engine = NewEngine();
        var results = new List<IssueResult>();
        await foreach (var result in engine.IssueAllAsync(await PlanAsync(engine), CancellationToken.None))
        {
            results.Add(result);
        }

        Assert.Equal(Names, results.Select(r => r.Plan.Request.Names[0].Value).Order());
        var failed = Assert.Single(results, r => r.Entry is null);
        Assert.Equal("rejectedIdentifier", Assert.IsType<AcmeException>(failed.Error).Problem.ShortType);
        Assert.Equal(2, Ca.IssuedCertificates.Count);
    }

    [Fact]
    public async Task A_certificate_is_returned_before_a_slow_one()
    {
        await StartAsync();
        await CreateAccountAsync();
        var mayOrder = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Do((_, ct) => mayOrder.Task.WaitAsync(ct)));
        using var engine = NewEngine();
        var results = 0;
        await foreach (var result in engine.IssueAllAsync(await PlanAsync(engine), CancellationToken.None))
        {
            Assert.NotNull(result.Entry);
            if (++results == 2)
            {
                mayOrder.SetResult();
            }
        }

        Assert.Equal(3, results);
    }

    [Fact]
    public async Task A_consumer_that_leaves_early_cancels_the_rest_and_leaves_nothing_published()
    {
        await StartAsync();
        await CreateAccountAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Do((_, ct) => Task.Delay(Timeout.Infinite, ct)));
        using var engine = NewEngine();
        await foreach (var result in engine.IssueAllAsync(await PlanAsync(engine), CancellationToken.None))
        {
            Assert.NotNull(result.Entry);
            break;
        }

        Assert.Empty(Directory.GetFileSystemEntries(WebRoot));
    }

    private async Task<IReadOnlyList<IssuancePlan>> PlanAsync(IssuanceEngine engine)
    {
        var plans = new List<IssuancePlan>();
        foreach (var name in Names)
        {
            plans.Add(await engine.Planner.PlanAsync(Request(name), CancellationToken.None));
        }

        return plans;
    }
}
