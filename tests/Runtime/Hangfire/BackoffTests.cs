using ServiceLoop.Runtime.Hangfire;

namespace ServiceLoop.Runtime.Tests.Hangfire;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 10)]
    [InlineData(3, 60)]
    [InlineData(4, 300)]
    [InlineData(5, 1800)]
    public void Each_failure_waits_longer(int failures, int seconds)
    {
        Backoff.After(failures, 0).ShouldBe(TimeSpan.FromSeconds(seconds));
        Backoff.After(failures, 1).ShouldBe(TimeSpan.FromSeconds(seconds * 1.2));
    }

    [Fact]
    public void The_sixth_failure_is_the_last()
    {
        Backoff.Attempts.ShouldBe(6);
        Backoff.After(6, 0.5).ShouldBeNull();
    }
}
