using ServiceLoop.Engine.Values;

namespace ServiceLoop.Scripting.Tests;

public sealed class JavaScriptGlobalsTests
{
    [Theory]
    [InlineData("getVariable('Name')", "Ann")]
    [InlineData("getVariable('name')", "Ann")]
    [InlineData("getVariable('nobody')", null)]
    [InlineData("variables.Name", "Ann")]
    [InlineData("variables['Name']", "Ann")]
    [InlineData("variables.nobody", null)]
    [InlineData("typeof variables.nobody", "undefined")]
    [InlineData("getName()", "Ann")]
    [InlineData("getLower()", "low")]
    [InlineData("var f = getName; return f()", "Ann")]
    [InlineData("getInput('Amount')", 12.5)]
    [InlineData("getInput('nothing')", null)]
    [InlineData("getAmount()", 12.5)]
    [InlineData("getDeclared()", null)]
    [InlineData("getBoth()", "input")]
    [InlineData("getOutputFrom('Ask')", "yes")]
    [InlineData("getOutputFrom('id-Ask', 'Result')", "yes")]
    [InlineData("getOutputFrom('Ask', 'Comment')", "fine")]
    [InlineData("getResultFromAsk()", "yes")]
    [InlineData("getCommentFromAsk()", "fine")]
    [InlineData("getLastResult()", "last")]
    [InlineData("getWorkflowInstanceId()", "instance-1")]
    [InlineData("getWorkflowInstanceName()", "Order 7")]
    [InlineData("getCorrelationId()", "case-7")]
    [InlineData("getWorkflowDefinitionId()", "definition-1")]
    [InlineData("getWorkflowDefinitionVersion()", 3.0)]
    [InlineData("getWorkflowDefinitionVersionId()", "definition-1:3")]
    [InlineData("args.Reason", "because")]
    [InlineData("getReason()", "because")]
    [InlineData("isNullOrEmpty('')", true)]
    [InlineData("isNullOrEmpty(variables.nobody)", true)]
    [InlineData("isNullOrEmpty(' ')", false)]
    [InlineData("isNullOrWhiteSpace(' ')", true)]
    [InlineData("isNullOrWhiteSpace(0)", false)]
    [InlineData("toJson({a: [1, 2.5, null, 'é'], b: true})", """{"a":[1,2.5,null,"é"],"b":true}""")]
    [InlineData("stringToBase64('é')", "w6k=")]
    [InlineData("stringFromBase64('w6k=')", "é")]
    [InlineData("bytesToString(bytesFromString('é'))", "é")]
    [InlineData("bytesToBase64(bytesFromBase64('w6k='))", "w6k=")]
    [InlineData("streamToBase64(bytesFromString('é'))", "w6k=")]
    [InlineData("streamToBytes(bytesFromString('é')).length", 2.0)]
    [InlineData("newGuid()", "00000001-0000-0000-0000-000000000000")]
    [InlineData("newGuid(); newGuidString()", "00000002-0000-0000-0000-000000000000")]
    [InlineData("newShortGuid()", "AQAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("getShortGuid().length + getGuidString().length", 58.0)]
    [InlineData("parseGuid('{0000000A-0000-0000-0000-000000000000}')", "0000000a-0000-0000-0000-000000000000")]
    [InlineData("typeof getMy_var", "undefined")]
    [InlineData("getVariable('my_var')", 1.0)]
    [InlineData("typeof getnAME", "undefined")]
    [InlineData("globalThis['get' + 'Name']()", "Ann")]
    [InlineData("(function () { return this.variables.Name })()", "Ann")]
    [InlineData("Object.keys(variables).includes('Name')", true)]
    [InlineData("'Name' in variables", true)]
    [InlineData("'nobody' in variables", false)]
    [InlineData("JSON.stringify(variables.Order)", """{"total":3}""")]
    public void Globals_answer_as_in_Elsa(string source, object? expected)
    {
        Scripts.Run(source, Scope()).ShouldBe(expected);
    }

    [Theory]
    [InlineData("getResultFromAskTheCustomer()", "name")]
    [InlineData("getResultFromRunTask1()", "id")]
    [InlineData("globalThis['getResultFromRunTask1']()", "id")]
    [InlineData("getResultFromOther()", "by name")]
    public void Outputs_are_read_by_name_of_the_activity_and_in_old_files_by_its_id(string source, object? expected)
    {
        var scope = new FakeScope
        {
            Outputs = { [("ask the_customer", "Result")] = "name", [("Other", "Result")] = "by name" },
            Unnamed = { [("RunTask1", "Result")] = "id", [("other", "Result")] = "by id" },
        };

        Scripts.Run(source, scope).ShouldBe(expected);
    }

    [Fact]
    public void Input_accessors_are_absent_inside_a_composite()
    {
        var scope = new FakeScope { InsideComposite = true, Inputs = { ["Amount"] = 1L } };

        Scripts.Fails("getAmount()", scope).Message.ShouldBe("getAmount is not defined");
        Scripts.Run("getInput('Amount')", scope).ShouldBe(1.0);
    }

    [Fact]
    public void Unknown_accessor_is_a_reference_error_at_its_place()
    {
        var error = Scripts.Fails("var a = 1;\n  return getNobody() + a;");

        error.Message.ShouldBe("getNobody is not defined");
        (error.Line, error.Column).ShouldBe((2, 10));
    }

    [Theory]
    [InlineData("setVariable('Name', 'Bea')", "Bea")]
    [InlineData("setName('Bea')", "Bea")]
    [InlineData("variables.Name = 'Bea'", "Bea")]
    [InlineData("variables['Name'] = 'Bea'", "Bea")]
    [InlineData("variables.Name += '!'", "Ann!")]
    [InlineData("variables.Name = null", "Ann")]
    [InlineData("variables.Name = undefined", "Ann")]
    [InlineData("delete variables.Name", "Ann")]
    [InlineData("setVariable('Name', null)", null)]
    [InlineData("setName(null)", null)]
    public void Variables_can_be_set(string source, object? expected)
    {
        var scope = Scope();

        Scripts.Run(source, scope);

        scope.Variables["Name"].ShouldBe(expected);
    }

    [Fact]
    public void An_unknown_member_of_variables_creates_a_variable()
    {
        var scope = new FakeScope();

        Scripts.Run("variables.fresh = { a: [1] }; setVariable('other', 2)", scope);

        ValueJson.ToText(scope.Variables).ShouldBe("""{"fresh":{"a":[1]},"other":2}""");
    }

    [Fact]
    public void A_null_written_to_variables_is_seen_by_the_script_only()
    {
        var scope = Scope();

        Scripts.Run("variables.Name = null; return String(variables.Name) + getVariable('Name')", scope).ShouldBe("nullAnn");

        scope.Writes.ShouldBeEmpty();
    }

    [Fact]
    public void A_member_that_is_also_an_input_is_not_written_back()
    {
        var scope = Scope();

        Scripts.Run("variables.Amount = 99; return variables.Amount", scope).ShouldBe(99.0);

        scope.Writes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("variables.Order.total = 4")]
    [InlineData("getOrder().total = 4")]
    [InlineData("getVariable('Order').total++")]
    [InlineData("var o = variables.Order; o.total = getOrder().total + 1")]
    public void A_structure_changed_in_place_is_written_back(string source)
    {
        var scope = Scope();

        Scripts.Run(source, scope);

        ValueJson.ToText(scope.Variables["Order"]).ShouldBe("""{"total":4}""");
        scope.Writes.ShouldBe(["Order"], ignoreOrder: false);
    }

    [Fact]
    public void A_structure_that_was_only_read_is_not_written_and_keeps_its_types()
    {
        var moment = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)).AddTicks(7);
        var scope = new FakeScope
        {
            Variables =
            {
                ["Order"] = new Dictionary<string, object?>
                {
                    ["n"] = 5L,
                    ["at"] = moment,
                    ["id"] = Guid.Empty,
                    ["items"] = new List<object?> { 1L, 2m },
                },
            },
        };

        Scripts.Run("variables.Order.items[0] + variables.Order.at.getFullYear()", scope).ShouldBe(2027.0);
        scope.Writes.ShouldBeEmpty();

        Scripts.Run("variables.Order.x = 1", scope);
        var order = scope.Variables["Order"].ShouldBeOfType<Dictionary<string, object?>>();
        order["n"].ShouldBe(5L);
        order["at"].ShouldBe(moment);
        order["id"].ShouldBe(Guid.Empty);
        order["x"].ShouldBe(1.0);
    }

