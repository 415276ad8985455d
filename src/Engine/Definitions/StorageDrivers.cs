using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServiceLoop.Engine.Definitions;

/// <summary>Where Elsa's definitions say how a variable or an input is kept; here this says whether its values are secret.</summary>
/// <remarks>
/// On the server and in Elsa Studio a secret one has the driver <see cref="Encrypted"/>. In a file for others it has Elsa's usual driver and
/// <c>isSensitive: true</c> beside it: Elsa drops members that it does not know, but refuses types that it does not know.
/// </remarks>
public static class StorageDrivers
{
    /// <summary>The driver of secret values, as Elsa Studio sends and gets it.</summary>
    public const string Encrypted = "ServiceLoop.EncryptedStorageDriver, ServiceLoop";

    /// <summary>Elsa's usual driver: values are kept with the instance.</summary>
    public const string WithInstance = "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core";

    /// <summary>The member in which a file says that values are secret.</summary>
    public const string Mark = "isSensitive";

    private const string ClassName = "EncryptedStorageDriver";
    private static readonly string[] Members = ["storageDriverTypeName", "storageDriverType"];

    /// <summary>Whether a member of a variable or an input says that its values are secret: its driver does, in whatever spelling.</summary>
    /// <param name="member">Name of the member.</param>
    /// <param name="value">What it says; null for no text.</param>
    public static bool IsEncrypted(string member, string? value) =>
        Members.Contains(member, StringComparer.OrdinalIgnoreCase) && IsEncrypted(value);

    /// <summary>Whether a variable or an input is secret: by its driver, in whatever spelling, or by the mark of a file.</summary>
    internal static bool IsSecret(JsonElement json) =>
        ElsaJson.Flag(ElsaJson.Find(json, Mark)) == true || Members.Any(m => IsEncrypted(ElsaJson.Text(ElsaJson.Find(json, m))));

    /// <summary>Writes the marks of a definition's variables and inputs, inside its containers too, as files for others have them.</summary>
    /// <param name="definition">As the server has it; is changed.</param>
    public static void WriteForOthers(JsonNode? definition)
    {
        switch (definition)
        {
            case JsonArray items:
                foreach (var item in items)
                    WriteForOthers(item);

                break;
            case JsonObject json:
                foreach (var member in Members)
                    if (json[member] is JsonValue value && value.TryGetValue(out string? driver) && IsEncrypted(driver))
                    {
                        json[member] = WithInstance;
                        json[Mark] = true;
                    }

                foreach (var (_, inner) in json.ToList())
                    WriteForOthers(inner);

                break;
        }
    }

    /// <summary>Writes the mark of a variable or an input as Elsa Studio keeps it.</summary>
    internal static JsonObject ForDesigner(JsonObject json, string member, bool isSecret)
    {
        if (!isSecret)
            return json;

        json.Remove(Mark);
        json[member] = Encrypted;
        return json;
    }

    private static bool IsEncrypted(string? driver) =>
        driver is not null
        && (
            driver.Contains(ClassName, StringComparison.OrdinalIgnoreCase) || driver.Equals("Encrypted", StringComparison.OrdinalIgnoreCase)
        );
}
