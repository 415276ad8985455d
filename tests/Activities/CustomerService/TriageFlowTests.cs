using System.Text;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Activities.CustomerService;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.ServiceDesk.Tests;
using ServiceLoop.ServiceDesk.Tests.Triage;
using ServiceLoop.ServiceDesk.Triage;
using ServiceLoop.TestKit;

namespace ServiceLoop.Activities.Tests.CustomerService;

/// <summary>Triage and the choice of the service mode in workflows, on PostgreSQL.</summary>
public sealed class TriageFlowTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static int serial;
    private DeskUnderTest desk = null!;
    private string channel = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        channel = $"chat{Interlocked.Increment(ref serial)}";
        var catalog = CustomerServiceActivities.AddTo(BuiltInActivities.AddTo(ActivityCatalog.WithEngineActivities()));
        desk = await DeskUnderTest.OpenAsync(
            postgres,
            new(2026, 3, 4, 9, 45, 0, TimeSpan.FromHours(8)),
            more =>
                more.AddSingleton(new WorkflowCompiler(catalog, []))
                    .AddSingleton<IAccess, OpenAccess>()
                    .AddSingleton<IClassifier, Keywords>()
        );
        await desk.Get<TaxonomyDesk>().SeedAsync(Encoding.UTF8.GetBytes(Taxonomy), Ct);
    }

    public ValueTask DisposeAsync() => desk.DisposeAsync();

    [Fact]
    public async Task A_sure_contact_gets_category_priority_and_mode_in_its_own_transaction()
    {
        var caseId = await ContactAsync("where is my parcel?", [Triage("triage"), Mode("mode", "article-7")]);

        var triaged = await desk.Get<TriageDesk>().GetAsync(caseId, Ct);
        triaged
            .Results.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(
                r => r.Intent.ShouldBe("order_status"),
                r => r.Queue.ShouldBe("orders"),
                r => r.Text.ShouldBe("Help\nwhere is my parcel?")
            );
        (await desk.Get<CaseDesk>().GetAsync(caseId, Ct)).ShouldSatisfyAllConditions(
            c => c.Category.ShouldBe("orders"),
            c => c.Impact.ShouldBe(CaseImpact.Minor),
            c => c.Priority.ShouldBe(4)
        );
        triaged
            .Modes.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(m => m.Mode.ShouldBe("bot"), m => m.Reason.ShouldBe("standard-question"));
        (await BranchAsync("triage")).ShouldBe("Sure");
        (await BranchAsync("mode")).ShouldBe("Bot");
    }

    [Fact]
    public async Task An_unsure_contact_follows_the_person_who_decides()
    {
        var caseId = await ContactAsync(
            "hm",
            [Triage("triage"), Wait("decided"), Triage("decision", decided: "refund"), Mode("mode", null)]
        );

        (await BranchAsync("triage")).ShouldBe("Unsure");
        (await desk.Get<CaseDesk>().GetAsync(caseId, Ct)).Category.ShouldBeNull();

        await desk.Get<WorkflowRuntime>().PublishAsync(new("decided"), Ct);
        await desk.PumpAsync();

        desk.Failures.ShouldBeEmpty();
        (await BranchAsync("decision")).ShouldBe("Sure");
        (await desk.Get<CaseDesk>().GetAsync(caseId, Ct)).ShouldSatisfyAllConditions(
            c => c.Category.ShouldBe("money"),
            c => c.Priority.ShouldBe(2)
        );
        var triaged = await desk.Get<TriageDesk>().GetAsync(caseId, Ct);
        triaged
            .Corrections.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(c => c.By.ShouldBe("ann"), c => c.Intent.ShouldBe("refund"), c => c.IsMisroute.ShouldBeFalse());
        triaged.Modes.ShouldHaveSingleItem().Reason.ShouldBe("no-answer");
    }

    [Fact]
    public async Task The_mode_is_looked_at_again_with_the_next_contact()
    {
        var caseId = await ContactAsync("where is my parcel?", [Triage("triage"), Mode("first", "a"), Wait("again"), Mode("second", "a")]);
        desk.Clock.Advance(TimeSpan.FromMinutes(1));
        await desk.Get<InteractionDesk>()
            .ReceiveAsync(
                new()
                {
                    Channel = "phone",
                    ExternalId = caseId,
                    CaseId = caseId,
                    Transcript = System.Text.Json.JsonSerializer.SerializeToElement(
                        new[] { new { speaker = "agent", text = "thanks" }, new { speaker = "customer", text = "This is ridiculous!!" } }
                    ),
                },
                Ct
            );
        await desk.Get<WorkflowRuntime>().PublishAsync(new("again"), Ct);
        await desk.PumpAsync();

        var modes = (await desk.Get<TriageDesk>().GetAsync(caseId, Ct)).Modes;
        modes
            .Select(m => (m.Mode, m.Reason, m.IsAngry))
            .ShouldBe([("human", "angry", true), ("bot", "standard-question", false)], ignoreOrder: true);
        (await BranchAsync("second")).ShouldBe("Human");
    }

    [Fact]
    public async Task A_decision_for_an_unknown_intent_is_an_incident_and_decides_nothing()
    {
        await ContactAsync("where", [Triage("triage", decided: "no_such")]);

        var instance = (await desk.Get<CaseDesk>().ListAsync(null, null, false, null, 200, Ct)).First(c => c.DefinitionId == channel);
        (await desk.ReadAsync<int>("select incident_count from workflow_instance where id = $1", instance.InstanceId!)).ShouldBe(1);
        (await desk.Get<TriageDesk>().GetAsync(instance.Id, Ct)).Corrections.ShouldBeEmpty();
    }

    private const string Taxonomy = """
        { "intents": [
          { "name": "refund", "category": "money", "queue": "billing", "urgency": "urgent" },
          { "name": "order_status", "category": "orders", "queue": "orders", "impact": "minor", "isStandard": true } ] }
        """;

    private static string Triage(string id, string? decided = null) =>
        decided is null
            ? $$"""{ "id": "{{id}}", "type": "ServiceLoop.Triage" }"""
            : $$"""{ "id": "{{id}}", "type": "ServiceLoop.Triage", "decidedIntent": {{Literal(decided)}}, "decidedBy": {{Literal("ann")}} }""";

    private static string Mode(string id, string? article) =>
        $$"""{ "id": "{{id}}", "type": "ServiceLoop.ChooseServiceMode", "articleId": {{Literal(article ?? "")}} }""";

    private static string Wait(string name) => $$"""{ "id": "{{name}}", "type": "Elsa.Event", "eventName": {{Literal(name)}} }""";

    private static string Literal(string value) =>
        $$"""{ "typeName": "String", "expression": { "type": "Literal", "value": "{{value}}" } }""";

    private async Task<string> ContactAsync(string text, string[] steps)
    {
        var receive = $$"""
            { "id": "receive", "type": "ServiceLoop.ReceiveContact", "canStartWorkflow": true,
              "channels": { "typeName": "String[]", "expression": { "type": "Object", "value": "[\"{{channel}}\"]" } } }
            """;
        var json = $$"""
            { "definitionId": "{{channel}}", "name": "{{channel}}",
              "root": { "id": "root", "type": "Elsa.Sequence", "activities": [ {{string.Join(",", steps.Prepend(receive))}} ] } }
            """;
        await desk.Get<DefinitionService>().SaveDraftAsync(ElsaJson.Read(Encoding.UTF8.GetBytes(json)), Ct);
        await desk.Get<DefinitionService>().PublishAsync(channel, null, Ct);
        var received = await desk.Get<InteractionDesk>()
            .ReceiveAsync(
                new()
                {
                    Channel = channel,
                    ExternalId = Guid.NewGuid().ToString("N"),
                    Subject = "Help",
                    Body = text,
                },
                Ct
            );
        await desk.PumpAsync();
        return (await desk.Get<InteractionDesk>().GetAsync(received.Interaction.Id, Ct)).CaseId.ShouldNotBeNull();
    }

    private async Task<string?> BranchAsync(string activityId)
    {
        var caseOf = (await desk.Get<CaseDesk>().ListAsync(null, null, false, null, 200, Ct)).First(c => c.DefinitionId == channel);
        var history = await desk.Get<Histories>().FindAsync(caseOf.InstanceId!, Ct);
        return history!.Executions().Single(e => e.Node.Activity.Id == activityId).Outcomes.SingleOrDefault();
    }
}
