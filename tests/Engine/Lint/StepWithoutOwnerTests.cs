using System.Text.Json.Nodes;
using ServiceLoop.TestKit;

namespace ServiceLoop.Engine.Tests.Lint;

public sealed class StepWithoutOwnerTests
{
    private const string Code = "lint.step-without-owner";

    [Theory]
    [InlineData(null)]
    [InlineData("""{ "text": "Check the refund", "assignee": "" }""")]
    [InlineData("""{ "team": [] }""")]
    public void A_task_without_owner_is_told(string? payload)
    {
        var task = LintRun.Task("Check", payload is null ? null : JsonNode.Parse(payload));

        LintRun.Hits(Code, Draw.Sequence("s", task)).ShouldBe(["Check"]);
    }

    [Theory]
    [InlineData("""{ "assignee": "ann" }""")]
    [InlineData("""{ "task": { "CandidateGroups": ["refunds"] } }""")]
    [InlineData("""{ "queue": 7 }""")]
    public void A_task_with_owner_is_not_told(string payload)
    {
        LintRun.Hits(Code, Draw.Sequence("s", LintRun.Task("Check", JsonNode.Parse(payload)))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("({ text: 'x', assignee: getVariable('Agent') })", false)]
    [InlineData("getVariable('Task')", false)]
    [InlineData("({ text: 'Check the refund of ' + getVariable('Name') })", true)]
    public void A_script_counts_when_it_may_bring_an_owner(string script, bool isTold)
    {
        var task = LintRun.Task("Check", Draw.Script("Object", script));

        LintRun.Hits(Code, Draw.Sequence("s", task).AsDefinition(variables: [Draw.Variable("Name")])).ShouldBe(isTold ? ["Check"] : []);
    }

    [Fact]
    public void A_custom_property_may_name_the_owner()
    {
        LintRun.Hits(Code, Draw.Sequence("s", LintRun.Task("Check").Custom("owner", "refunds"))).ShouldBeEmpty();
    }
}
