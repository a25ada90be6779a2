using ConvoxSsl.Engine.Dns.Providers;

namespace ConvoxSsl.Engine.Tests.Dns.Providers;

/// <summary>Who is waited for with records to publish.</summary>
public sealed class PublishingTurnTests
{
    private readonly PublishingTurn _turn = new();

    [Fact]
    public void An_order_is_expected_until_it_publishes_or_ends()
    {
        using var first = _turn.Enter();
        using var second = _turn.Enter();
        Assert.Equal(2, _turn.Expected);

        first.Dispose();
        first.Dispose();
        Assert.Equal(1, _turn.Expected);
    }

    [Fact]
    public void One_that_waits_for_another_is_not_waited_for()
    {
        var changes = 0;
        _turn.Changed += () => changes++;
        using var ticket = _turn.Enter();
        ticket.StepAside();
        ticket.StepAside();
        Assert.Equal((0, 2), (_turn.Expected, changes));

        ticket.Return();
        ticket.Return();
        Assert.Equal((1, 3), (_turn.Expected, changes));
    }

    [Fact]
    public void What_is_over_does_not_come_back()
    {
        var ticket = _turn.Enter();
        ticket.Dispose();
        ticket.Return();
        Assert.Equal(0, _turn.Expected);
    }
}
