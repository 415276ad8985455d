using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Graph;

namespace ServiceLoop.Workflows.Golden;

/// <summary>One case: what is given, and what is expected of it.</summary>
/// <param name="Name">Name, unique in its file.</param>
/// <param name="Given">Definitions, inputs and steps.</param>
/// <param name="Expect">Expected values by aspect; an absent one is not compared.</param>
internal sealed record GoldenCase(string Name, JsonElement Given, JsonElement Expect)
{
    /// <summary>Deepest nesting of a line: a definition inside a case.</summary>
    public const int MaxDepth = ElsaJson.MaxDepth + 16;

    private static readonly JsonDocumentOptions ReadOptions = new() { MaxDepth = MaxDepth };

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="number">Its number, from 1.</param>
    /// <param name="golden">The case, when there is one.</param>
    /// <param name="error">Otherwise what is wrong, as a sentence that names the line.</param>
    public static bool TryRead(string line, int number, out GoldenCase? golden, out string? error)
    {
        golden = null;
        error = null;

        try
        {
            using var document = JsonDocument.Parse(line.TrimStart('\uFEFF'), ReadOptions);
            var json = document.RootElement;

            if (json.ValueKind != JsonValueKind.Object)
                error = $"Line {number} is not an object with name, given and expect.";
            else if (!json.TryGetProperty("given", out var given) || given.ValueKind != JsonValueKind.Object)
                error = $"Line {number} has no object \"given\".";
            else if (!json.TryGetProperty("expect", out var expect) || expect.ValueKind != JsonValueKind.Object)
                error = $"Line {number} has no object \"expect\".";
            else
                golden = new GoldenCase(Text(json, "name") ?? $"line {number}", given.Clone(), expect.Clone());
        }
        catch (JsonException e)
        {
            error = $"Line {number} is not JSON: {e.Message.Split(" LineNumber", 2)[0]}";
        }

        return golden is not null;
    }

    /// <summary>The semantics that it is run under, unless the call says otherwise.</summary>
    public FlowSemantics Semantics =>
        Text(Given, "semantics") is { } name
            ? WorkflowCompiler.ParseSemantics(name)
                ?? throw new GoldenException($"given.semantics is '{name}'; use sound, elsa-counter or elsa-token.")
        : string.Equals(Text(Given, "mode"), "TokenBased", StringComparison.OrdinalIgnoreCase) ? FlowSemantics.ElsaToken
        : FlowSemantics.ElsaCounter;

    /// <summary>A text member; null when it is absent or none.</summary>
    public static string? Text(JsonElement json, string name) =>
        Find(json, name) is { } value
            ? value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            }
            : null;

    /// <summary>A member that is there and not null.</summary>
    public static JsonElement? Find(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    /// <summary>Items of an array member; none when it is absent.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement json, string name) =>
        Find(json, name) switch
        {
            null => [],
            { ValueKind: JsonValueKind.Array } list => list.EnumerateArray(),
            var single => [single.Value],
        };
}

/// <summary>A case that cannot be run as it is written.</summary>
/// <param name="message">Why, as a sentence.</param>
internal sealed class GoldenException(string message) : Exception(message);