    [Fact]
    public void What_was_assigned_may_still_be_changed()
    {
        var scope = new FakeScope();

        Scripts.Run("variables.list = []; variables.list.push(1, 2)", scope);

        ValueJson.ToText(scope.Variables["list"]).ShouldBe("[1,2]");
    }

    [Fact]
    public void Instance_texts_can_be_set()
    {
        var scope = new FakeScope();

        Scripts.Run("setCorrelationId('c2'); setWorkflowInstanceName(null)", scope);

        scope.CorrelationId.ShouldBe("c2");
        scope.InstanceName.ShouldBeNull();
    }

    [Theory]
    [InlineData("setOutcome('A')", "A")]
    [InlineData("setOutcomes(['A', 'B'])", "A,B")]
    [InlineData("setOutcomes('A', 'B')", "A,B")]
    [InlineData("setOutcomes('A')", "A")]
    [InlineData("setOutcome(1)", "1")]
    [InlineData("setOutcomes([])", "")]
    public void Outcomes_are_handed_to_the_scope(string source, string expected)
    {
        var scope = new FakeScope();

        Scripts.Run(source, scope);

        string.Join(',', scope.Outcomes).ShouldBe(expected);
    }

    [Theory]
    [InlineData("getConfig('x')", "Configuration cannot be read from scripts")]
    [InlineData("createEventTriggerUrl('paid', 'P1D')", "Addresses that trigger an event cannot be made by scripts")]
    [InlineData("parseGuid('x')", "'x' is not a GUID.")]
    [InlineData("bytesFromBase64('!')", "The text is not Base64.")]
    [InlineData("bytesToString(5)", "Expected bytes")]
    public void Misuse_is_explained(string source, string message)
    {
        Scripts.Fails(source).Message.ShouldStartWith(message);
    }

