using System.Globalization;
using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>Errors of a definition in the words of who drew it: the activity by the name on the canvas, and the input.</summary>
internal static class DefinitionErrors
{
    /// <summary>The same errors, with the activity and the input in front of each message.</summary>
    /// <param name="errors">What the compiler says.</param>
    /// <param name="definition">The definition; paths lead into it.</param>
    public static WorkflowCompilationException Named(WorkflowCompilationException errors, WorkflowDefinition definition) =>
        new([.. errors.Errors.Select(e => e with { Message = Sentence(e, definition.Json) })]);

    private static string Sentence(CompileError error, JsonElement definition)
    {
        // In a sub-workflow: the activity of this definition that uses it.
        var (activity, member) = Follow(definition, error.Path.Split('→', 2)[0]);

        if (
            error.ActivityId is { } id
            && (activity is not { } found || Text(found, "id") != id)
            && FindActivity(definition, id) is { } named
        )
            (activity, member) = (named, null);

        if (activity is not { } place)
            return error.Message;

        var name = NameOf(place);
        return member is null ? $"{name}: {error.Message}" : $"{name}, {member}: {error.Message}";
    }

    private static string NameOf(JsonElement activity)
    {
        var id = Text(activity, "id");
        var shown = Find(activity, "metadata") is { } metadata && Text(metadata, "displayText") is { Length: > 0 } text ? text : null;
        shown ??= Text(activity, "name") is { Length: > 0 } name ? name : null;
        shown ??= Text(activity, "type");
        return id is null || id == shown ? shown ?? "?" : $"{shown} ({id})";
    }

    /// <summary>The innermost activity on a path, and the member of it that the path goes on with.</summary>
    private static (JsonElement? Activity, string? Member) Follow(JsonElement json, string path)
    {
        JsonElement? activity = null;
        string? member = null;

        foreach (var step in path.Split('.').Skip(1))
        {
            var name = step.Split('[', 2)[0];

            if (Find(json, name) is not { } next)
                return (activity, member ?? (activity is null ? null : name));

            member ??= activity is null ? null : name;
            json = next;

            foreach (var index in step.Split('[').Skip(1))
                if (ItemOf(json, int.Parse(index.TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture)) is { } item)
                    json = item;
                else
                    return (activity, member);

            if (Text(json, "type") is not null && (Text(json, "id") is not null || Find(json, "version") is not null || name == "root"))
                (activity, member) = (json, null);
        }

        return (activity, member);
    }

    private static JsonElement? ItemOf(JsonElement json, int index)
    {
        var list =
            json.ValueKind == JsonValueKind.Object
                ? Find(json, "$values") ?? Find(json, "_items") ?? Find(json, "items") ?? Find(json, "values") ?? json
                : json;
        return list.ValueKind == JsonValueKind.Array && index < list.GetArrayLength() ? list[index]
            : list.ValueKind == JsonValueKind.Object && index == 0 ? list
            : null;
    }

    private static JsonElement? FindActivity(JsonElement json, string id) =>
        json.ValueKind switch
        {
            JsonValueKind.Object when Text(json, "type") is not null && Text(json, "id") == id => json,
            JsonValueKind.Object => json.EnumerateObject().Select(m => FindActivity(m.Value, id)).FirstOrDefault(f => f is not null),
            JsonValueKind.Array => json.EnumerateArray().Select(i => FindActivity(i, id)).FirstOrDefault(f => f is not null),
            _ => null,
        };

    private static JsonElement? Find(JsonElement json, string name)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return null;

        foreach (var member in json.EnumerateObject())
            if (string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase))
                return member.Value;

        return null;
    }

    private static string? Text(JsonElement json, string name) =>
        Find(json, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
