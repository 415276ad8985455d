using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServiceLoop.Engine.Compilation;

namespace ServiceLoop.Engine.Definitions;

/// <summary>Writes a definition in the normal form in which Elsa keeps and answers it: every member, generated ids, node ids, wrapped unknown activities.</summary>
/// <remarks>
/// Observed on Elsa 3.6.3. One thing differs on purpose: members of the envelope and of activities that nobody knows are kept, where Elsa drops them.
/// </remarks>
public static class ElsaModel
{
    private static readonly JsonWriterOptions WriteOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Members of the envelope that are written in a fixed order; the rest follows before the root as it came.</summary>
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "$schema",
        "id",
        "definitionId",
        "name",
        "description",
        "version",
        "variables",
        "inputs",
        "outputs",
        "outcomes",
        "customProperties",
        "isReadonly",
        "isSystem",
        "isLatest",
        "isPublished",
        "usableAsActivity",
        "options",
        "root",
        "links",
    };

    private static readonly string[] InputTexts = ["displayName", "description", "category", "uiHint"];
    private static readonly string[] OutputTexts = ["displayName", "description", "category"];

    /// <summary>Writes the model of a definition.</summary>
    /// <param name="definition">The version; its ids, number and flags are written as they stand in the record.</param>
    /// <param name="catalog">Activity types.</param>
    /// <param name="source">Definitions that it uses as activities.</param>
    public static byte[] Write(WorkflowDefinition definition, ActivityCatalog catalog, IDefinitionSource? source = null)
    {
        var buffer = new ArrayBufferWriter<byte>();

        using (var writer = new Utf8JsonWriter(buffer, WriteOptions))
            Write(writer, definition, catalog, source);

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the model of a definition.</summary>
    public static void Write(
        Utf8JsonWriter writer,
        WorkflowDefinition definition,
        ActivityCatalog catalog,
        IDefinitionSource? source = null
    )
    {
        var json = definition.Json;
        writer.WriteStartObject();
        writer.WriteString("id", definition.Id);
        writer.WriteString("definitionId", definition.DefinitionId);
        WriteText(writer, "name", definition.Name);
        WriteText(writer, "description", definition.Description);
        writer.WriteNumber("version", definition.Version);
        WriteList(writer, json, "variables", WriteVariable);
        WriteList(writer, json, "inputs", (w, item) => WriteArgument(w, item, InputTexts));
        WriteList(writer, json, "outputs", (w, item) => WriteArgument(w, item, OutputTexts));
        writer.WriteStartArray("outcomes");

        foreach (var outcome in definition.Outcomes)
            writer.WriteStringValue(outcome);

        writer.WriteEndArray();
        WriteObject(writer, "customProperties", ElsaJson.Find(json, "customProperties"));
        writer.WriteBoolean("isReadonly", definition.IsReadonly);
        writer.WriteBoolean("isSystem", definition.IsSystem);
        writer.WriteBoolean("isLatest", definition.IsLatest);
        writer.WriteBoolean("isPublished", definition.IsPublished);
        WriteOptionsOf(writer, definition);

        foreach (var member in json.EnumerateObject())
            if (!Known.Contains(member.Name) && member.Value.ValueKind != JsonValueKind.Null)
                member.WriteTo(writer);

        writer.WritePropertyName("root");
        new ActivityModelWriter(writer, definition, catalog, source ?? DefinitionSet.Empty).WriteRoot();
        writer.WriteEndObject();
    }

    /// <summary>A variable of a workflow or container.</summary>
    internal static void WriteVariable(Utf8JsonWriter writer, JsonElement json)
    {
        writer.WriteStartObject();

        foreach (var member in json.EnumerateObject())
            member.WriteTo(writer);

        if (ElsaJson.Find(json, "isArray") is null)
            writer.WriteBoolean("isArray", false);

        writer.WriteEndObject();
    }

    private static void WriteArgument(Utf8JsonWriter writer, JsonElement json, string[] texts)
    {
        writer.WriteStartObject();

        foreach (var member in json.EnumerateObject())
            if (member.Value.ValueKind != JsonValueKind.Null)
                member.WriteTo(writer);

        foreach (var text in texts)
            if (ElsaJson.Find(json, text) is null or { ValueKind: JsonValueKind.Null })
                writer.WriteString(text, "");

        writer.WriteEndObject();
    }

    private static void WriteOptionsOf(Utf8JsonWriter writer, WorkflowDefinition definition)
    {
        var options = ElsaJson.Find(definition.Json, "options") ?? default;
        writer.WriteStartObject("options");

        if (options.ValueKind == JsonValueKind.Object)
            foreach (var member in options.EnumerateObject())
                if (member.Value.ValueKind != JsonValueKind.Null)
                    member.WriteTo(writer);

        if (definition.UsableAsActivity && ElsaJson.Flag(ElsaJson.Find(options, "usableAsActivity")) is null)
            writer.WriteBoolean("usableAsActivity", true);

        if (ElsaJson.Find(options, "autoUpdateConsumingWorkflows") is null or { ValueKind: JsonValueKind.Null })
            writer.WriteBoolean("autoUpdateConsumingWorkflows", false);

        writer.WriteEndObject();
    }

    internal static void WriteObject(Utf8JsonWriter writer, string name, JsonElement? json)
    {
        writer.WritePropertyName(name);

        if (json is { ValueKind: JsonValueKind.Object } value)
            value.WriteTo(writer);
        else
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
        }
    }

    internal static void WriteList(Utf8JsonWriter writer, JsonElement json, string name, Action<Utf8JsonWriter, JsonElement> write)
    {
        writer.WriteStartArray(name);

        if (ElsaJson.Find(json, name) is { } list)
            foreach (var item in ElsaJson.Items(list))
                if (item.ValueKind == JsonValueKind.Object)
                    write(writer, item);

        writer.WriteEndArray();
    }

    internal static void WriteText(Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null)
            writer.WriteString(name, text);
    }
}
