using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Activities.CustomerService;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Intake;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.ServiceDesk.Knowledge;
using ServiceLoop.ServiceDesk.ProblemFiles;
using ServiceLoop.ServiceDesk.Tests;
using ServiceLoop.TestKit;

namespace ServiceLoop.Activities.Tests.CustomerService;

/// <summary>The activities of knowledge in workflows, on PostgreSQL.</summary>
public sealed class KnowledgeFlowTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static int serial;
    private DeskUnderTest desk = null!;
    private string id = null!;
    private string caseId = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        id = $"know{Interlocked.Increment(ref serial)}";
        var catalog = CustomerServiceActivities.AddTo(BuiltInActivities.AddTo(ActivityCatalog.WithEngineActivities()));
        desk = await DeskUnderTest.OpenAsync(
            postgres,
            new DateTimeOffset(2026, 3, 4, 9, 45, 0, TimeSpan.FromHours(8)),
            more => more.AddSingleton(new WorkflowCompiler(catalog, [])).AddSingleton<IAccess, OpenAccess>()
        );
        await desk.Get<StarterArticles>().ImportAsync(Path.Combine(Root(), "definitions", "desk", "articles"), Ct);
    }

    public async ValueTask DisposeAsync()
    {
        desk.Failures.ShouldBeEmpty();
        await desk.DisposeAsync();
    }

    [Fact]
    public async Task A_standard_question_is_answered_and_what_was_tried_goes_to_the_person_who_takes_over()
    {
        await ContactAsync(
            "I forgot my password and cannot sign in, order AB-12345",
            """{ "id": "file", "type": "ServiceLoop.AssembleProblemFile", "intent": { "typeName": "String", "expression": { "type": "Literal", "value": "refund" } } }""",
            """{ "id": "answer", "type": "ServiceLoop.AnswerFromKnowledge", "intent": { "typeName": "String", "expression": { "type": "Literal", "value": "login_password" } } }""",
            """{ "id": "hand", "type": "ServiceLoop.HandOver", "reason": { "typeName": "String", "expression": { "type": "Literal", "value": "answer-did-not-help" } }, "note": { "typeName": "String", "expression": { "type": "Literal", "value": "asked twice" } } }"""
        );

        (await BranchAsync("answer")).ShouldBe("Answered");
        var file = await desk.Get<ProblemFileDesk>().GetAsync(caseId, Ct);
        file.Find("order-number").ShouldBe("AB-12345");
        file.OpenQuestions.Select(q => q.Key).ShouldBe(["amount"]);
        file.Tried.ShouldHaveSingleItem().What.ShouldContain("forgotten your password");
        var handed = (await desk.Get<HandOverDesk>().OfCaseAsync(caseId, Ct)).ShouldHaveSingleItem();
        (handed.Reason, handed.Note).ShouldBe((HandOverReason.AnswerDidNotHelp, "asked twice"));
        handed.Summary.GetProperty("Facts")[0].GetProperty("Value").GetString().ShouldBe("AB-12345");
        handed.Summary.GetProperty("OpenQuestions")[0].GetString().ShouldBe("What is the amount?");
        var use = (await desk.Get<KnowledgeUses>().OfCaseAsync(caseId, Ct)).ShouldHaveSingleItem();
        (use.Kind, use.IsHelpful).ShouldBe((UseKind.Answered, null));
    }

    [Fact]
    public async Task A_trial_finds_the_answer_and_keeps_nothing_of_it()
    {
        await ContactAsync(
            "I forgot my password and cannot sign in",
            """{ "id": "answer", "type": "ServiceLoop.AnswerFromKnowledge", "intent": { "typeName": "String", "expression": { "type": "Literal", "value": "login_password" } }, "isTrial": { "typeName": "Boolean", "expression": { "type": "Literal", "value": true } } }"""
        );

        (await BranchAsync("answer")).ShouldBe("Answered");
        (await desk.Get<KnowledgeUses>().OfCaseAsync(caseId, Ct)).ShouldBeEmpty();
        (await desk.Get<ProblemFileDesk>().GetAsync(caseId, Ct)).Tried.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("The technician was rude to my mother", "staff_complaint")]
    [InlineData("Please tell me about quantum gravity and black holes", null)]
    [InlineData("今天天气真好，想去爬山", null)]
    [InlineData("我要找人工客服", "human_agent")]
    public async Task What_is_no_standard_question_goes_to_a_person(string text, string? intent)
    {
        var value = intent is null ? "null" : $"\"{intent}\"";
        await ContactAsync(
            text,
            $$"""{ "id": "answer", "type": "ServiceLoop.AnswerFromKnowledge", "intent": { "typeName": "String", "expression": { "type": "Literal", "value": {{value}} } } }"""
        );

        (await BranchAsync("answer")).ShouldBe("NotFound");
    }

    [Fact]
    public async Task Recommendations_come_with_reasons_and_are_counted_when_they_are_taken()
    {
        await ContactAsync(
            "快递三天没有更新，包裹到哪里了",
            """{ "id": "recommend", "type": "ServiceLoop.RecommendSolutions", "take": { "typeName": "Int32", "expression": { "type": "Literal", "value": 3 } } }"""
        );

        var uses = await desk.Get<KnowledgeUses>().OfCaseAsync(caseId, Ct);
        uses.Count.ShouldBeInRange(1, 3);
        uses[0].Title.ShouldMatch("物流|快递");
        var figures = await desk.Get<KnowledgeUses>().FiguresAsync(null, desk.Clock.GetUtcNow().AddMinutes(1), Ct);
        await desk.Get<KnowledgeUses>().JudgeAsync(uses[0].Id, "edited", null, true, Ct);
        var after = await desk.Get<KnowledgeUses>().FiguresAsync(null, desk.Clock.GetUtcNow().AddMinutes(1), Ct);
        (after.Offered, after.Accepted - figures.Accepted, after.Helpful - figures.Helpful).ShouldBe((figures.Offered, 1, 1));
    }

    [Fact]
    public async Task A_resolved_case_becomes_a_draft_without_what_is_personal()
    {
        await ContactAsync(
            "My name is Ann Lee, order AB-12345, ann@example.org, +86 138 0013 8000: the washer W7 leaks at the door",
            """{ "id": "file", "type": "ServiceLoop.AssembleProblemFile" }""",
            """{ "id": "resolve", "type": "ServiceLoop.ResolveCase", "note": { "typeName": "String", "expression": { "type": "Literal", "value": "Ann Lee cleaned the door seal; call 13800138000 if it leaks again" } } }""",
            """{ "id": "pause", "type": "Elsa.Delay", "timeSpan": { "typeName": "TimeSpan", "expression": { "type": "Literal", "value": "00:00:01" } } }""",
            """{ "id": "propose", "type": "ServiceLoop.ProposeArticle" }"""
        );
        await desk.PassAsync(TimeSpan.FromMinutes(1));

        var article = (await desk.Get<ArticleDesk>().ListAsync("draft", null, null, null, 50, Ct)).Single(a => a.SourceCaseId == caseId);
        article.Latest.Authors.ShouldBe([ArticleProposals.Author]);
        var text = $"{article.Latest.Text.Title} {article.Latest.Text.Body}";
        text.ShouldContain("leaks at the door");
        text.ShouldContain("cleaned the door seal");

        foreach (var personal in new[] { "Ann", "Lee", "12345", "example.org", "138" })
            text.ShouldNotContain(personal);
    }

    private async Task<string> ContactAsync(string text, params string[] steps)
    {
        const string receive = """{ "id": "receive", "type": "ServiceLoop.ReceiveContact", "canStartWorkflow": true }""";
        var json = $$"""
            { "definitionId": "knowledge-flow", "name": "knowledge-flow",
              "root": { "id": "root", "type": "Elsa.Sequence", "activities": [ {{string.Join(",", steps.Prepend(receive))}} ] } }
            """;
        await desk.Get<DefinitionService>().SaveDraftAsync(ElsaJson.Read(Encoding.UTF8.GetBytes(json)), Ct);
        await desk.Get<DefinitionService>().PublishAsync("knowledge-flow", null, Ct);
        var receipt = await desk.Get<IntakeDesk>()
            .ReceiveAsync(
                "app",
                new(
                    JsonSerializer.SerializeToElement(
                        new
                        {
                            eventId = id,
                            userId = id,
                            text,
                        }
                    ),
                    null,
                    []
                ),
                Ct
            );
        await desk.PumpAsync();
        desk.Failures.ShouldBeEmpty();
        caseId = (await desk.Get<InteractionDesk>().GetAsync(receipt.InteractionId, Ct)).CaseId.ShouldNotBeNull(
            "the workflow did not start"
        );
        return caseId;
    }

    /// <summary>The outcome under which an activity of this test's workflow completed.</summary>
    private async Task<string?> BranchAsync(string activityId)
    {
        var seen = await desk.Get<CaseDesk>().GetAsync(caseId, Ct);
        var history = await desk.Get<Histories>().FindAsync(seen.InstanceId!, Ct);
        return history!.Executions().Single(e => e.Node.Activity.Id == activityId).Outcomes.SingleOrDefault();
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Directory.Exists(Path.Combine(folder.FullName, "definitions", "desk", "articles")))
                return folder.FullName;

        throw new DirectoryNotFoundException("There is no folder definitions/desk/articles above the tests.");
    }
}
