using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests;

/// <summary>The flow whose inputs are all set by hand, and the values that they get.</summary>
internal static class InputSteps
{
    /// <summary>Id of the flow that is called.</summary>
    public const string Flow = "inputs-by-hand";

    /// <summary>Id of the flow that answers its request.</summary>
    public const string Echo = "inputs-echo";

    /// <summary>Id of the flow that it runs.</summary>
    public const string Child = "inputs-child";

    /// <summary>Steps of the flow in their order, with their types.</summary>
    public static readonly IReadOnlyList<(string Name, string Type)> Activities =
    [
        ("Door", "Elsa.HttpEndpoint"),
        ("Remember", "Elsa.SetVariable"),
        ("Wait", "Elsa.StartAt"),
        ("Script", "Elsa.RunJavaScript"),
        ("Sort", "Elsa.FlowSwitch"),
        ("Pick", "Elsa.Switch"),
        ("Ask", "Elsa.SendHttpRequest"),
        ("Call", "Elsa.FlowSendHttpRequest"),
        ("Reply", "Elsa.WriteHttpResponse"),
        ("Run", "Elsa.ExecuteWorkflow"),
        ("Give", "Elsa.SetOutput"),
        ("End", "Elsa.Complete"),
    ];

    /// <summary>Steps whose outcomes are made by hand, and so are the lines from them: the step, the outcome, the next step.</summary>
    public static readonly IReadOnlyList<(string From, string Port, string To)> Lines =
    [
        ("Script", "Left", "Sort"),
        ("Sort", "Big", "Pick"),
        ("Call", "202", "Reply"),
    ];

    /// <summary>What is set. Neighbours have no label in common, so that no editor is taken for that of the step before.</summary>
    /// <param name="server">Address of the server, which the flow asks for what is not there.</param>
    /// <param name="authorization">With which it may call the flow that answers.</param>
    public static IReadOnlyList<HandStep> Of(Uri server, string authorization)
    {
        var missing = new Uri(server, "/nothing-is-here").ToString();
        var echo = new Uri(server, $"/workflows/{Echo}").ToString();
        const string Script = "setOutcome(\"Left\"); getWord().length";
        const string Sent = """{"X-By-Hand":"yes"}""";
        const string Answered = """{"X-Answered":"by hand"}""";
        return
        [
            Text("Door", "Path", "path", Flow),
            HandStep.Of(
                "checklist",
                "Door",
                "Supported Methods",
                "supportedMethods",
                "Object",
                """["POST"]""",
                "[x] POST",
                async panel =>
                {
                    await panel.TickAsync("POST");
                    await panel.TickAsync("GET");
                }
            ),
            new(
                "variable-picker",
                "Remember",
                "Variable",
                "variable",
                """{"id":"word","name":"Word"}""",
                "Word",
                p => p.ChooseAsync("Variable", "Word")
            ),
            Text("Remember", "Value", "value", "kept"),
            new(
                "flow-switch-editor",
                "Sort",
                null,
                "cases",
                """[{"label":"Big","condition":{"type":"JavaScript","value":"getWord() === 'kept'"}}]""",
                "getWord() === 'kept'",
                p => p.AddLineAsync("Add case", "Big", "getWord() === 'kept'", "JavaScript")
            ),
            HandStep.Of(
                "datetime-picker",
                "Wait",
                "Date and time (Date)",
                "dateTime",
                "Literal",
                "1/2/2020 9:30:00 AM",
                "1/2/2020",
                p => p.SetMomentAsync("Date and time", "1/2/2020", "09:30 AM")
            ),
            new(
                "switch-editor",
                "Pick",
                null,
                "cases",
                """[{"label":"Yes","condition":{"type":"Liquid","value":"true"}}]""",
                "Liquid",
                p => p.AddLineAsync("Add case", "Yes", "true", "Liquid")
            ),
            HandStep.Of(
                "code-editor",
                "Script",
                "Script",
                "script",
                "Literal",
                Script,
                "getWord().length",
                p => p.WriteAsync("Script", Script)
            ),
            Many("dynamic-outcomes", "Script", "Possible Outcomes", "possibleOutcomes", """["Left"]""", "Left"),
            Text("Ask", "Url", "url", missing),
            new(
                "http-status-codes",
                "Ask",
                "Expected Status Codes",
                "expectedStatusCodes",
                """[{"statusCode":404}]""",
                "404",
                p => p.AddAsync("Expected Status Codes", "404")
            ),
            HandStep.Of(
                "workflow-definition-picker",
                "Run",
                "Workflow Definition",
                "workflowDefinitionId",
                "Literal",
                Child,
                Child,
                p => p.ChooseAsync("Workflow Definition", Child)
            ),
            HandStep.Of(
                "dictionary",
                "Run",
                "Input",
                "input",
                "Object",
                """{"Who":{"type":"JavaScript","value":"getWord()"}}""",
                "getWord()",
                p => p.AddLineAsync("Add entry", "Who", "getWord()", "JavaScript")
            ),
            HandStep.Of(
                "checkbox",
                "Run",
                "Wait For Completion",
                "waitForCompletion",
                "Literal",
                "True",
                "[x] Wait For Completion",
                p => p.TickAsync("Wait For Completion")
            ),
            Text("Call", "Url", "url", echo),
            Text("Call", "Authorization", "authorization", authorization),
            Choice("Call", "Method", "method", "POST", "POST"),
            Text("Call", "Content", "content", "First line\nSecond line", "multiline"),
            HandStep.Of(
                "json-editor",
                "Call",
                "Request Headers",
                "requestHeaders",
                "Literal",
                Sent,
                "X-By-Hand",
                p => p.WriteAsync("Request Headers", Sent)
            ),
            Many("multitext", "Call", "Expected Status Codes", "expectedStatusCodes", """["200","202"]""", "202"),
            HandStep.Of(
                "output-picker",
                "Give",
                "Output Name",
                "outputName",
                "Literal",
                "Answer",
                "Answer",
                p => p.ChooseAsync("Output Name", "Answer")
            ),
            Text("Give", "Output Value", "outputValue", "given"),
            Choice("Reply", "Status Code", "statusCode", "201 Created", "Created"),
            Text("Reply", "Content", "content", "One\nTwo", "multiline"),
            HandStep.Of(
                "json-editor",
                "Reply",
                "Response Headers",
                "responseHeaders",
                "Literal",
                Answered,
                "X-Answered",
                p => p.WriteAsync("Response Headers", Answered)
            ),
            HandStep.Of("outcome-picker", "End", "Outcomes", "outcomes", "Literal", "Good", "Good", p => p.ChooseAsync("Outcomes", "Good")),
        ];
    }

    private static HandStep Text(string step, string label, string member, string text, string hint = "singleline") =>
        HandStep.Of(hint, step, label, member, "Literal", text, text, p => p.TypeAsync(label, text));

    private static HandStep Choice(string step, string label, string member, string item, string value) =>
        HandStep.Of("dropdown", step, label, member, "Literal", value, item, p => p.ChooseAsync(label, item));

    private static HandStep Many(string hint, string step, string label, string member, string values, string entry) =>
        HandStep.Of(hint, step, label, member, "Object", values, entry, p => p.AddAsync(label, entry));
}
