using System.Text.Json;
using System.Text.Json.Serialization;
using ServiceLoop.Engine.Bench.Flows;
using ServiceLoop.Engine.Bench.Measuring;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Engine.Bench.Cases;

/// <summary>The state of an instance with 50 variables, written and read.</summary>
internal static class StateCase
{
    private const int Variables = 50;

    public static IEnumerable<Group> Groups()
    {
        var state = Charts.Run(Charts.Waiting(Variables)).State;
        var bytes = StateJson.Write(state);
        var plain = Enumerable.Range(0, Variables).ToDictionary(Charts.NameOf, i => (object?)Charts.ValueOf(i), StringComparer.Ordinal);
        var plainBytes = JsonSerializer.SerializeToUtf8Bytes(plain, PlainJson.Default.DictionaryStringObject);
        var untouched = StateJson.Read(bytes);
        Check(state, untouched, bytes);

        return
        [
            new(
                $"State: {Variables} variables, written",
                "state",
                [
                    new("state: write", () => StateJson.Write(state)),
                    new("state: write, values not read since they were loaded", () => StateJson.Write(untouched)),
                    new(
                        "state: peer, System.Text.Json (generated) writes the same dictionary",
                        () => JsonSerializer.SerializeToUtf8Bytes(plain, PlainJson.Default.DictionaryStringObject)
                    ),
                ]
            )
            {
                Note = FormattableString.Invariant(
                    $"A state of {bytes.Length} bytes with two executions, a bookmark and {Variables} values: texts, numbers, flags, objects. The peer has the values only, {plainBytes.Length} bytes with their names."
                ),
            },
            new(
                $"State: {Variables} variables, read",
                "state",
                [
                    new("state: read, values left undecoded", () => StateJson.Read(bytes)),
                    new("state: read, every value decoded", () => DecodeAll(StateJson.Read(bytes))),
                    new(
                        "state: peer, System.Text.Json (generated) reads the same dictionary as JsonElement",
                        () => JsonSerializer.Deserialize(plainBytes, PlainJson.Default.DictionaryStringJsonElement)
                    ),
                    new("state: peer, JsonDocument.Parse of the state", () => JsonDocument.Parse(bytes).Dispose()),
                ]
            ),
        ];
    }

    private static int DecodeAll(WorkflowState state)
    {
        var decoded = 0;

        foreach (var frame in state.Frames)
        foreach (var value in frame.Variables)
            if (value is RawValue raw && Values.ValueJson.ReadStored(raw.Utf8, typeof(object)) is not null)
                decoded++;

        return decoded;
    }

    private static void Check(WorkflowState state, WorkflowState read, byte[] bytes)
    {
        if (state.Frames[0].Variables.Length != Variables || read.Frames[0].Variables.Length != Variables)
            throw new InvalidOperationException($"The state should hold {Variables} variables.");

        if (!StateJson.Write(read).AsSpan().SequenceEqual(bytes))
            throw new InvalidOperationException("A state that is read and written should keep its bytes.");
    }
}

/// <summary>Generated serializers for the peers.</summary>
[JsonSerializable(typeof(Dictionary<string, object?>))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(List<object?>))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(bool))]
internal sealed partial class PlainJson : JsonSerializerContext;
