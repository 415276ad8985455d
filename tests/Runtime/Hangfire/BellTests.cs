using Microsoft.Extensions.Time.Testing;
using ServiceLoop.Runtime.Hangfire;

namespace ServiceLoop.Runtime.Tests.Hangfire;

public sealed class BellTests
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider clock = new(Noon);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_ring_for_work_that_is_due_wakes_at_once()
    {
        var bell = new Bell(clock);
        bell.Listen();
        var sleep = bell.WaitAsync(Noon.AddSeconds(10), Ct);

        bell.Ring(Noon);

        await sleep.WaitAsync(TimeSpan.FromSeconds(180), Ct);
    }

    [Fact]
    public async Task A_ring_while_nobody_sleeps_is_not_lost()
    {
        var bell = new Bell(clock);
        bell.Listen();
        bell.Ring(Noon);

        await bell.WaitAsync(Noon.AddSeconds(10), Ct).WaitAsync(TimeSpan.FromSeconds(180), Ct);
    }

    [Fact]
    public async Task A_ring_for_later_shortens_the_sleep_to_that_moment()
    {
        var bell = new Bell(clock);
        bell.Listen();
        var sleep = bell.WaitAsync(Noon.AddSeconds(10), Ct);

        bell.Ring(Noon.AddSeconds(3));
        clock.Advance(TimeSpan.FromSeconds(2));
        sleep.IsCompleted.ShouldBeFalse();
        // The sleeper may not yet have set its timer for the new moment; time goes on until it has.
        for (var tries = 0; tries < 1300 && !sleep.IsCompleted; tries++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(5));
            await Task.WhenAny(sleep, Task.Delay(TimeSpan.FromMilliseconds(5), Ct));
        }

        await sleep.WaitAsync(TimeSpan.FromSeconds(180), Ct);
        clock.GetUtcNow().ShouldBeLessThan(Noon.AddSeconds(10));
    }

    [Fact]
    public async Task Rings_for_work_after_the_next_look_do_not_wake()
    {
        var bell = new Bell(clock);
        bell.Listen();
        var sleep = bell.WaitAsync(Noon.AddSeconds(1), Ct);

        bell.Ring(Noon.AddHours(1));

        sleep.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(1));
        await sleep.WaitAsync(TimeSpan.FromSeconds(180), Ct);
    }
}
