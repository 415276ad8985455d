using Npgsql;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.Tests.Start;

public sealed class TunedAddressTests
{
    [Fact]
    public void Statements_that_repeat_are_prepared_and_sessions_are_not_reset()
    {
        var tuned = new NpgsqlConnectionStringBuilder(Composition.Tuned("Host=db.example;Database=desk"));

        tuned.MaxAutoPrepare.ShouldBeGreaterThan(0);
        tuned.NoResetOnClose.ShouldBeTrue();
    }

    [Fact]
    public void What_the_address_says_itself_counts_more()
    {
        var tuned = new NpgsqlConnectionStringBuilder(
            Composition.Tuned("Host=db.example;Max Auto Prepare=0;Maximum Pool Size=7;No Reset On Close=false")
        );

        (tuned.MaxAutoPrepare, tuned.MaxPoolSize, tuned.NoResetOnClose).ShouldBe((0, 7, false));
    }
}
