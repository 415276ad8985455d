using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ServiceLoop.Engine.Definitions;

namespace ServiceLoop.Runtime.Definitions;

/// <summary>What a definition says, apart from how it is written: tells whether saving it again would change anything.</summary>
/// <remarks>
/// Not compared: ids, number and flags of the version, moments, links and where it came from; the order of members; <c>nodeId</c>, which follows from the
/// ids; nothing said in other words (null, empty or false where that is the default) in the envelope, its options, designer metadata and references; which of
/// its two marks says that a variable or an input is secret; the tool's version beyond what the engine makes of it. The order of a flowchart's activities is compared only among those that it could start with, because
/// Elsa Studio moves an activity to the end when it is selected. All else counts, so that no change is ever taken for none.
/// </remarks>
internal static class DefinitionContent
{
    /// <summary>Longer numbers are compared as text: a decimal would round them.</summary>
    private const int MaxDigits = 25;

    private static readonly FrozenSet<string> NotCompared = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "id",
        "definitionId",
        "version",
        "isLatest",
        "isPublished",
        "createdAt",
        "publishedAt",
        "links",
        "tenantId",
        "providerName",
        "materializerName",
        "materializerContext",
        "isMaterializerAvailable",
        "toolVersion"
    );

    private static readonly FrozenSet<string> NothingWhenNull = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "memoryReference",
        "converter",
        "converterSettings",
        "vertices"
    );

    private static readonly JsonElement UsualDriver = JsonSerializer.SerializeToElement(StorageDrivers.WithInstance);
    private static readonly JsonElement Marked = JsonSerializer.SerializeToElement(true);

    /// <summary>Whether two definitions say the same.</summary>
    public static bool AreSame(WorkflowDefinition one, WorkflowDefinition other) =>
        one.HasModernTooling == other.HasModernTooling && Write(one).Span.SequenceEqual(Write(other).Span);

    /// <summary>Lines that call sites name, each once, in order.</summary>
    public static ImmutableArray<string> ConsumedLines(JsonElement root)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        Collect(root, found);
        return [.. found];
    }

    private static void Collect(JsonElement json, SortedSet<string> found)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject())
                    if (
                        member.Value.ValueKind == JsonValueKind.String
                        && member.Name.Equals("workflowDefinitionId", StringComparison.OrdinalIgnoreCase)
                        && member.Value.GetString() is { Length: > 0 } line
                    )
                        found.Add(line);
                    else
                        Collect(member.Value, found);

                break;
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                    Collect(item, found);

                break;
        }
    }

    private static ReadOnlyMemory<byte> Write(WorkflowDefinition definition)
    {
        var buffer = new ArrayBufferWriter<byte>();

        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, MaxDepth = 2 * ElsaJson.MaxDepth }))
        {
            writer.WriteStartObject();

            foreach (var (name, value) in MembersOf(definition.Json, lowerCase: true))
                if (!NotCompared.Contains(name) && !IsNothing(value))
                {
                    writer.WritePropertyName(name);
                    Write(writer, value, isLoose: name == "options");
                }

            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>Members by name; of one that stands twice the last counts, as everywhere.</summary>
    private static SortedDictionary<string, JsonElement> MembersOf(JsonElement json, bool lowerCase = false)
    {
        var members = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);

        foreach (var member in json.EnumerateObject())
            members[lowerCase ? member.Name.ToLowerInvariant() : member.Name] = member.Value;

        return members;
    }

    /// <param name="writer">Where to.</param>
    /// <param name="json">What.</param>
    /// <param name="isLoose">True: members that say nothing are left out, at any depth.</param>
    private static void Write(Utf8JsonWriter writer, JsonElement json, bool isLoose)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(writer, json, isLoose);
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();

                foreach (var item in json.EnumerateArray())
                    Write(writer, item, isLoose);

                writer.WriteEndArray();
                break;
            case JsonValueKind.Number
                when json.GetRawText() is { Length: <= MaxDigits } raw
                    && decimal.TryParse(raw, NumberStyles.Float, CultureInfo.InvariantCulture, out var number):
                // The division takes the zeros behind: 320.0 is 320.
                writer.WriteRawValue((number / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteTo(writer);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, JsonElement json, bool isLoose)
    {
        var members = MembersOf(json);

        // The server has a driver for secrets, files for others have a mark.
        if (members.FirstOrDefault(m => StorageDrivers.IsEncrypted(m.Key, Text(m.Value))).Key is { } driver)
            (members[driver], members[StorageDrivers.Mark]) = (UsualDriver, Marked);

        var isChart =
            IsText(members, "type", "Elsa.Flowchart")
            && members.TryGetValue("activities", out var steps)
            && steps.ValueKind == JsonValueKind.Array;
        writer.WriteStartObject();

        foreach (var (name, value) in members)
        {
            if (name == "nodeId" && FollowsFromId(members, value))
                continue;

            var isLooseHere = isLoose || IsDesignerMetadata(name, value);

            if (isLooseHere ? IsNothing(value) : NothingWhenNull.Contains(name) && IsNullOrEmptyArray(value))
                continue;

            writer.WritePropertyName(name);

            if (isChart && name == "activities")
                WriteSteps(writer, value, members);
            else
                Write(writer, value, isLooseHere);
        }

        writer.WriteEndObject();
    }

    /// <summary>Steps by id; before them, in their order, those that the chart could start with.</summary>
    private static void WriteSteps(Utf8JsonWriter writer, JsonElement steps, SortedDictionary<string, JsonElement> chart)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);

        if (chart.TryGetValue("connections", out var connections) && connections.ValueKind == JsonValueKind.Array)
            foreach (var connection in connections.EnumerateArray())
                if (Find(connection, "target") is { } target && (Text(Find(target, "activity")) ?? Text(target)) is { } id)
                    reached.Add(id);

        var items = steps.EnumerateArray().Select(step => (Id: Text(Find(step, "id")) ?? "", Step: step)).ToList();
        writer.WriteStartArray();

        foreach (var (id, step) in items)
            if (!reached.Contains(id) || CanStart(step))
                writer.WriteStringValue(id);

        // The sort is stable: twins stay in their order.
        foreach (var (_, step) in items.OrderBy(i => i.Id, StringComparer.Ordinal))
            Write(writer, step, isLoose: false);

        writer.WriteEndArray();
    }

    private static bool CanStart(JsonElement step) =>
        IsTrue(Find(step, "canStartWorkflow"))
        || (
            Find(step, "customProperties") is { ValueKind: JsonValueKind.Object } properties && IsTrue(Find(properties, "canStartWorkflow"))
        )
        || Text(Find(step, "type")) == "Elsa.Start";

    private static bool FollowsFromId(SortedDictionary<string, JsonElement> members, JsonElement nodeId) =>
        members.ContainsKey("type")
        && members.TryGetValue("id", out var id)
        && Text(id) is { } own
        && Text(nodeId) is { } path
        && (path == own || path.EndsWith($":{own}", StringComparison.Ordinal));

    private static bool IsText(SortedDictionary<string, JsonElement> members, string name, string text) =>
        members.TryGetValue(name, out var value) && Text(value) == text;

    /// <summary>Nothing said in other words: null, false, or empty at any depth.</summary>
    private static bool IsNothing(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.Undefined or JsonValueKind.False => true,
            JsonValueKind.String => json.ValueEquals(""),
            JsonValueKind.Array => json.GetArrayLength() == 0,
            JsonValueKind.Object => json.EnumerateObject().All(m => IsNothing(m.Value)),
            _ => false,
        };

    private static bool IsNullOrEmptyArray(JsonElement json) =>
        json.ValueKind == JsonValueKind.Null || (json.ValueKind == JsonValueKind.Array && json.GetArrayLength() == 0);

    /// <summary>What the designer notes for itself; not an input that happens to have that name.</summary>
    private static bool IsDesignerMetadata(string name, JsonElement value) =>
        name == "metadata" && value.ValueKind == JsonValueKind.Object && Find(value, "expression") is null;

    private static JsonElement? Find(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement? json) => json is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static bool IsTrue(JsonElement? json) =>
        json is { ValueKind: JsonValueKind.True } || (bool.TryParse(Text(json), out var flag) && flag);
}
