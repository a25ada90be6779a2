using ConvoxSsl.Engine.Issuance.RateLimits.Published;
using CsCheck;

namespace ConvoxSsl.Engine.Tests.Issuance.RateLimits.Published;

/// <summary>Compares the bucket, which stores one time, with a model that counts tokens.</summary>
public sealed class TokenBucketTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Gen<TokenBucket> Buckets = Gen.Select(Gen.Int[1, 12], Gen.Int[1, 100_000])
        .Select((capacity, seconds) => new TokenBucket(capacity, TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Bucket_allows_the_same_as_a_token_count() =>
        Gen.Select(Buckets, Gen.Int[0, 300].Array[1, 60]).Sample((bucket, gaps) =>
        {
            // Use ticks of a hundredth of the refill interval, so that the model needs no fractions.
            var (now, fullAgain) = (Start, Start);
            long hundredths = bucket.Capacity * 100L;
            foreach (var gap in gaps)
            {
                now += gap * (bucket.Refill / 100);
                hundredths = Math.Min(bucket.Capacity * 100L, hundredths + gap);
                Assert.Equal((int)(hundredths / 100), bucket.GetRemaining(fullAgain, now));
                Assert.Equal(
                    hundredths >= 100 ? now : now + ((100 - hundredths) * (bucket.Refill / 100)), bucket.GetNextTime(fullAgain, now));
                fullAgain = bucket.Take(fullAgain, now);
                hundredths = Math.Max(0, hundredths - 100);
            }
        });

    [Fact]
    public void GetNextTime_is_exact_to_the_tick() =>
        Gen.Select(Buckets, Gen.Int[1, 30]).Sample((bucket, uses) =>
        {
            var fullAgain = Enumerable.Range(0, uses).Aggregate(Start, (full, _) => bucket.Take(full, Start));
            var next = bucket.GetNextTime(fullAgain, Start);
            Assert.True(bucket.GetRemaining(fullAgain, next) >= 1);
            Assert.Equal(next == Start, uses < bucket.Capacity);
            if (next > Start)
            {
                Assert.Equal(1, bucket.GetRemaining(fullAgain, next));
                Assert.Equal(0, bucket.GetRemaining(fullAgain, next.AddTicks(-1)));
            }
        });

    [Fact]
    public void Any_span_allows_at_most_capacity_plus_refills() =>
        Gen.Select(Buckets, Gen.Int[0, 200].Array[1, 80]).Sample((bucket, gaps) =>
        {
            var (now, fullAgain, taken) = (Start, Start, new List<DateTimeOffset>());
            foreach (var gap in gaps)
            {
                now += gap * (bucket.Refill / 100);
                if (bucket.GetRemaining(fullAgain, now) > 0)
                {
                    fullAgain = bucket.Take(fullAgain, now);
                    taken.Add(now);
                }
            }

            for (var i = 0; i < taken.Count; i++)
            {
                var most = bucket.Capacity + ((taken[^1] - taken[i]).Ticks / bucket.Refill.Ticks);
                Assert.True(taken.Count - i <= most);
            }
        });

    [Theory]
    [InlineData(300, 36, 3)]
    [InlineData(5, 34 * 3600, 170)]
    public void Window_matches_the_published_period(int capacity, int seconds, int hours) =>
        Assert.Equal(TimeSpan.FromHours(hours), new TokenBucket(capacity, TimeSpan.FromSeconds(seconds)).Window);
}
