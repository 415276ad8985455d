using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>A version as a file, as Elsa writes it.</summary>
internal static class DefinitionDocument
{
    private const string Schema = "https://elsaworkflows.io/schemas/workflow-definition/v3.0.0/schema.json";

    /// <summary>What only answers of a server have, and no file.</summary>
    private static readonly HashSet<string> OfAnswers = new(StringComparer.OrdinalIgnoreCase)
    {
        "links",
        "providerName",
        "materializerName",
        "materializerContext",
        "isMaterializerAvailable",
        "note",
        "publishedAt",
        "tenantId",
    };

    /// <summary>The file of a version: its content as it was stored; ids, number, flags and moment as they are.</summary>
    public static byte[] Write(DefinitionRow row)
    {
        using var document = JsonDocument.Parse(row.Content, new JsonDocumentOptions { MaxDepth = ElsaJson.MaxDepth });
        var json = new JsonObject
        {
            ["$schema"] = Schema,
            ["id"] = row.Id,
            ["definitionId"] = row.DefinitionId,
            ["createdAt"] = row.CreatedAt,
            ["version"] = row.Version,
            ["isLatest"] = row.IsLatest,
            ["isPublished"] = row.IsPublished,
        };
        var own = json.Select(p => p.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);

        foreach (var member in document.RootElement.EnumerateObject())
            if (!own.Contains(member.Name) && !OfAnswers.Contains(member.Name))
                json[member.Name] = NodeOf(member.Value);

        StorageDrivers.WriteForOthers(json);
        return DesignerInput.Write(json);
    }

    /// <summary>The definition in a file, without what only answers have.</summary>
    public static WorkflowDefinition Read(WorkflowDefinition file)
    {
        var json = new JsonObject();

        foreach (var member in file.Json.EnumerateObject())
            if (!OfAnswers.Contains(member.Name))
                json[member.Name] = NodeOf(member.Value);

        return json.Count == file.Json.EnumerateObject().Count() ? file : ElsaJson.Read(DesignerInput.Write(json));
    }

    /// <summary>Its file name: <c>workflow-definition-refund-request-refund-5f0c2a91d7e34b18.json</c>. Safe for all file systems.</summary>
    public static string NameOf(DefinitionRow row) =>
        $"workflow-definition-{Kebab(row.Name ?? "unnamed")}-{Safe(row.DefinitionId)}-{Safe(row.Id)}.json";

    private static JsonNode? NodeOf(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.Object => JsonObject.Create(json),
            JsonValueKind.Array => JsonArray.Create(json),
            JsonValueKind.Null => null,
            _ => JsonValue.Create(json),
        };

    private static string Safe(string text) =>
        string.Concat(text.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')).Trim('.');

    /// <summary>Letters and digits, words joined by a dash: "RefundRequest 2" is <c>refund-request-2</c>.</summary>
    private static string Kebab(string text)
    {
        const int MaxLength = 60;
        var result = new StringBuilder(text.Length + 8);
        var before = '-';

        foreach (var c in text.Normalize().Take(MaxLength))
        {
            var isWord = char.IsLetterOrDigit(c);

            if (before != '-' && (!isWord || (char.IsUpper(c) && char.IsLower(before))))
                result.Append('-');

            before = '-';

            if (!isWord)
                continue;

            result.Append(char.ToLower(c, CultureInfo.InvariantCulture));
            before = c;
        }

        return result.ToString().Trim('-') is { Length: > 0 } name ? name : "unnamed";
    }
}
