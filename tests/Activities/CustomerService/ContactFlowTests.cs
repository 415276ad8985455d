using System.Text;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Activities.CustomerService;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.ServiceDesk.Callbacks;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Findings;
using ServiceLoop.ServiceDesk.FollowUps;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.ServiceDesk.Promises;
using ServiceLoop.ServiceDesk.Surveys;
using ServiceLoop.ServiceDesk.Tests;
using ServiceLoop.TestKit;

namespace ServiceLoop.Activities.Tests.CustomerService;

/// <summary>The activities of contacts and cases in workflows, on PostgreSQL.</summary>
public sealed class ContactFlowTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Morning = new(2026, 3, 4, 9, 45, 0, TimeSpan.FromHours(8));
    private static int serial;
    private DeskUnderTest desk = null!;
    private string channel = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        channel = $"mail{Interlocked.Increment(ref serial)}";
        var catalog = CustomerServiceActivities.AddTo(BuiltInActivities.AddTo(ActivityCatalog.WithEngineActivities()));
        desk = await DeskUnderTest.OpenAsync(
            postgres,
            Morning,
            more => more.AddSingleton(new WorkflowCompiler(catalog, [])).AddSingleton<IAccess, OpenAccess>()
        );
    }

    public async ValueTask DisposeAsync()
    {
        desk.Failures.ShouldBeEmpty();
        await desk.DisposeAsync();
    }

    [Fact]
    public async Task A_contact_becomes_a_case_whose_status_follows_the_workflow()
    {
        var caseId = await ContactAsync([
            """{ "id": "identify", "type": "ServiceLoop.IdentifyCustomer", "interactionId": { "typeName": "String", "expression": { "type": "Variable", "value": { "id": "contact", "name": "contact" } } } }""",
            """{ "id": "similar", "type": "ServiceLoop.LinkSimilarCases", "category": { "typeName": "String", "expression": { "type": "Literal", "value": "billing" } } }""",
            Stage("triaged", "intake"),
            Stage("in-solution", "repair"),
            Wait("go-on"),
            """{ "id": "resolve", "type": "ServiceLoop.ResolveCase", "code": { "typeName": "String", "expression": { "type": "Literal", "value": "workaround" } } }""",
            """{ "id": "close", "type": "ServiceLoop.CloseCase" }""",
        ]);

        var working = await desk.Get<CaseDesk>().GetAsync(caseId, Ct);
        (working.Status, working.Stage, working.Category, working.ContactNo).ShouldBe((CaseStatus.InSolution, "repair", "billing", 1));
        working.InstanceId.ShouldNotBeNull();
        working.DefinitionId.ShouldBe(channel);
        working.DefinitionVersionId.ShouldNotBeNull();
        var customer = await desk.Get<CustomerDesk>().GetAsync(working.CustomerId!, Ct);
        customer.Identities.ShouldHaveSingleItem().Value.ShouldBe($"ann@{channel}.example");
        var contact = (await desk.Get<InteractionDesk>().ListAsync(caseId, null, null, null, 10, Ct)).ShouldHaveSingleItem();
        (contact.State, contact.CustomerId).ShouldBe((InteractionState.Correlated, customer.Id));

        await PublishAsync("go-on");

        var closed = await desk.Get<CaseDesk>().GetAsync(caseId, Ct);
        (closed.Status, closed.ResolutionCode, closed.ResolutionMode).ShouldBe(
            (CaseStatus.Closed, ResolutionCode.Workaround, ResolutionMode.Human)
        );
        (await desk.Get<CaseDesk>().HistoryAsync(caseId, 0, 20, Ct))
            .Select(e => e.Status)
            .Where(s => s is not null)
            .ShouldBe([CaseStatus.New, CaseStatus.Triaged, CaseStatus.InSolution, CaseStatus.Resolved, CaseStatus.Closed]);
    }

    [Theory]
    [InlineData("reached", "Reached")]
    [InlineData("wrong-number", "Unreachable")]
    [InlineData("refused", "Refused")]
    public async Task A_callback_goes_on_where_the_call_ended(string outcome, string branch)
    {
        var caseId = await ContactAsync([Callback()]);
        var callback = await CallbackOfAsync(caseId);
        await desk.PassUntilAsync(callback.Window!.Value.Start);

        await desk.Get<CallbackDesk>().ReportAttemptAsync(callback.Id, 1, outcome, null, Ct);
        await desk.PumpAsync();

        (await BranchAsync("callback")).ShouldBe(branch);
    }

    [Fact]
    public async Task A_callback_that_is_called_off_or_never_answered_has_branches_too()
    {
        var cancelled = await CallbackOfAsync(await ContactAsync([Callback()]));
        await desk.Get<CallbackDesk>().CancelAsync(cancelled.Id, "not needed", Ct);
        await desk.PumpAsync();
        (await BranchAsync("callback")).ShouldBe("Cancelled");

        await InitializeAsync();
        var caseId = await ContactAsync([Callback()]);
        var callback = await CallbackOfAsync(caseId);

        for (var no = 1; no <= 3; no++)
        {
            await desk.PassUntilAsync((await desk.Get<CallbackDesk>().GetAsync(callback.Id, Ct)).NextAt!.Value);
            await desk.Get<CallbackDesk>().ReportAttemptAsync(callback.Id, no, "no-answer", null, Ct);
        }

        await desk.PumpAsync();
        (await BranchAsync("callback")).ShouldBe("Unreachable");
    }

    [Theory]
    [InlineData(5, "Answered")]
    [InlineData(1, "Low score")]
    [InlineData(null, "Expired")]
    public async Task Feedback_goes_on_where_the_customer_answered(int? score, string branch)
    {
        var caseId = await ContactAsync(["""{ "id": "feedback", "type": "ServiceLoop.RequestFeedback" }"""]);
        await desk.PassUntilAsync(Morning.AddHours(2).AddMinutes(1));
        var followUp = (await desk.Get<FollowUpDesk>().ListAsync(null, caseId, null, null, 10, Ct)).ShouldHaveSingleItem();

        if (score is not null)
            await desk.Get<SurveyDesk>().AnswerAsync(await desk.Get<FollowUpDesk>().TokenAsync(followUp.Id, Ct), score, null, Ct);

        await desk.PassUntilAsync(Morning.AddDays(8));

        (await BranchAsync("feedback")).ShouldBe(branch);
        (await desk.Get<FindingDesk>().ListAsync(null, "survey", null, 100, Ct))
            .Count(f => f.Report.CaseId == caseId)
            .ShouldBe(score == 1 ? 1 : 0);
    }

    [Fact]
    public async Task Promises_and_findings_are_written_with_the_step()
    {
        var caseId = await ContactAsync([
            """
            { "id": "promise", "type": "ServiceLoop.PromiseToCustomer",
              "promise": { "typeName": "String", "expression": { "type": "Literal", "value": "An answer'; drop table promise;--" } },
              "within": { "typeName": "TimeSpan", "expression": { "type": "Literal", "value": "01:00:00" } } }
            """,
            """{ "id": "finding", "type": "ServiceLoop.ReportFinding", "title": { "typeName": "String", "expression": { "type": "Literal", "value": "Form asks twice" } } }""",
            Wait("never"),
        ]);

        var promise = (await desk.Get<PromiseDesk>().ListAsync(caseId, Ct)).ShouldHaveSingleItem();
        promise.What.ShouldStartWith("An answer';");
        (await desk.Get<FindingDesk>().ListAsync("new", "incident", null, 100, Ct)).ShouldContain(f => f.Report.CaseId == caseId);

        await desk.PassUntilAsync(Morning.AddHours(2));

        (await desk.Get<PromiseDesk>().ListAsync(caseId, Ct))[0].BrokenAt.ShouldBe(Morning.AddHours(1).ToUniversalTime());
    }

    [Fact]
    public async Task A_settled_case_ends_its_callback_once_the_customer_was_in_contact()
    {
        var caseId = await ContactAsync([Callback()]);
        var callback = await CallbackOfAsync(caseId);
        await desk.Get<InteractionDesk>()
            .ReceiveAsync(
                new()
                {
                    Channel = "chat",
                    ExternalId = caseId,
                    CaseId = caseId,
                },
                Ct
            );
        await ContactAsync(
            [
                $$"""{ "id": "resolve", "type": "ServiceLoop.ResolveCase", "caseId": { "typeName": "String", "expression": { "type": "Literal", "value": "{{caseId}}" } } }""",
            ],
            definition: $"{channel}-other"
        );

        (await desk.Get<CallbackDesk>().GetAsync(callback.Id, Ct)).State.ShouldBe(CallbackState.Superseded);
        (await BranchAsync("callback")).ShouldBe("Superseded");
    }

    [Fact]
    public void Every_activity_has_its_category_outcomes_and_help()
    {
        var catalog = CustomerServiceActivities.AddTo(ActivityCatalog.WithEngineActivities());
        var mine = new[]
        {
            "ReceiveContact",
            "IdentifyCustomer",
            "LinkSimilarCases",
            "UpdateStage",
            "ResolveCase",
            "CloseCase",
            "ScheduleCallback",
            "PromiseToCustomer",
            "RequestFeedback",
            "ReportFinding",
        };

        mine.ShouldAllBe(name => catalog.Find($"ServiceLoop.{name}", 1) != null);
    }

    private static string Callback() =>
        """{ "id": "callback", "type": "ServiceLoop.ScheduleCallback", "numbers": { "typeName": "String[]", "expression": { "type": "Object", "value": "[\"+8613800000000\"]" } } }""";

    private static string Stage(string status, string stage) =>
        $$"""
            { "id": "stage-{{stage}}", "type": "ServiceLoop.UpdateStage",
              "status": { "typeName": "String", "expression": { "type": "Literal", "value": "{{status}}" } },
              "stage": { "typeName": "String", "expression": { "type": "Literal", "value": "{{stage}}" } } }
            """;

    private static string Wait(string name) =>
        $$"""{ "id": "{{name}}", "type": "Elsa.Event", "eventName": { "typeName": "String", "expression": { "type": "Literal", "value": "{{name}}" } } }""";

    private async Task<string> ContactAsync(string[] steps, string? definition = null)
    {
        var id = definition ?? channel;
        var receive = $$"""
            { "id": "receive", "type": "ServiceLoop.ReceiveContact", "canStartWorkflow": true,
              "channels": { "typeName": "String[]", "expression": { "type": "Object", "value": "[\"{{id}}\"]" } },
              "interactionId": { "typeName": "String", "memoryReference": { "id": "contact" } } }
            """;
        var json = $$"""
            { "definitionId": "{{id}}", "name": "{{id}}",
              "variables": [ { "id": "contact", "name": "contact", "typeName": "String", "isArray": false, "storageDriverTypeName": null, "value": null } ],
              "root": { "id": "root", "type": "Elsa.Sequence", "activities": [ {{string.Join(",", steps.Prepend(receive))}} ] } }
            """;
        await desk.Get<DefinitionService>().SaveDraftAsync(ElsaJson.Read(Encoding.UTF8.GetBytes(json)), Ct);
        await desk.Get<DefinitionService>().PublishAsync(id, null, Ct);
        var received = await desk.Get<InteractionDesk>()
            .ReceiveAsync(
                new()
                {
                    Channel = id,
                    ExternalId = Guid.NewGuid().ToString("N"),
                    Sender = new("email", $"ann@{id}.example"),
                    Subject = "Help",
                },
                Ct
            );
        await desk.PumpAsync();
        desk.Failures.ShouldBeEmpty();
        return (await desk.Get<InteractionDesk>().GetAsync(received.Interaction.Id, Ct)).CaseId.ShouldNotBeNull(
            "the workflow did not start"
        );
    }

    private async Task<Callback> CallbackOfAsync(string caseId)
    {
        var found = (await desk.Get<CallbackDesk>().ListAsync(null, caseId, null, true, null, 10, Ct)).ShouldHaveSingleItem();
        found.State.ShouldBe(CallbackState.Scheduled);
        return found;
    }

    private async Task PublishAsync(string name)
    {
        await desk.Get<WorkflowRuntime>().PublishAsync(new(name), Ct);
        await desk.PumpAsync();
    }

    /// <summary>The outcome under which an activity of this test's workflow completed.</summary>
    private async Task<string?> BranchAsync(string activityId)
    {
        var caseOf = (await desk.Get<CaseDesk>().ListAsync(null, null, false, null, 200, Ct)).First(c => c.DefinitionId == channel);
        var history = await desk.Get<Histories>().FindAsync(caseOf.InstanceId!, Ct);
        return history!.Executions().Single(e => e.Node.Activity.Id == activityId).Outcomes.SingleOrDefault();
    }
}
