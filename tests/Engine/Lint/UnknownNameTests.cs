using System.Text.Json.Nodes;
using ServiceLoop.Engine.Lint;
using ServiceLoop.TestKit;

namespace ServiceLoop.Engine.Tests.Lint;

public sealed class UnknownNameTests
{
    private const string Code = "lint.unknown-name";

    [Theory]
    [InlineData("variables.Custmer.name", "Custmer")]
    [InlineData("getVariable('Custmer')", "Custmer")]
    [InlineData("getCustmer().name", "Custmer")]
    [InlineData("getInput('Ordr')", "Ordr")]
    [InlineData("`Dear ${variables.Custmer}`", "Custmer")]
    public void JavaScript_that_reads_an_unknown_name_is_told(string script, string name)
    {
        var warning = WorkflowLint.Check(LintRun.Compile(Definition(Script(script)))).ShouldHaveSingleItem();

        warning.Code.ShouldBe(Code);
        warning.ActivityId.ShouldBe("A");
        warning.Path.ShouldBe("$.root.activities[0].text.expression");
        warning.Message.ShouldContain($"'{name}'");
    }

    [Theory]
    [InlineData("variables.Customer.name")]
    [InlineData("getCustomer().name + getOrder() + getInput('order')")]
    [InlineData("getVariable('customer')")]
    [InlineData("getCorrelationId() + getResultFromAsk() + getOutputFrom('Ask') + getWorkflowInstanceId()")]
    [InlineData("typeof getThing === 'function' ? getThing() : 1")]
    [InlineData("const name = 'x'; getVariable(name)")]
    [InlineData("setVariable('New', 1); getVariable('New')")]
    [InlineData("function getRate() { return 2 } getRate()")]
    [InlineData("getInput('ParentInstanceId')")]
    public void JavaScript_that_reads_known_names_is_not_told(string script)
    {
        LintRun.Hits(Code, Definition(Script(script))).ShouldBeEmpty();
    }

    [Fact]
    public void Liquid_is_read_too()
    {
        LintRun
            .Hits(Code, Definition(Liquid("Dear {{ Variables.Custmer.Name }}, {{ Input.Order }} {% if Variables.Customer %}x{% endif %}")))
            .ShouldBe(["A"]);
        LintRun.Hits(Code, Definition(Liquid("Dear {{ variables.customer.Name }}, {{ Input[\"Order\"] }}"))).ShouldBeEmpty();
        LintRun.Hits(Code, Definition(Liquid("{{ Input.Ordr }}"))).ShouldBe(["A"]);
    }

    [Fact]
    public void The_inside_of_a_loop_knows_the_current_value()
    {
        var loop = Draw.Of("Elsa.ForEach", "L").With("body", Script("getCurrentValue() + variables.CurrentIndex"));

        LintRun.Hits(Code, Definition(loop)).ShouldBeEmpty();
        LintRun.Hits(Code, Definition(Script("getCurrentValue()"))).ShouldBe(["A"]);
    }

    [Fact]
    public void What_another_script_creates_is_known()
    {
        var script = Draw.Of("Elsa.RunJavaScript", "J").With("script", Draw.Literal("String", "setVariable('Made', 1)"));

        LintRun.Hits(Code, Definition(script, Script("variables.Made + variables.Other"))).ShouldBe(["A"]);
        LintRun.Hits(Code, Definition(Script("variables.Made"))).ShouldBe(["A"]);
    }

    [Fact]
    public void A_script_that_may_create_any_variable_silences_the_rule()
    {
        var script = Draw.Of("Elsa.RunJavaScript", "J").With("script", Draw.Literal("String", "setVariable('n' + 1, 1)"));

        LintRun.Hits(Code, Definition(script, Script("variables.Other"))).ShouldBeEmpty();
    }

    [Fact]
    public void An_input_of_the_kind_input_must_be_declared()
    {
        LintRun.Hits(Code, Definition(Of("Input", "Ordr"))).ShouldBe(["A"]);
        LintRun.Hits(Code, Definition(Of("Input", "Order"))).ShouldBeEmpty();
    }

    [Fact]
    public void Conditions_of_a_switch_are_read()
    {
        var choice = Draw.Of("Elsa.FlowSwitch", "C")
            .With(
                "cases",
                new JsonArray(
                    new JsonObject
                    {
                        ["label"] = "one",
                        ["condition"] = new JsonObject { ["type"] = "JavaScript", ["value"] = "variables.Custmer == 1" },
                    }
                )
            );

        LintRun.Hits(Code, Definition(choice)).ShouldBe(["C"]);
    }

    private static JsonObject Definition(params JsonObject[] steps)
    {
        var definition = Draw.Sequence("s", steps).AsDefinition(variables: [Draw.Variable("Customer")]);
        definition["inputs"] = new JsonArray(new JsonObject { ["name"] = "Order", ["type"] = "String" });
        return definition;
    }

    private static JsonObject Script(string script) => Draw.Line("A", script);

    private static JsonObject Liquid(string template) => Draw.Of("Elsa.WriteLine", "A").With("text", LintRun.Liquid("String", template));

    private static JsonObject Of(string language, string value)
    {
        var text = Draw.Script("String", value);
        text["expression"]!["type"] = language;
        return Draw.Of("Elsa.WriteLine", "A").With("text", text);
    }
}
