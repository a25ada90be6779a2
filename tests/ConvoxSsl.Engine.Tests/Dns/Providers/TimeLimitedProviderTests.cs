using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Dns.Providers;
using Microsoft.Extensions.Time.Testing;

namespace ConvoxSsl.Engine.Tests.Dns.Providers;

public sealed class TimeLimitedProviderTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_without_a_response_times_out(bool observesToken)
    {
        var provider = new SilentProvider(observesToken);
        using var limited = new TimeLimitedProvider(provider, Limit, _time);
        Func<Task>[] calls =
        [
            () => limited.PresentAsync([new("name.example.org", "value")], CancellationToken.None),
            () => limited.CleanUpAsync([new("name.example.org", "value")], CancellationToken.None),
            () => limited.FindZoneAsync("name.example.org", CancellationToken.None),
        ];
        foreach (var call in calls)
        {
            var running = call();
            _time.Advance(Limit);
            _time.Advance(TimeSpan.FromSeconds(10));

            var failure = await Assert.ThrowsAsync<EngineException>(() => running);
            Assert.Equal(
                ("DnsProviderUnreachable", EngineErrorKind.TimedOut, "The DNS provider did not respond within 5 minutes."),
                (failure.Code, failure.Kind, failure.Message));
        }
    }

    [Fact]
    public async Task A_check_without_a_response_fails_as_the_last_one()
    {
        using var limited = new TimeLimitedProvider(new SilentProvider(observesToken: true), Limit, _time);
        await using var checks = limited.CheckAsync("name.example.org", CancellationToken.None).GetAsyncEnumerator();

        Assert.True(await checks.MoveNextAsync());
        Assert.Equal(("Credential", true), (checks.Current.Check, checks.Current.Passed));
        var next = checks.MoveNextAsync();
        _time.Advance(Limit);
        Assert.True(await next);
        Assert.Equal(
            ("Response", false, "The DNS provider did not respond within 5 minutes."),
            (checks.Current.Check, checks.Current.Passed, checks.Current.Detail));
        Assert.False(await checks.MoveNextAsync());
    }

    [Fact]
    public async Task A_cancellation_is_not_a_time_limit()
    {
        using var stop = new CancellationTokenSource();
        using var limited = new TimeLimitedProvider(new SilentProvider(observesToken: true), Limit, _time);
        var present = limited.PresentAsync([new("name.example.org", "value")], stop.Token);
        await using var checks = limited.CheckAsync("name.example.org", stop.Token).GetAsyncEnumerator(CancellationToken.None);
        Assert.True(await checks.MoveNextAsync());
        var next = checks.MoveNextAsync();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => present);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.AsTask());
    }

    /// <summary>A provider that never responds, except to its first check.</summary>
    private sealed class SilentProvider(bool observesToken) : IDnsProvider
    {
        public Task PresentAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct) => HangAsync(ct);

        public Task CleanUpAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct) => HangAsync(ct);

        public async Task<DnsZone> FindZoneAsync(string name, CancellationToken ct)
        {
            await HangAsync(ct);
            return new DnsZone(name, name, []);
        }

        public async IAsyncEnumerable<DnsCheck> CheckAsync(string name, [EnumeratorCancellation] CancellationToken ct)
        {
            yield return new DnsCheck("Credential", true, "It is valid.");
            await HangAsync(ct);
        }

        public void Dispose()
        {
        }

        private Task HangAsync(CancellationToken ct) =>
            new TaskCompletionSource().Task.WaitAsync(observesToken ? ct : CancellationToken.None);
    }
}
