using System.Text.Json;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Workflows.Api.Descriptors;
using ServiceLoop.Workflows.CommandLine;

namespace ServiceLoop.Workflows.Tests.Api.Descriptors;

public sealed class BuiltInDescriptorTests
{
    private static readonly BuiltInDescriptors Descriptors = new("/workflows");
    private static readonly List<ActivityDescriptorView> All = [.. Parts.Catalog().All.Select(Descriptors.Describe)];

    // Structure of containers, which the designer knows by itself.
    private static readonly string[] Structure = ["activities", "connections", "variables", "branches", "states", "transitions", "start"];

    [Theory]
    [InlineData("Elsa.WriteLine", "Text", "singleline")]
    [InlineData("Elsa.HttpEndpoint", "Path", "singleline")]
    [InlineData("Elsa.HttpEndpoint", "SupportedMethods", "checklist")]
    [InlineData("Elsa.HttpEndpoint", "Authorize", "checkbox")]
    [InlineData("Elsa.HttpEndpoint", "ExposeFileTooLargeOutcome", "checkbox")]
    [InlineData("Elsa.HttpEndpoint", "AllowedMimeTypes", "multitext")]
    [InlineData("Elsa.WriteHttpResponse", "StatusCode", "dropdown")]
    [InlineData("Elsa.WriteHttpResponse", "Content", "multiline")]
    [InlineData("Elsa.SendHttpRequest", "Method", "dropdown")]
    [InlineData("Elsa.SendHttpRequest", "RequestHeaders", "json-editor")]
    [InlineData("Elsa.SendHttpRequest", "ExpectedStatusCodes", "http-status-codes")]
    [InlineData("Elsa.FlowSendHttpRequest", "ExpectedStatusCodes", "multitext")]
    [InlineData("Elsa.FlowSwitch", "Cases", "flow-switch-editor")]
    [InlineData("Elsa.Switch", "Cases", "switch-editor")]
    [InlineData("Elsa.FlowJoin", "Mode", "dropdown")]
    [InlineData("Elsa.SetVariable", "Variable", "variable-picker")]
    [InlineData("Elsa.SetOutput", "OutputName", "output-picker")]
    [InlineData("Elsa.Complete", "Outcomes", "outcome-picker")]
    [InlineData("Elsa.RunJavaScript", "Script", "code-editor")]
    [InlineData("Elsa.RunJavaScript", "PossibleOutcomes", "dynamic-outcomes")]
    [InlineData("Elsa.FlowFork", "Branches", "dynamic-outcomes")]
    [InlineData("Elsa.DispatchWorkflow", "WorkflowDefinitionId", "workflow-definition-picker")]
    [InlineData("Elsa.ExecuteWorkflow", "Input", "dictionary")]
    [InlineData("Elsa.RunTask", "Payload", "dictionary")]
    [InlineData("Elsa.ForEach", "Items", "multitext")]
    [InlineData("Elsa.StartAt", "DateTime", "datetime-picker")]
    public void An_input_has_the_editor_that_fits_it(string type, string input, string hint)
    {
        InputOf(type, input).UiHint.ShouldBe(hint);
    }

    [Theory]
    [InlineData("Elsa.SetVariable", "Variable")]
    [InlineData("Elsa.FlowSwitch", "Cases")]
    [InlineData("Elsa.Switch", "Cases")]
    [InlineData("Elsa.SendHttpRequest", "ExpectedStatusCodes")]
    [InlineData("Elsa.Fork", "JoinMode")]
    [InlineData("Elsa.HttpEndpoint", "ExposeRequestTooLargeOutcome")]
    public void An_input_that_definitions_hold_as_plain_JSON_is_not_wrapped(string type, string input)
    {
        InputOf(type, input).IsWrapped.ShouldBeFalse();
    }

    [Fact]
    public void The_height_of_a_code_editor_is_a_number()
    {
        var editors = All.SelectMany(t => t.Inputs)
            .SelectMany(i => i.UiSpecifications)
            .Where(s => s.Key is "code-editor" or "json-editor")
            .Select(s => s.Value!["editorHeight"]!)
            .ToList();

        editors.Count.ShouldBeGreaterThan(2);
        editors.ShouldAllBe(height => height.GetValueKind() == JsonValueKind.Number);
    }

    [Fact]
    public void A_choice_has_items_and_every_default_is_one_of_them()
    {
        foreach (var (type, input) in All.SelectMany(t => t.Inputs.Select(i => (t.TypeName, i))))
        {
            var list = input.UiHint switch
            {
                "dropdown" => "selectList",
                "checklist" => "checkList",
                "radiolist" => "radioList",
                _ => null,
            };

            if (list is null)
                continue;

            var values = input.UiSpecifications[input.UiHint]![list]!["items"]!
                .AsArray()
                .Select(i => i!["value"]!.GetValue<string>())
                .ToList();
            values.Count.ShouldBeGreaterThan(1, $"{type}.{input.Name}");
            values.ShouldBeUnique($"{type}.{input.Name}");

            if (input.DefaultValue is { } value)
                foreach (
                    var one in value.GetValueKind() == JsonValueKind.Array
                        ? [.. value.AsArray().OfType<System.Text.Json.Nodes.JsonNode>()]
                        : new[] { value }
                )
                    values.ShouldContain(one.GetValue<string>(), $"{type}.{input.Name}");
        }
    }

