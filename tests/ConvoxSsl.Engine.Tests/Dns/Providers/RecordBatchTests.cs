using ConvoxSsl.Engine.Dns.Providers;

namespace ConvoxSsl.Engine.Tests.Dns.Providers;

/// <summary>The jobs for which a batch holds back its records.</summary>
public sealed class RecordBatchTests
{
    private readonly RecordBatch _batch = new(TimeProvider.System);

    [Fact]
    public void A_job_is_preparing_until_it_publishes_or_ends()
    {
        var first = _batch.AddJob();
        _batch.AddJob();
        Assert.Equal(2, _batch.Preparing);

        first.End();
        first.End();
        Assert.Equal(1, _batch.Preparing);
    }

    [Fact]
    public void A_job_that_waits_for_a_lock_is_not_preparing()
    {
        var changes = 0;
        var job = _batch.AddJob();
        _batch.Changed += () => changes++;
        job.IsPreparing = false;
        job.IsPreparing = false;
        Assert.Equal((0, 1), (_batch.Preparing, changes));

        job.IsPreparing = true;
        job.IsPreparing = true;
        Assert.Equal((1, 2), (_batch.Preparing, changes));
    }

    [Fact]
    public void A_job_that_has_ended_does_not_prepare_again()
    {
        var job = _batch.AddJob();
        job.End();
        job.IsPreparing = true;
        Assert.Equal(0, _batch.Preparing);
    }
}
