using System.Text.Json;

namespace ServiceLoop.Workflows.HttpWorkflows;

/// <summary>Finds the paths with parameters of all HTTP endpoints in a definition, waits among them. A path that a script makes is known only at run time.</summary>
internal static class EndpointScan
{
    private const string EndpointType = "Elsa.HttpEndpoint";

    public static IEnumerable<string> Templates(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                if (Text(json, "type") == EndpointType && Path(json) is { } path && path.Contains('{', StringComparison.Ordinal))
                    yield return path;

                foreach (var member in json.EnumerateObject())
                foreach (var found in Templates(member.Value))
                    yield return found;

                break;
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                foreach (var found in Templates(item))
                    yield return found;

                break;
        }
    }

    private static string? Path(JsonElement endpoint)
    {
        if (Find(endpoint, "path") is not { } path)
            return null;

        if (path.ValueKind == JsonValueKind.String)
            return path.GetString();

        return Find(path, "expression") is { } expression && Text(expression, "type") is "Literal" or null
            ? Text(expression, "value")
            : null;
    }

    private static string? Text(JsonElement json, string name) =>
        Find(json, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement? Find(JsonElement json, string name)
    {
        if (json.ValueKind == JsonValueKind.Object)
            foreach (var member in json.EnumerateObject())
                if (string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase))
                    return member.Value;

        return null;
    }
}
