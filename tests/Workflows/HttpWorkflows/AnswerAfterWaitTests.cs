using System.Net;
using System.Text;
using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Workflows.CommandLine;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.HttpWorkflows;

public sealed class AnswerAfterWaitTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly string In = Endpoint("In", "x");
    private static readonly string Out = Reply("Out", "1");
    private static readonly string Wait = Event("Wait", "e");

    [Fact]
    public void An_answer_after_a_wait_is_found()
    {
        Find(Sequence("f", $"{In}, {Wait}, {Out}")).ShouldBe(["Out"]);
    }

    [Fact]
    public void An_answer_before_the_wait_is_fine()
    {
        Find(Sequence("f", $"{In}, {Out}, {Wait}")).ShouldBeEmpty();
    }

    [Fact]
    public void A_request_that_came_after_the_wait_can_be_answered()
    {
        Find(Sequence("f", $"{In}, {Wait}, {Endpoint("Again", "y", starts: false)}, {Out}")).ShouldBeEmpty();
    }

    [Fact]
    public void A_wait_in_a_nested_sequence_counts()
    {
        Find(Sequence("f", $$"""{{In}}, { "id": "inner", "type": "Elsa.Sequence", "activities": [ {{RunTask("T", "t")}} ] }, {{Out}}"""))
            .ShouldBe(["Out"]);
    }

    [Fact]
    public void One_way_without_a_wait_is_enough()
    {
        Find(Chart("[In,Wait] [In,Out] [Wait,Out]")).ShouldBeEmpty();
        Find(Chart("[In,Wait] [Wait,Out]")).ShouldBe(["Out"]);
    }

    [Fact]
    public void A_loop_back_to_the_answer_does_not_hide_the_first_way()
    {
        Find(Chart("[In,Out] [Out,Wait] [Wait,Out]")).ShouldBeEmpty();
    }

    [Fact]
    public void A_branch_that_may_not_run_hides_nothing_and_proves_nothing()
    {
        Find(Sequence("f", $$"""{{In}}, { "id": "if", "type": "Elsa.If", "condition": {{Literal("true")}}, "then": {{Wait}} }, {{Out}}"""))
            .ShouldBeEmpty();
    }

    [Fact]
    public void A_workflow_that_an_event_starts_has_no_request_to_answer()
    {
        Find(Sequence("f", $"{Event("Start", "e", starts: true)}, {Out}")).ShouldBe(["Out"]);
    }

    [Fact]
    public async Task Publishing_it_is_refused_with_place_and_cure()
    {
        var client = await server.ClientAsync(Ct);

        var response = await client.SaveAsync(Sequence("too-late", $"{In}, {Wait}, {Out}"), publish: true, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var text = await response.Content.ReadAsStringAsync(Ct);
        text.ShouldContain("http.answer-after-wait");
        text.ShouldContain("Answer before the first wait");
    }

    private static IEnumerable<string?> Find(string definition)
    {
        var graph = Parts.Compiler().Compile(ElsaJson.Read(Encoding.UTF8.GetBytes(definition)), DefinitionSet.Empty).GraphOrThrow();
        return AnswerAfterWait.Find(graph).Select(e => e.ActivityId);
    }

    private static string Chart(string ways)
    {
        var connections = ways.Split(' ')
            .Select(w => w.Trim('[', ']').Split(','))
            .Select(w =>
                $$"""{ "source": { "activity": "{{w[0]}}", "port": "Done" }, "target": { "activity": "{{w[1]}}", "port": "In" } }"""
            );
        return $$"""{ "definitionId": "f", "root": { "id": "chart", "type": "Elsa.Flowchart", "activities": [ {{In}}, {{Wait}}, {{Out}} ], "connections": [ {{string.Join(", ", connections)}} ] } }""";
    }
}
