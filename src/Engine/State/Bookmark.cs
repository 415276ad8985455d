using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.State;

/// <summary>A place where an instance waits to be woken.</summary>
public sealed record Bookmark
{
    /// <summary>Number within the instance.</summary>
    public required long Id { get; init; }

    /// <summary>The execution that waits.</summary>
    public required long FrameId { get; init; }

    /// <summary>Name of the stimulus.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256, upper-case hex, of name and payload; as Elsa's stimulus hash.</summary>
    public required string Hash { get; init; }

    /// <summary>What the waiter is about; PascalCase members.</summary>
    public ImmutableArray<NamedValue> Payload { get; init; } = [];

    /// <summary>When it is due, UTC; null waits for a stimulus only.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>When it was created, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Method to continue with; null completes the activity.</summary>
    public string? CallbackName { get; init; }

    /// <summary>True: it is gone once resumed.</summary>
    public bool AutoBurn { get; init; } = true;

    /// <summary>True: without a callback the activity completes when resumed.</summary>
    public bool AutoComplete { get; init; } = true;

    /// <summary>More about it.</summary>
    public ImmutableDictionary<string, string> Metadata { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The outside id of a bookmark: unique among all instances.</summary>
    public string KeyIn(string instanceId) => $"{instanceId}:{Id}";
}

/// <summary>The hash by which a stimulus finds those who wait for it.</summary>
/// <remarks>
/// Elsa's: HEX(SHA256(name "|" json(payload) ["|" activityInstanceId])), members PascalCase in the order given, nulls and excluded members left out.
/// <c>Elsa.Event|{"EventName":"a"}</c> gives <c>FEBB78FF…</c>.
/// </remarks>
public static class StimulusHash
{
    /// <summary>Computes the hash.</summary>
    public static string Of(
        string name,
        IReadOnlyDictionary<string, object?>? payload,
        ImmutableArray<string> excluded = default,
        string? activityInstanceId = null
    )
    {
        var text = new StringBuilder(name);

        if (payload is not null)
        {
            var counted = new Dictionary<string, object?>(StringComparer.Ordinal);

            foreach (var (key, value) in payload)
                if (value is not null && (excluded.IsDefaultOrEmpty || !excluded.Contains(key)))
                    counted[key] = value;

            text.Append('|').Append(ValueJson.ToText(counted));
        }

        if (activityInstanceId is not null)
            text.Append('|').Append(activityInstanceId);

        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
