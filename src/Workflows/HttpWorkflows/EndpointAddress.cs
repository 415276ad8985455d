using System.Globalization;
using System.Text.Json;

namespace ServiceLoop.Workflows.HttpWorkflows;

/// <summary>What an HTTP endpoint has stored with its trigger or its wait.</summary>
internal sealed record EndpointAddress
{
    /// <summary>Path below the base path, with its parameters.</summary>
    public string Path { get; private init; } = "";

    /// <summary>Method, lower case.</summary>
    public string Method { get; private init; } = "";

    /// <summary>True: only senders that have signed in.</summary>
    public bool Authorize { get; private init; }

    /// <summary>A policy that the sender must meet.</summary>
    public string? Policy { get; private init; }

    /// <summary>How long the workflow may take to answer; null for the host's limit.</summary>
    public TimeSpan? Timeout { get; private init; }

    /// <summary>Limit of the request in bytes; null for the host's.</summary>
    public long? SizeLimit { get; private init; }

    /// <summary>Reads the payload of a trigger or a bookmark.</summary>
    public static EndpointAddress Read(ReadOnlyMemory<byte> payload)
    {
        if (payload.IsEmpty)
            return new();

        using var document = JsonDocument.Parse(payload);
        var json = document.RootElement;
        return new()
        {
            Path = Text(json, nameof(Path)) ?? "",
            Method = Text(json, nameof(Method)) ?? "",
            Authorize = json.TryGetProperty(nameof(Authorize), out var authorize) && authorize.ValueKind == JsonValueKind.True,
            Policy = Text(json, nameof(Policy)) is { Length: > 0 } policy ? policy : null,
            Timeout =
                TimeSpan.TryParse(Text(json, "RequestTimeout"), CultureInfo.InvariantCulture, out var timeout) && timeout > TimeSpan.Zero
                    ? timeout
                    : null,
            SizeLimit =
                json.TryGetProperty("RequestSizeLimit", out var limit) && limit.ValueKind == JsonValueKind.Number
                    ? (long)limit.GetDouble()
                    : null,
        };
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
