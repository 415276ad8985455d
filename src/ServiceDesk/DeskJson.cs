using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceLoop.ServiceDesk;

/// <summary>How rules are stored as JSON: short names, enums by name, so that a row can be read by people and by later versions.</summary>
internal static class DeskJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        RespectNullableAnnotations = true,
    };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Options)!;
}
