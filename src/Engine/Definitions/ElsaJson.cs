using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Definitions;

/// <summary>Reads and writes Elsa 3 definitions, in the file form and in the form of the REST API.</summary>
public static class ElsaJson
{
    /// <summary>Largest definition that is read, in bytes. The largest real one known to us has 400 kB.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Deepest nesting of JSON that is read. Thirty containers inside each other need about 200 levels.</summary>
    public const int MaxDepth = 512;

    private static readonly JsonDocumentOptions ReadOptions = new()
    {
        MaxDepth = MaxDepth,
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };
    private static readonly JsonWriterOptions WriteOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads one definition.</summary>
    /// <param name="utf8">UTF-8, with or without byte order mark. Kept by the result: do not change it.</param>
    /// <exception cref="WorkflowCompilationException">It is too large, too deep, not JSON, or not a definition.</exception>
    public static WorkflowDefinition Read(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > MaxBytes)
            throw Refused(
                "json.too-large",
                $"The definition has {utf8.Length:N0} bytes; at most {MaxBytes:N0} are read. Split it into sub-workflows."
            );

        if (utf8.Span.StartsWith(ByteOrderMark))
            utf8 = utf8[ByteOrderMark.Length..];

        if (!System.Text.Unicode.Utf8.IsValid(utf8.Span))
            throw Refused("json.text", "The definition is not UTF-8. Save it as UTF-8.");

