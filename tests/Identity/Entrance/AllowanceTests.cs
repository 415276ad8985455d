using Microsoft.Extensions.Time.Testing;
using ServiceLoop.Identity.Entrance;

namespace ServiceLoop.Identity.Tests.Entrance;

public sealed class AllowanceTests
{
    private const int MoreThanAreKept = 60_000;

    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void Whoever_draws_keys_frees_nobody_who_must_wait()
    {
        var allowance = new Allowance(2, TimeSpan.FromMinutes(1), clock);

        for (var i = 0; i < 3; i++)
            allowance.Take("guesser");

        for (var i = 0; i < MoreThanAreKept; i++)
            allowance.Take($"drawn {i}");

        allowance.Wait("guesser").ShouldBe(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void What_is_over_is_forgotten_before_what_counts()
    {
        var allowance = new Allowance(2, TimeSpan.FromMinutes(1), clock);

        for (var i = 0; i < MoreThanAreKept / 2; i++)
            allowance.Take($"over {i}");

        clock.Advance(TimeSpan.FromMinutes(1));
        allowance.Take("still counts");

        for (var i = 0; i < MoreThanAreKept / 2; i++)
            allowance.Take($"drawn {i}");

        allowance.Take("still counts");
        allowance.Wait("still counts").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2::ffff", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:3::1", "2001:db8:1:3::/64")]
    [InlineData("fe80::1%3", "fe80::/64")]
    [InlineData(null, "")]
    public void Addresses_of_one_network_are_counted_together(string? address, string block)
    {
        AddressBlock.Of(address).ShouldBe(block);
    }
}
