using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ServiceLoop.ServiceDesk.Tasks;

/// <summary>Something in a form or in an answer that is not right.</summary>
/// <param name="Field">Where: <c>address.zip</c>, <c>items[2]</c>; empty for the whole.</param>
/// <param name="Code">Stable code, for programs and translations.</param>
/// <param name="Message">A sentence.</param>
public sealed record FieldError(string Field, string Code, string Message);

/// <summary>What the JSON schema of a form may say. What would not be checked, or could be made to run for ever or to fetch something, is refused.</summary>
public static class FormRules
{
    /// <summary>Longest schema.</summary>
    public const int MaxSchemaBytes = 64 * 1024;

    private const int MaxDepth = 40;
    private const int MaxNodes = 2000;
    private const int MaxErrors = 20;

    /// <summary>Name of the format by which a pattern is checked.</summary>
    internal const string PatternFormat = "serviceloop-pattern-";

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = MaxDepth * 2 };

    private enum Holds
    {
        /// <summary>Anything; not looked into.</summary>
        Value,

        /// <summary>A schema.</summary>
        Schema,

        /// <summary>A schema, or true or false.</summary>
        SchemaOrFlag,

        /// <summary>A list of schemas.</summary>
        Schemas,

        /// <summary>Schemas by name.</summary>
        NamedSchemas,

        /// <summary>A place in the same schema.</summary>
        Reference,

        /// <summary>A regular expression.</summary>
        Pattern,
    }

    private static readonly FrozenDictionary<string, Holds> Keywords = new Dictionary<string, Holds>
    {
        ["$schema"] = Holds.Value,
        ["$id"] = Holds.Value,
        ["$comment"] = Holds.Value,
        ["title"] = Holds.Value,
        ["description"] = Holds.Value,
        ["default"] = Holds.Value,
        ["examples"] = Holds.Value,
        ["readOnly"] = Holds.Value,
        ["type"] = Holds.Value,
        ["enum"] = Holds.Value,
        ["required"] = Holds.Value,
        ["minItems"] = Holds.Value,
        ["maxItems"] = Holds.Value,
        ["uniqueItems"] = Holds.Value,
        ["minLength"] = Holds.Value,
        ["maxLength"] = Holds.Value,
        ["minimum"] = Holds.Value,
        ["maximum"] = Holds.Value,
        ["exclusiveMinimum"] = Holds.Value,
        ["exclusiveMaximum"] = Holds.Value,
        ["multipleOf"] = Holds.Value,
        ["minProperties"] = Holds.Value,
        ["maxProperties"] = Holds.Value,
        ["format"] = Holds.Value,
        ["pattern"] = Holds.Pattern,
        ["properties"] = Holds.NamedSchemas,
        ["definitions"] = Holds.NamedSchemas,
        ["additionalProperties"] = Holds.SchemaOrFlag,
        ["items"] = Holds.Schema,
        ["not"] = Holds.Schema,
        ["allOf"] = Holds.Schemas,
        ["anyOf"] = Holds.Schemas,
        ["oneOf"] = Holds.Schemas,
        ["$ref"] = Holds.Reference,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Types = FrozenSet.Create("string", "number", "integer", "boolean", "object", "array", "null");

    private static readonly FrozenSet<string> Formats = FrozenSet.Create(
        "date",
        "date-time",
        "time",
        "email",
        "uri",
        "uuid",
        "ipv4",
        "ipv6",
        "hostname",
        "multiline",
        "markdown",
        "password"
    );

    /// <summary>What is wrong with a schema; empty when it can be used.</summary>
    /// <param name="schema">JSON text; null or empty for a form without fields.</param>
    public static ImmutableArray<FieldError> Check(string? schema) => Walk(schema, out _, out _);

    /// <summary>Checks a schema, and prepares it: patterns become formats, that are checked in time that grows only with the length of a text.</summary>
    internal static ImmutableArray<FieldError> Walk(string? schema, out JsonObject? prepared, out ImmutableArray<Regex> patterns)
    {
        prepared = null;
        patterns = [];

        if (string.IsNullOrWhiteSpace(schema))
            return [];

        if (Encoding.UTF8.GetByteCount(schema) > MaxSchemaBytes)
            return [new("", "form.too-long", Text($"The schema has more than {MaxSchemaBytes} bytes. Split the form."))];

        try
        {
            if (JsonNode.Parse(schema, documentOptions: Reading) is not JsonObject root)
                return
                [
                    new(
                        "",
                        "form.not-an-object",
                        "The schema of a form is a JSON object, for example {\"type\":\"object\",\"properties\":{}}."
                    ),
                ];

            var walk = new Walker();
            walk.Schema(root, "", 0);

            if (walk.Errors.Count == 0 && new Expansion(root).Error() is { } error)
                walk.Errors.Add(error);

            prepared = root;
            patterns = [.. walk.Patterns];
            return [.. walk.Errors];
        }
        catch (JsonException e)
        {
            return [new("", "form.malformed", $"The schema is not JSON: {e.Message}")];
        }
        catch (ArgumentException)
        {
            return [new("", "form.malformed", "The schema names a member of an object twice.")];
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>How large a schema is with all references replaced by what they refer to: a form must not refer to itself, nor grow without end.</summary>
    private sealed class Expansion(JsonObject root)
    {
        private const long Most = 20_000;

        private readonly Dictionary<string, long> known = new(StringComparer.Ordinal);
        private readonly HashSet<string> open = new(StringComparer.Ordinal);

        public FieldError? Error()
        {
            try
            {
                return SizeOf(root) > Most
                    ? new("", "form.too-large", Text($"With its references the schema has more than {Most} parts."))
                    : null;
            }
            catch (RefusedReference e)
            {
                return new(e.Name, e.Code, e.Message);
            }
        }

        private long SizeOf(JsonNode? node) =>
            node switch
            {
                JsonObject schema => Math.Min(
                    Most + 1,
                    1
                        + schema.Where(m => m.Key != "definitions").Sum(m => SizeOf(m.Value))
                        + (schema["$ref"] is JsonValue reference && reference.TryGetValue<string>(out var name) ? Referred(name) : 0)
                ),
                JsonArray list => Math.Min(Most + 1, list.Sum(SizeOf)),
                _ => 0,
            };

        private long Referred(string reference)
        {
            var name = reference["#/definitions/".Length..];

            if (known.TryGetValue(name, out var size))
                return size;

            if (root["definitions"]?[name] is not JsonObject schema)
                throw new RefusedReference(name, "form.unresolved", $"There is no '#/definitions/{name}'.");

            if (!open.Add(name))
                throw new RefusedReference(
                    name,
                    "form.cycle",
                    $"'#/definitions/{name}' refers to itself. Forms do not: write out as many levels as are needed."
                );

            size = SizeOf(schema);
            open.Remove(name);
            return known[name] = size;
        }

        private sealed class RefusedReference(string name, string code, string message) : Exception(message)
        {
            public string Name => name;

            public string Code => code;
        }
    }

    private sealed class Walker
    {
        private int nodes;

        public List<FieldError> Errors { get; } = [];

        public List<Regex> Patterns { get; } = [];

        public void Schema(JsonNode? node, string path, int depth)
        {
            if (Errors.Count >= MaxErrors)
                return;

            if (++nodes > MaxNodes || depth > MaxDepth)
                Add(path, "form.too-large", Text($"The schema has more than {MaxNodes} parts, or is nested deeper than {MaxDepth}."));
            else if (node is not JsonObject schema)
                Add(path, "form.not-a-schema", "A schema must be a JSON object here.");
            else
                Members(schema, path, depth);
        }

        private void Members(JsonObject schema, string path, int depth)
        {
            foreach (var (name, value) in schema.ToList())
            {
                if (name.StartsWith("x-", StringComparison.Ordinal))
                    continue;

                if (!Keywords.TryGetValue(name, out var holds))
                {
                    Add(
                        path,
                        "form.keyword",
                        $"'{Short(name)}' is not checked in forms. Use: {string.Join(", ", Keywords.Keys.Order(StringComparer.Ordinal))}."
                    );
                    continue;
                }

                Member(schema, name, value, holds, $"{path}/{name}", depth);
            }
        }

        private void Member(JsonObject schema, string name, JsonNode? value, Holds holds, string path, int depth)
        {
            switch (holds)
            {
                case Holds.Schema:
                    Schema(value, path, depth + 1);
                    break;
                case Holds.SchemaOrFlag when value?.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False):
                    Schema(value, path, depth + 1);
                    break;
                case Holds.Schemas when value is JsonArray { Count: > 0 } list:
                    for (var i = 0; i < list.Count; i++)
                        Schema(list[i], Text($"{path}/{i}"), depth + 1);

                    break;
                case Holds.Schemas:
                    Add(path, "form.not-a-list", $"'{name}' is a list of at least one schema.");
                    break;
                case Holds.NamedSchemas when value is JsonObject named:
                    foreach (var (key, child) in named.ToList())
                        Schema(child, $"{path}/{Short(key)}", depth + 1);

                    break;
                case Holds.NamedSchemas:
                    Add(path, "form.not-an-object", $"'{name}' is an object with a schema for each name.");
                    break;
                case Holds.Reference when value is not JsonValue || !Quoted(value).StartsWith("#/definitions/", StringComparison.Ordinal):
                    Add(path, "form.reference", "A reference may only point to '#/definitions/…' of the same schema: nothing is fetched.");
                    break;
                case Holds.Pattern:
                    Pattern(schema, value, path);
                    break;
                case Holds.Value when name is "type":
                    Type(value, path);
                    break;
                case Holds.Value when name is "format" && !Formats.Contains(Quoted(value)):
                    Add(
                        path,
                        "form.format",
                        $"The format '{Short(Quoted(value))}' is unknown. There are: {string.Join(", ", Formats.Order(StringComparer.Ordinal))}."
                    );
                    break;
            }
        }

        private void Type(JsonNode? value, string path)
        {
            foreach (var type in value is JsonArray list ? [.. list] : new[] { value })
                if (!Types.Contains(Quoted(type)))
                    Add(
                        path,
                        "form.type",
                        $"The type '{Short(Quoted(type))}' is unknown. There are: {string.Join(", ", Types.Order(StringComparer.Ordinal))}."
                    );
        }

        private void Pattern(JsonObject schema, JsonNode? value, string path)
        {
            try
            {
                Patterns.Add(new Regex(Quoted(value), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                Add(
                    path,
                    "form.pattern",
                    $"The pattern '{Short(Quoted(value))}' cannot be used: {e.Message} Look-arounds and back-references are not allowed."
                );
                return;
            }

            var check = new JsonObject { ["format"] = Text($"{PatternFormat}{Patterns.Count - 1}") };
            schema.Remove("pattern");

            if (schema["allOf"] is JsonArray all)
                all.Add(check);
            else
                schema["allOf"] = new JsonArray(check);
        }

        private void Add(string path, string code, string message)
        {
            if (Errors.Count < MaxErrors)
                Errors.Add(new(path.TrimStart('/'), code, message));
        }

        private static string Quoted(JsonNode? value) =>
            value is JsonValue v && v.GetValueKind() == JsonValueKind.String ? v.GetValue<string>() : value?.ToJsonString() ?? "null";

        private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";
    }
}
