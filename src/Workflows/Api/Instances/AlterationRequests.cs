using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.Engine;

namespace ServiceLoop.Workflows.Api.Instances;

/// <summary>Changes by hand as Elsa's clients send them: <c>{ "type": "ModifyVariable", "variableId": "…", "value": … }</c>.</summary>
internal static class AlterationRequests
{
    private const string Types = "Cancel, ModifyVariable, CancelActivity, ScheduleActivity, Skip, Migrate";

    /// <summary>True when the whole instance is to be cancelled, and nothing else: <c>[{ "type": "Cancel" }]</c>.</summary>
    public static bool IsCancel(JsonElement? json) =>
        json is { ValueKind: JsonValueKind.Array } list
        && list.GetArrayLength() == 1
        && list[0].ValueKind == JsonValueKind.Object
        && Text(list[0], "type") == "Cancel";

    /// <summary>The number of the version that instances are to be moved to, where that is what is asked for.</summary>
    /// <exception cref="RequestException">It is asked for together with something else, or names no version.</exception>
    public static int? FindTargetVersion(JsonElement? json)
    {
        if (json is not { ValueKind: JsonValueKind.Array } list)
            return null;

        var moves = list.EnumerateArray().Where(c => c.ValueKind == JsonValueKind.Object && Text(c, "type") == "Migrate").ToList();

        if (moves.Count == 0)
            return null;

        if (list.GetArrayLength() > 1)
            throw new RequestException(
                "alteration.migrate-alone",
                "Migrate moves the instance in a transaction of its own. Send it alone, and the other changes after it."
            );

        return Number(moves[0], "targetVersion") is > 0 and <= int.MaxValue and var version
            ? (int)version
            : throw new RequestException(
                "alteration.malformed",
                "alterations[0] must have targetVersion: the number of a version, from 1."
            );
    }

    /// <exception cref="RequestException">One cannot be read; the message says where.</exception>
    public static ImmutableArray<Alteration> Read(JsonElement? json) =>
        json is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0
            ? [.. list.EnumerateArray().Select((change, position) => Read(change, position))]
            : throw new RequestException("alteration.malformed", "'alterations' must be a list of at least one change.");

    private static Alteration Read(JsonElement json, int position)
    {
        var place = $"alterations[{position}]";

        if (json.ValueKind != JsonValueKind.Object)
            throw new RequestException("alteration.malformed", $"{place} must be an object.");

        return Text(json, "type") switch
        {
            "ModifyVariable" => new Alteration.ModifyVariable(
                Needed(json, place, "variableId", "variable"),
                json.TryGetProperty("value", out var value) ? Plain.Value(value) : null
            ),
            "CancelActivity" => new Alteration.CancelActivity(Text(json, "activityId"), Number(json, "executionId")),
            "ScheduleActivity" => new Alteration.ScheduleActivity(Needed(json, place, "activityId")),
            "Skip" => new Alteration.Skip(
                Number(json, "executionId") is > 0 and var frame
                    ? frame
                    : throw new RequestException("alteration.malformed", $"{place} must name the execution: executionId, a number."),
                json.TryGetProperty("outcomes", out var outcomes) && outcomes.ValueKind == JsonValueKind.Array
                    ? [.. outcomes.EnumerateArray().Select(o => o.ToString())]
                    : []
            ),
            "Cancel" => throw new RequestException("alteration.malformed", $"{place}: Cancel ends the instance; it must stand alone."),
            var other => throw new RequestException("alteration.malformed", $"'{other}' in {place}.type is no change. Use one of {Types}."),
        };
    }

    private static string Needed(JsonElement json, string place, params string[] names) =>
        names.Select(n => Text(json, n)).FirstOrDefault(t => !string.IsNullOrWhiteSpace(t))
        ?? throw new RequestException("alteration.malformed", $"{place} must have the text '{names[0]}'.");

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : 0;
}
