using System.Text.Json;
using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Definitions;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>
/// Refuses a step whose author named an outcome twice. Elsa Studio draws a port for each name and, where a step has two of one name, shows an empty canvas:
/// a draft that were stored so could never be opened again.
/// </summary>
/// <param name="compiler">Knows the types of steps.</param>
internal sealed class RepeatedOutcomes(WorkflowCompiler compiler) : IDraftCheck
{
    /// <summary>Looks at all steps.</summary>
    /// <exception cref="WorkflowCompilationException">Names each step, its input and the outcome.</exception>
    public void Refuse(WorkflowDefinition definition)
    {
        var errors = new List<CompileError>();
        Look(definition.Json, "$", compiler.Catalog, errors);

        if (errors.Count > 0)
            throw DefinitionErrors.Named(new WorkflowCompilationException([.. errors]), definition);
    }

    private static void Look(JsonElement json, string path, ActivityCatalog catalog, List<CompileError> errors)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                if (TypeOf(json) is { } name && catalog.Find(name) is { } type)
                    LookAtInputs(json, path, type, errors);

                foreach (var member in json.EnumerateObject())
                    Look(member.Value, $"{path}.{member.Name}", catalog, errors);

                break;
            case JsonValueKind.Array:
                var index = 0;

                foreach (var item in json.EnumerateArray())
                    Look(item, $"{path}[{index++}]", catalog, errors);

                break;
        }
    }

    private static void LookAtInputs(JsonElement activity, string path, ActivityDescriptor type, List<CompileError> errors)
    {
        foreach (var input in type.Inputs)
        {
            if (!MakesPorts(type, input) || Member(activity, input.Name) is not { } member)
                continue;

            var names = (input.Attribute.FixedOutcomes ?? []).Concat(NamesIn(member.Value));

            foreach (var name in names.CountBy(n => n, StringComparer.Ordinal).Where(n => n.Value > 1).Select(n => n.Key))
                errors.Add(
                    new CompileError(
                        "outcome.repeated",
                        $"{path}.{member.Name}",
                        $"The outcome '{name}' is there {(names.Count(n => n == name) == 2 ? "twice" : "several times")}. Remove all but one.",
                        ActivityId: Member(activity, "id") is { Value.ValueKind: JsonValueKind.String } id ? id.Value.GetString() : null
                    )
                );
        }
    }

    /// <summary>Whether the designer makes ports of the values of an input.</summary>
    private static bool MakesPorts(ActivityDescriptor type, InputDescriptor input) =>
        input.Hint is InputHints.DynamicOutcomes or InputHints.FlowSwitchEditor
        || (type.ClrType == typeof(FlowSendHttpRequest) && input.Name == nameof(FlowSendHttpRequest.ExpectedStatusCodes));

    /// <summary>Names in a list, or labels of cases; nothing where they are only known when it runs.</summary>
    private static IEnumerable<string> NamesIn(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
            return [.. value.EnumerateArray().Select(NameOf).OfType<string>()];

        if (
            Member(value, "expression")?.Value is not { } expression
            || Member(expression, "type")?.Value.ToString() is not ("Object" or "Literal")
            || Member(expression, "value")?.Value is not { } list
        )
            return [];

        if (list.ValueKind != JsonValueKind.String)
            return NamesIn(list);

        try
        {
            using var parsed = JsonDocument.Parse(list.GetString()!);
            return parsed.RootElement.ValueKind == JsonValueKind.Array ? NamesIn(parsed.RootElement) : [];
        }
        catch (JsonException)
        {
            // The compiler says so when it is published.
            return [];
        }
    }

    private static string? NameOf(JsonElement item) =>
        item.ValueKind switch
        {
            JsonValueKind.String or JsonValueKind.Number => item.ToString(),
            JsonValueKind.Object when Member(item, "label") is { } label => label.Value.ToString(),
            _ => null,
        };

    private static string? TypeOf(JsonElement json) =>
        Member(json, "type") is { Value.ValueKind: JsonValueKind.String } type ? type.Value.GetString() : null;

    private static JsonProperty? Member(JsonElement json, string name)
    {
        if (json.ValueKind == JsonValueKind.Object)
            foreach (var member in json.EnumerateObject())
                if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                    return member;

        return null;
    }
}
