using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Definitions;

/// <summary>Takes back what <see cref="DesignerForm"/> adds, so that a definition that went through a designer is stored and exported as it was.</summary>
public static class DesignerInput
{
    private static readonly JsonWriterOptions WriteOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = ElsaJson.MaxDepth + 8,
    };

    /// <summary>What the row of a version or the answer of the server says, not the definition.</summary>
    private static readonly HashSet<string> NotStored = new(StringComparer.OrdinalIgnoreCase)
    {
        "tenantId",
        "createdAt",
        "version",
        "isLatest",
        "isPublished",
        "publishedAt",
        "links",
        "providerName",
        "materializerName",
        "materializerContext",
        "isMaterializerAvailable",
    };

    /// <summary>The only member that Studio knows by another place.</summary>
    private const string OldUsable = "usableAsActivity";

    /// <summary>Reads what a designer sends.</summary>
    /// <param name="model">The definition as it came.</param>
    /// <param name="before">The version that was opened, for the members that the designer does not know and so cannot send; null for a new one.</param>
    /// <returns>The definition to store: without links, node ids, nulls; activities that were wrapped are unwrapped.</returns>
    /// <exception cref="WorkflowCompilationException">It is no definition.</exception>
    public static WorkflowDefinition Read(WorkflowDefinition model, WorkflowDefinition? before)
    {
        var json = new JsonObject();
        JsonNode? root = null;

        foreach (var member in model.Json.EnumerateObject())
        {
            var name = DesignerForm.Spell(member.Name, DesignerForm.Envelope);

            if (NotStored.Contains(name) || member.Value.ValueKind == JsonValueKind.Null)
                continue;

            if (name == "root")
                root = ReadAny(member.Value);
            else
                json[name] = DesignerForm.Plain(member.Value);
        }

        foreach (var list in new[] { "variables", "inputs", "outputs", "options" })
            if (json[list] is { } given)
                json[list] = WithoutNulls(given.DeepClone());

        if (before is not null)
        {
            Keep(json, before);
            DesignerUses.Remove(root, before.Root);
        }

        json["root"] = root;
        return ElsaJson.Read(Write(json));
    }

    /// <summary>Writes JSON as definitions are stored: compact, letters of all languages as they are.</summary>
    public static byte[] Write(JsonNode json)
    {
        var buffer = new ArrayBufferWriter<byte>();

        using (var writer = new Utf8JsonWriter(buffer, WriteOptions))
            json.WriteTo(writer);

        return buffer.WrittenSpan.ToArray();
    }

    private static void Keep(JsonObject json, WorkflowDefinition before)
    {
        foreach (var member in before.Json.EnumerateObject())
            if (
                !NotStored.Contains(member.Name)
                && !json.Any(p => string.Equals(p.Key, member.Name, StringComparison.OrdinalIgnoreCase))
                && !DesignerForm.IsSent(member.Name)
                && !string.Equals(member.Name, OldUsable, StringComparison.OrdinalIgnoreCase)
            )
                json[member.Name] = DesignerForm.Plain(member.Value);

        foreach (var (list, key) in new[] { ("variables", "id"), ("inputs", "name"), ("outputs", "name") })
            if (json[list] is JsonArray items && ElsaJson.Find(before.Json, list) is { } old)
                KeepItems(items, key, old);
    }

    private static void KeepItems(JsonArray items, string key, JsonElement old)
    {
        foreach (var item in items.OfType<JsonObject>())
        {
            if (item[key]?.ToString() is not { Length: > 0 } id)
                continue;

            var same = ElsaJson
                .Items(old)
                .FirstOrDefault(o => (ElsaJson.Text(ElsaJson.Find(o, key)) ?? ElsaJson.Text(ElsaJson.Find(o, "name"))) == id);

            if (same.ValueKind != JsonValueKind.Object)
                continue;

            foreach (var member in same.EnumerateObject())
                if (!DesignerForm.IsSentInItem(member.Name))
                    item.TryAdd(member.Name, DesignerForm.Plain(member.Value));
        }
    }

    private static JsonNode? ReadAny(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                return IsActivity(json) ? ReadActivity(json) : ReadMembers(json);
            case JsonValueKind.Array:
                return new JsonArray([.. json.EnumerateArray().Select(ReadAny)]);
            default:
                return DesignerForm.Plain(json);
        }
    }

    private static bool IsActivity(JsonElement json) =>
        ElsaJson.Find(json, "type") is { ValueKind: JsonValueKind.String }
        && ElsaJson.Find(json, "id") is { ValueKind: JsonValueKind.String };

    private static JsonObject ReadMembers(JsonElement json)
    {
        var result = new JsonObject();

        foreach (var member in json.EnumerateObject())
            result[member.Name] = ReadAny(member.Value);

        return result;
    }

    private static JsonObject ReadActivity(JsonElement json)
    {
        if (ElsaJson.Text(ElsaJson.Find(json, "type")) == NotFoundActivity.TypeName && Unwrap(json) is { } original)
            return original;

        var result = new JsonObject();

        foreach (var member in json.EnumerateObject())
            if (
                !string.Equals(member.Name, "nodeId", StringComparison.OrdinalIgnoreCase)
                && !(string.Equals(member.Name, "name", StringComparison.OrdinalIgnoreCase) && member.Value.ValueKind == JsonValueKind.Null)
            )
                result[member.Name] = ReadAny(member.Value);

        DesignerConnections.Restore(result);
        return result;
    }

    /// <summary>The activity in a stand-in, at the stand-in's place on the canvas; null when it holds none.</summary>
    private static JsonObject? Unwrap(JsonElement json)
    {
        if (ElsaJson.Text(ElsaJson.Find(json, "originalActivityJson")) is not { Length: > 1 } text)
            return null;

        JsonElement inner;

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = ElsaJson.MaxDepth });
            inner = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }

        if (inner.ValueKind != JsonValueKind.Object)
            return null;

        var original = ReadMembers(inner);
        SetText(original, "id", ElsaJson.Text(ElsaJson.Find(json, "id")));

        if (
            ElsaJson.Find(json, "metadata") is { ValueKind: JsonValueKind.Object } metadata
            && ElsaJson.Find(metadata, "designer") is { ValueKind: JsonValueKind.Object } designer
        )
            Member(original, "metadata", () => new JsonObject())["designer"] = DesignerForm.Plain(designer);

        return original;
    }

    private static void SetText(JsonObject json, string name, string? text)
    {
        if (text is not null)
            json[NameIn(json, name)] = text;
    }

    private static JsonNode Member(JsonObject json, string name, Func<JsonObject> create)
    {
        var key = NameIn(json, name);

        if (json[key] is not JsonObject member)
            json[key] = member = create();

        return member;
    }

    private static string NameIn(JsonObject json, string name) =>
        json.Select(p => p.Key).FirstOrDefault(k => string.Equals(k, name, StringComparison.OrdinalIgnoreCase)) ?? name;

    private static JsonNode WithoutNulls(JsonNode json)
    {
        switch (json)
        {
            case JsonArray items:
                foreach (var item in items.OfType<JsonObject>())
                    WithoutNulls(item);

                break;
            case JsonObject members:
                foreach (var name in members.Where(m => m.Value is null).Select(m => m.Key).ToList())
                    members.Remove(name);

                break;
        }

        return json;
    }
}
