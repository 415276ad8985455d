using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Escalations;

namespace ServiceLoop.Workflows.Tests.Definitions;

/// <summary>While the service is disturbed, contacts go to the shipped <c>degraded-contact</c>, and afterwards as usual.</summary>
public sealed class DegradedContactTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_contact_is_told_settled_by_hand_and_closed_while_the_engine_is_down()
    {
        await using var desk = await ShippedDesk.OpenAsync();
        var ladder = desk.Get<EscalationService>();
        await ladder.SignalAsync(
            new()
            {
                Key = "down",
                Kind = SignalKinds.EngineDown,
                SubjectKind = "system",
                SubjectId = "engine",
                Metric = "health",
                At = default,
            },
            Ct
        );
        await desk.Desk.PumpAsync();
        (await ladder.StatusAsync(Ct)).Degraded.ShouldHaveSingleItem().Fault.ShouldBeNull();

        var id = await desk.ContactAsync();
        (await desk.CaseAsync(id)).DefinitionId.ShouldBe("degraded-contact");
        await desk.AnswerAsync(id, "degraded-contact", "Settled", """{ "note": "Told by phone." }""");
        var settled = await desk.CaseAsync(id);
        (settled.Status, settled.ResolutionNote).ShouldBe((CaseStatus.Closed, "Told by phone."));

        await ladder.WaiveAsync(
            (await ladder.ListAsync(new() { OpenOnly = true }, Ct)).Single(e => e.SubjectId == "engine").Id,
            "up again",
            Ct
        );
        await desk.Desk.PumpAsync();
        (await desk.CaseAsync(await desk.ContactAsync())).DefinitionId.ShouldBe("service-case");
    }
}