    [Theory]
    [InlineData("new Date().toISOString()", "2026-03-01T09:30:00.000Z")]
    [InlineData("new Date(Date.now()).getUTCHours()", 9.0)]
    [InlineData("new Date(2026, 0, 1).toISOString()", "2026-01-01T00:00:00.000Z")]
    [InlineData("Math.random() + Math.random()", 0.3)]
    [InlineData("DateTime.UtcNow.toISOString()", "2026-03-01T09:30:00.000Z")]
    [InlineData("DateTimeOffset.Now.AddDays(1.5).toISOString()", "2026-03-02T21:30:00.000Z")]
    [InlineData("new DateTime(2026, 1, 31).AddMonths(1).toISOString()", "2026-02-28T00:00:00.000Z")]
    [InlineData("new DateTime(2024, 2, 29).AddYears(1).Day", 28.0)]
    [InlineData("DateTime.Parse('2026-05-06T07:08:09Z').Add(TimeSpan.FromHours(1.5)).toISOString()", "2026-05-06T08:38:09.000Z")]
    [InlineData("DateTime.Today.toISOString()", "2026-03-01T00:00:00.000Z")]
    [InlineData("TimeSpan.FromDays(2)", "2.00:00:00")]
    [InlineData("TimeSpan.FromMinutes(1.5)", "00:01:30")]
    [InlineData("new TimeSpan(1, 2, 3)", "01:02:03")]
    [InlineData("Guid.NewGuid()", "00000001-0000-0000-0000-000000000000")]
    [InlineData("Guid.Empty", "00000000-0000-0000-0000-000000000000")]
    [InlineData("new Random().Next(10)", 1.0)]
    [InlineData("Random().Next(10, 20)", 11.0)]
    [InlineData("Random.Shared.NextDouble()", 0.1)]
    public void Time_and_chance_come_from_the_step(string source, object expected)
    {
        if (expected is double number)
            ((double)Scripts.Run(source)!).ShouldBe(number, 1e-9);
        else
            Scripts.Run(source).ShouldBe(expected);
    }

    private static FakeScope Scope() =>
        new()
        {
            Variables =
            {
                ["Name"] = "Ann",
                ["lower"] = "low",
                ["my_var"] = 1L,
                ["Both"] = "variable",
                ["Order"] = new Dictionary<string, object?> { ["total"] = 3L },
            },
            Inputs = { ["Amount"] = 12.5m, ["Both"] = "input" },
            DeclaredInputs = ["Declared"],
            Outputs = { [("Ask", "Result")] = "yes", [("Ask", "Comment")] = "fine" },
            LastResult = "last",
            Given = { ["Reason"] = "because" },
        };
}
