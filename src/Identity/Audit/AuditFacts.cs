using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Audit;

/// <summary>Reads what stands in <see cref="AuditEntry.Before"/>, <see cref="AuditEntry.Wanted"/> and <see cref="AuditEntry.After"/>.</summary>
public static class AuditFacts
{
    /// <summary>The facts of a JSON object; none for null. A text that is none of ours is returned as one fact without a name.</summary>
    public static ImmutableSortedDictionary<string, string?> Read(string? json)
    {
        if (json is null)
            return Facts.None;

        try
        {
            using var document = JsonDocument.Parse(json);

            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return Facts.None.SetItems(
                    document.RootElement.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, ValueOf(p.Value)))
                );
        }
        catch (JsonException)
        {
            // Somebody wrote into the database by hand.
        }

        return Facts.None.SetItem("", json);
    }

    private static string? ValueOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String => value.GetString(),
            _ => value.GetRawText(),
        };
}