    [Fact]
    public void Children_have_places_and_outcomes_have_ports()
    {
        PortsOf("Elsa.If", "Embedded").ShouldBe(["Then", "Else"]);
        PortsOf("Elsa.While", "Embedded").ShouldBe(["Body"]);
        PortsOf("Elsa.ForEach", "Embedded").ShouldBe(["Body"]);
        PortsOf("Elsa.Switch", "Embedded").ShouldBe(["Default"]);
        PortsOf("Elsa.BulkDispatchWorkflows", "Embedded").ShouldBe(["ChildCompleted", "ChildFaulted"]);
        PortsOf("Elsa.FlowDecision", "Flow").ShouldBe(["True", "False"]);

        // The designer cannot open a list in a port.
        PortsOf("Elsa.Flowchart", "Embedded").ShouldBeEmpty();
        PortsOf("Elsa.Sequence", "Embedded").ShouldBeEmpty();
    }

    [Fact]
    public void Types_say_what_they_are()
    {
        Of("Elsa.Flowchart").IsContainer.ShouldBeTrue();
        Of("Elsa.Start").IsStart.ShouldBeTrue();
        Of("Elsa.End").IsTerminal.ShouldBeTrue();
        Of("Elsa.HttpEndpoint").Kind.ShouldBe("Trigger");
        Of("Elsa.FlowSendHttpRequest").Kind.ShouldBe("Task");
        Of("Elsa.FlowSendHttpRequest").CustomProperties["Resilient"].ShouldBe(true);
        Of("Elsa.NotFoundActivity").IsBrowsable.ShouldBeFalse();
        Of("Elsa.StateMachine").IsBrowsable.ShouldBeTrue();
        InputOf("Elsa.SendHttpRequest", "Authorization").IsSensitive.ShouldBeTrue();
        InputOf("Elsa.RunJavaScript", "Script").DefaultSyntax.ShouldBe("JavaScript");
        InputOf("Elsa.HttpEndpoint", "SupportedMethods").DefaultSyntax.ShouldBe("Object");
        InputOf("Elsa.HttpEndpoint", "Path").UiSpecifications["singleline"]!["adornmentText"]!.GetValue<string>().ShouldBe("/workflows/");
    }

    [Fact]
    public void All_types_of_definitions_and_golden_traces_have_descriptors_with_all_inputs()
    {
        var used = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var workflows = new Dictionary<string, string[]>(StringComparer.Ordinal);

        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Golden", "elsa-3.6.3.jsonl")))
            if (line.Length > 0)
                Collect(JsonDocument.Parse(line).RootElement, used);

        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "definitions"), "*.json"))
        {
            var json = JsonDocument.Parse(File.ReadAllText(file)).RootElement;
            Collect(json, used);

            // Definitions that others use as activities have the inputs and outputs that they declare.
            if (ElsaJson.Read(json) is { UsableAsActivity: true } workflow)
                workflows[workflow.ActivityTypeName] = [.. workflow.Inputs.Select(i => i.Name), .. workflow.Outputs.Select(o => o.Name)];
        }

        used.Count.ShouldBeGreaterThan(25);

        foreach (var (type, members) in used)
        {
            if (workflows.TryGetValue(type, out var declared))
            {
                members.Except(declared, StringComparer.OrdinalIgnoreCase).ShouldBeEmpty(type);
                continue;
            }

            var descriptor = All.FirstOrDefault(t => t.TypeName == type).ShouldNotBeNull(type);
            var known = descriptor
                .Inputs.Select(i => i.Name)
                .Concat(descriptor.Outputs.Select(o => o.Name))
                .Concat(descriptor.Ports.Select(p => p.Name))
                .Concat(Structure);

            members.Except(known, StringComparer.OrdinalIgnoreCase).ShouldBeEmpty(type);
        }
    }

    private static void Collect(JsonElement json, Dictionary<string, HashSet<string>> used)
    {
        if (json.ValueKind == JsonValueKind.Array)
            foreach (var item in json.EnumerateArray())
                Collect(item, used);

        if (json.ValueKind != JsonValueKind.Object)
            return;

        if (json.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && json.TryGetProperty("id", out _))
            // Types that the traces made up, to see what Elsa does with an unknown one.
            if (type.GetString() is { } name && !name.StartsWith("Acme.", StringComparison.Ordinal))
            {
                if (!used.TryGetValue(name, out var members))
                    used[name] = members = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

                foreach (var member in json.EnumerateObject())
                    if (
                        member.Name
                        is not (
                            "id"
                            or "nodeId"
                            or "name"
                            or "type"
                            or "version"
                            or "customProperties"
                            or "metadata"
                            or "canStartWorkflow"
                            or "runAsynchronously"
                        )
                    )
                        members.Add(member.Name);
            }

        foreach (var member in json.EnumerateObject())
            Collect(member.Value, used);
    }

    private static ActivityDescriptorView Of(string type) => All.Single(t => t.TypeName == type);

    private static InputView InputOf(string type, string input) => Of(type).Inputs.Single(i => i.Name == input);

    private static IEnumerable<string> PortsOf(string type, string kind) => Of(type).Ports.Where(p => p.Type == kind).Select(p => p.Name);
}
