using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Lint;
using ServiceLoop.Scripting;
using ServiceLoop.TestKit;

namespace ServiceLoop.Engine.Tests.Lint;

/// <summary>Lints small definitions, with the real script languages.</summary>
internal static class LintRun
{
    public static readonly WorkflowCompiler Compiler = new(
        ActivityCatalog.WithEngineActivities(),
        [new JavaScriptLanguage(), new LiquidLanguage()]
    );

    public static WorkflowGraph Compile(JsonObject activity, FlowSemantics semantics = FlowSemantics.Sound)
    {
        var definition = activity.ContainsKey("root") ? activity : activity.AsDefinition();
        return Compiler.Compile(ElsaJson.Read(JsonSerializer.SerializeToUtf8Bytes(definition)), semantics: semantics).GraphOrThrow();
    }

    /// <summary>Ids of the activities that a rule speaks of.</summary>
    public static IReadOnlyList<string?> Hits(string code, JsonObject activity, FlowSemantics semantics = FlowSemantics.Sound) =>
        [.. WorkflowLint.Check(Compile(activity, semantics)).Where(w => w.Code == code).Select(w => w.ActivityId)];

    public static JsonObject Task(string id, JsonNode? payload = null) =>
        Draw.Of("Elsa.RunTask", id)
            .With("taskName", Draw.Literal("String", id))
            .With(
                "payload",
                payload is JsonObject json && json.ContainsKey("expression") ? json : Draw.Literal("Object", payload?.ToJsonString())
            );

    public static JsonObject Delay(string id) => Draw.Of("Elsa.Delay", id).With("timeSpan", Draw.Literal("TimeSpan", "01:00:00"));

    public static JsonObject Liquid(string typeName, string template)
    {
        var input = Draw.Script(typeName, template);
        input["expression"]!["type"] = "Liquid";
        return input;
    }
}
