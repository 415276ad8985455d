using System.Text.Json;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Execution;

/// <summary>
/// Which values of an activity may stand in records of its executions: <c>customProperties.logPersistenceConfig</c> as Elsa Studio writes it, or the older
/// <c>logPersistenceMode</c>; of the activity, else of its workflow, else all of them.
/// </summary>
/// <remarks>
/// The state keeps every value. A rule by expression excludes: the expression would have to run for each look at a record, and what cannot be decided
/// is better not shown.
/// </remarks>
internal static class LogPersistence
{
    private const string Config = "logPersistenceConfig";
    private const string Mode = "logPersistenceMode";

    public static bool KeepsInput(Node node, string name) => Keeps(node, "inputs", name);

    public static bool KeepsOutput(Node node, string name) => Keeps(node, "outputs", name);

    public static bool KeepsInternalState(Node node) => Keeps(node, "internalState", null);

    private static bool Keeps(Node node, string part, string? name) =>
        Decide(node.Activity.CustomProperties, part, name) ?? Decide(OfWorkflow(node), part, name) ?? true;

    private static JsonElement OfWorkflow(Node node)
    {
        var around = node.IsComposite ? node : node.Composite;
        var definition = around?.Activity switch
        {
            Workflow workflow => workflow.Definition,
            WorkflowCall call => call.Definition,
            _ => null,
        };
        return definition?.Json is { ValueKind: JsonValueKind.Object } json && ElsaJson.Find(json, "customProperties") is { } custom
            ? custom
            : default;
    }

    /// <summary>Null: as the one around says.</summary>
    private static bool? Decide(JsonElement custom, string part, string? name)
    {
        if (custom.ValueKind != JsonValueKind.Object)
            return null;

        if (Object(custom, Config) is { } config)
            return Rule(Member(config, part, name)) ?? Rule(ElsaJson.Find(config, "default"));

        return Object(custom, Mode) is { } modes ? Rule(Member(modes, part, name)) ?? Rule(ElsaJson.Find(modes, "default")) : null;
    }

    private static JsonElement? Member(JsonElement json, string part, string? name) =>
        name is null ? ElsaJson.Find(json, part)
        : Object(json, part) is { } members ? ElsaJson.Find(members, name)
        : null;

    private static JsonElement? Object(JsonElement json, string name) =>
        ElsaJson.Find(json, name) is { ValueKind: JsonValueKind.Object } found ? found : null;

    private static bool? Rule(JsonElement? json)
    {
        switch (json)
        {
            case { ValueKind: JsonValueKind.String } text:
                return Named(text.GetString()!);
            case { ValueKind: JsonValueKind.Object } rule:
                if (string.Equals(ElsaJson.Text(ElsaJson.Find(rule, "evaluationMode")), "Expression", StringComparison.OrdinalIgnoreCase))
                    return ElsaJson.Find(rule, "expression") is { ValueKind: JsonValueKind.Object } ? false : null;

                return ElsaJson.Text(ElsaJson.Find(rule, "strategyType")) is { Length: > 0 } type ? Named(SimpleName(type)) : null;
            default:
                return null;
        }
    }

    private static bool? Named(string name) =>
        name.ToUpperInvariant() switch
        {
            "EXCLUDE" => false,
            "INCLUDE" => true,
            _ => null,
        };

    /// <summary><c>Exclude</c> of <c>Elsa.Workflows.LogPersistence.Strategies.Exclude, Elsa.Workflows.Core</c>.</summary>
    private static string SimpleName(string type)
    {
        var end = type.IndexOf(',', StringComparison.Ordinal);
        var full = (end < 0 ? type : type[..end]).Trim();
        return full[(full.LastIndexOf('.') + 1)..];
    }
}