        try
        {
            using var document = JsonDocument.Parse(utf8, ReadOptions);

            // Half a character can only be written as an escape; it could be read here, but never be written again.
            if (utf8.Span.IndexOf("\\ud"u8) >= 0 || utf8.Span.IndexOf("\\uD"u8) >= 0)
                ReadAllTexts(document.RootElement);

            return Read(document.RootElement.Clone());
        }
        catch (InvalidOperationException e)
        {
            throw Refused("json.text", $"The definition holds a text that is not Unicode: {e.Message}");
        }
        catch (JsonException e)
        {
            var place = e.LineNumber is { } line ? $" at line {line + 1}, byte {e.BytePositionInLine + 1}" : "";
            throw e.Message.Contains("maximum configured depth", StringComparison.OrdinalIgnoreCase)
                ? Refused(
                    "json.too-deep",
                    $"The definition nests deeper than {MaxDepth} levels{place}. Move inner containers into sub-workflows."
                )
                : Refused("json.malformed", $"The definition is not valid JSON{place}: {e.Message.Split(" LineNumber", 2)[0]}");
        }
    }

    /// <summary>Reads one definition that is already parsed.</summary>
    /// <exception cref="WorkflowCompilationException">It is not a definition.</exception>
    public static WorkflowDefinition Read(JsonElement json)
    {
        try
        {
            return ReadObject(json);
        }
        catch (InvalidOperationException e)
        {
            // A text may hold half a character ("\ud800"): JSON allows it, Unicode does not.
            throw Refused("json.text", $"The definition holds a text that is not Unicode: {e.Message}");
        }
    }

    private static void ReadAllTexts(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                _ = json.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                    ReadAllTexts(item);

                break;
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject())
                {
                    _ = member.Name;
                    ReadAllTexts(member.Value);
                }

                break;
        }
    }

    private static WorkflowDefinition ReadObject(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw Refused("definition.not-an-object", $"A definition is a JSON object; this is {Describe(json)}.");

        // The API wraps the envelope: { "model": { … } } or { "workflowDefinition": { … } }.
        if (!Has(json, "root") && (Find(json, "model") ?? Find(json, "workflowDefinition")) is { ValueKind: JsonValueKind.Object } wrapped)
            return Read(wrapped);

        var errors = new List<CompileError>();
        var definition = new WorkflowDefinition { Json = json };

        foreach (var member in json.EnumerateObject())
            definition = ReadMember(definition, member, errors);

        return errors.Count == 0 ? definition : throw new WorkflowCompilationException(errors);
    }

    /// <summary>Writes a definition as it was read.</summary>
    public static byte[] Write(WorkflowDefinition definition)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();

        using (var writer = new Utf8JsonWriter(buffer, WriteOptions))
            definition.Json.WriteTo(writer);

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The array behind any of the forms in which older files hold one.</summary>
    internal static IEnumerable<JsonElement> Items(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                    yield return item;

                break;
            case JsonValueKind.Object
                when (Find(json, "$values") ?? Find(json, "_items") ?? Find(json, "items") ?? Find(json, "values"))
                    is { ValueKind: JsonValueKind.Array } wrapped:
                foreach (var item in wrapped.EnumerateArray())
                    yield return item;

                break;
            case JsonValueKind.Object:
                yield return json;
                break;
        }
    }

    /// <summary>A member by name, without regard to case; the exact name wins.</summary>
    internal static JsonElement? Find(JsonElement json, string name)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return null;

        if (json.TryGetProperty(name, out var exact))
            return exact;

        foreach (var member in json.EnumerateObject())
            if (string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase))
                return member.Value;

        return null;
    }

    internal static string? Text(JsonElement? json) =>
        json switch
        {
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
            _ => null,
        };

    internal static bool? Flag(JsonElement? json) =>
        json switch
        {
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            { ValueKind: JsonValueKind.String } text when bool.TryParse(text.GetString(), out var flag) => flag,
            _ => null,
        };

    internal static int? Integer(JsonElement? json) =>
        int.TryParse(Text(json), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    internal static VariableDefinition ReadVariable(JsonElement json, string path)
    {
        var name = Text(Find(json, "name")) ?? "";
        return new(
            Text(Find(json, "id")) is { Length: > 0 } id ? id : name,
            name,
            Text(Find(json, "typeName")) ?? "Object",
            Flag(Find(json, "isArray")) ?? false,
            Find(json, "value") is { } value ? PlainValue.Of(value) : null,
            path
        )
        {
            IsSensitive = StorageDrivers.IsSecret(json),
        };
    }

    private static WorkflowDefinition ReadMember(WorkflowDefinition definition, JsonProperty member, List<CompileError> errors)
    {
        var value = member.Value;

        switch (member.Name.ToUpperInvariant())
        {
            case "ID":
                return definition with { Id = Text(value) ?? "" };
            case "DEFINITIONID":
                return definition with { DefinitionId = Text(value) ?? "" };
            case "NAME":
                return definition with { Name = Text(value)?.Trim() };
            case "DESCRIPTION":
                return definition with { Description = Text(value)?.Trim() };
            case "VERSION":
                return definition with { Version = Math.Max(1, Integer(value) ?? 1) };
            case "TOOLVERSION":
                return definition with { ToolVersion = Version.TryParse(Text(value), out var version) ? version : null };
            case "ISREADONLY":
                return definition with { IsReadonly = Flag(value) ?? false };
            case "ISSYSTEM":
                return definition with { IsSystem = Flag(value) ?? false };
            case "ISLATEST":
                return definition with { IsLatest = Flag(value) ?? false };
            case "ISPUBLISHED":
                return definition with { IsPublished = Flag(value) ?? false };
            case "VARIABLES":
                return definition with { Variables = List(value, "$.variables", errors, ReadVariable) };
            case "INPUTS":
                return definition with { Inputs = List(value, "$.inputs", errors, ReadArgument) };
            case "OUTPUTS":
                return definition with { Outputs = List(value, "$.outputs", errors, ReadArgument) };
            case "OUTCOMES":
                return definition with { Outcomes = [.. Items(value).Select(o => Text(o)).OfType<string>()] };
            case "CUSTOMPROPERTIES":
                return definition with { FlowSemantics = Text(Find(value, "flowSemantics")) };
            case "USABLEASACTIVITY":
                return definition with { UsableAsActivity = definition.UsableAsActivity || (Flag(value) ?? false) };
            case "OPTIONS":
                return ReadOptionsOf(definition, value, errors);
            case "ROOT":
                if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
                    errors.Add(new("definition.root", "$.root", $"The root must be an activity (an object); this is {Describe(value)}."));

                return definition with
                {
                    Root = value,
                };
            default:
                return definition;
        }
    }

    private static WorkflowDefinition ReadOptionsOf(WorkflowDefinition definition, JsonElement options, List<CompileError> errors)
    {
        var incident = LastPart(Text(Find(options, "incidentStrategyType")));
        var activation = LastPart(Text(Find(options, "activationStrategyType")));

        if (incident is not (null or "FaultStrategy" or "ContinueWithIncidentsStrategy"))
            errors.Add(
                new(
                    "options.incident-strategy",
                    "$.options.incidentStrategyType",
                    $"'{incident}' is not an incident strategy. Use FaultStrategy or ContinueWithIncidentsStrategy."
                )
            );

        if (
            activation
            is not (null or "AllowAlwaysStrategy" or "SingletonStrategy" or "CorrelatedSingletonStrategy" or "CorrelationStrategy")
        )
            errors.Add(
                new(
                    "options.activation-strategy",
                    "$.options.activationStrategyType",
                    $"'{activation}' is not an activation strategy. Use AllowAlwaysStrategy, SingletonStrategy, CorrelatedSingletonStrategy or CorrelationStrategy."
                )
            );

        return definition with
        {
            UsableAsActivity = definition.UsableAsActivity || (Flag(Find(options, "usableAsActivity")) ?? false),
            ActivityCategory = Text(Find(options, "activityCategory")),
            CommitStrategy = LastPart(Text(Find(options, "commitStrategyName"))),
            IncidentStrategy = incident switch
            {
                "FaultStrategy" => IncidentStrategy.Fault,
                "ContinueWithIncidentsStrategy" => IncidentStrategy.ContinueWithIncidents,
                _ => null,
            },
            ActivationStrategy = activation switch
            {
                "SingletonStrategy" => ActivationStrategy.Singleton,
                "CorrelatedSingletonStrategy" => ActivationStrategy.CorrelatedSingleton,
                "CorrelationStrategy" => ActivationStrategy.Correlation,
                _ => ActivationStrategy.Always,
            },
        };
    }

    /// <summary>Old and new versions put the same class into other namespaces: only the last part counts.</summary>
    private static string? LastPart(string? typeName)
    {
        if (string.IsNullOrWhiteSpace(typeName))
            return null;

        var name = typeName.Split(',')[0].Trim();
        return name[(name.LastIndexOf('.') + 1)..];
    }

    private static ArgumentDefinition ReadArgument(JsonElement json, string path) =>
        new(
            Text(Find(json, "name")) ?? "",
            Text(Find(json, "type")) ?? "Object",
            Flag(Find(json, "isArray")) ?? false,
            Text(Find(json, "displayName")),
            Text(Find(json, "description")),
            Text(Find(json, "category")),
            Text(Find(json, "uiHint")),
            Find(json, "defaultValue") is { } value ? PlainValue.Of(value) : null
        )
        {
            IsSensitive = StorageDrivers.IsSecret(json),
        };

    private static ImmutableArray<T> List<T>(JsonElement json, string path, List<CompileError> errors, Func<JsonElement, string, T> read)
    {
        var result = ImmutableArray.CreateBuilder<T>();
        var i = 0;

        foreach (var item in Items(json))
        {
            var place = $"{path}[{i++}]";

            if (item.ValueKind == JsonValueKind.Object)
                result.Add(read(item, place));
            else
                errors.Add(new("definition.item", place, $"An object is expected here; this is {Describe(item)}."));
        }

        return result.DrainToImmutable();
    }

    private static bool Has(JsonElement json, string name) => Find(json, name) is not null;

    private static string Describe(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.Array => "an array",
            JsonValueKind.String => $"the text '{json.GetString()}'",
            JsonValueKind.Null or JsonValueKind.Undefined => "null",
            _ => json.GetRawText(),
        };

    private static WorkflowCompilationException Refused(string code, string message) => new([new(code, "$", message)]);
}
