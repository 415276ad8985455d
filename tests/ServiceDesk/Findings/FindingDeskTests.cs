using ServiceLoop.ServiceDesk.Findings;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Findings;

public sealed class FindingDeskTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private DeskUnderTest desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        desk = await DeskUnderTest.OpenAsync(postgres, new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.FromHours(8)));

    public ValueTask DisposeAsync() => desk.DisposeAsync();

    [Fact]
    public async Task A_case_that_is_not_known_and_more_evidence_than_is_kept_are_refused()
    {
        (await RefusedAsync(new("staff", "slow") { CaseId = "nothing" })).ShouldBe("caseId");
        (await RefusedAsync(new("staff", "slow") { Evidence = [.. Enumerable.Repeat("case:1", 101)] })).ShouldBe("evidence");
    }

    private async Task<string> RefusedAsync(FindingRequest request) =>
        (
            await Should.ThrowAsync<DeskRefusedException>(() => desk.Get<FindingDesk>().ReportAsync(request, Ct))
        ).Fields.Keys.ShouldHaveSingleItem();
}
