using System.Collections.Immutable;
using System.Text.Json;

namespace ServiceLoop.Engine.State;

/// <summary>Executions and queued items as JSON.</summary>
internal static class StateFrames
{
    public static void WriteFrame(Utf8JsonWriter writer, FrameState frame)
    {
        writer.WriteStartObject();
        writer.WriteNumber("id", frame.Id);
        writer.WriteNumber("node", frame.Node);
        StateJson.Number(writer, "parent", frame.Parent);

        if (frame.Status != ActivityStatus.Running)
            writer.WriteString("status", frame.Status.ToString());

        StateJson.Number(writer, "tag", frame.Tag);
        StateJson.Text(writer, "callback", frame.Callback);
        StateJson.Flag(writer, "background", frame.Background);
        StateJson.Flag(writer, "invoking", frame.Invoking);
        StateJson.Text(writer, "invoke", frame.InvokeCallback);
        StateJson.Named(writer, "resumed", frame.ResumeInput);
        StateJson.Flag(writer, "backward", frame.Backward);
        StateJson.Flag(writer, "step", frame.IsStep);
        StateJson.Flag(writer, "undo", frame.IsUndo);
        StateJson.Flag(writer, "breaking", frame.IsBreaking);
        Integers(writer, "late", frame.Late);
        StateJson.Number(writer, "faults", frame.FaultCount);
        StateJson.List(writer, "inputs", frame.Inputs, StateJson.Value);
        StateJson.List(writer, "variables", frame.Variables, StateJson.Value);
        StateJson.Named(writer, "dynamic", frame.Dynamic);
        StateJson.Named(writer, "properties", frame.Properties);
        StateJson.Named(writer, "outputs", frame.Outputs);
        StateJson.List(writer, "given", frame.Given, StateJson.Value);
        Integers(writer, "flow", frame.Flow);
        writer.WriteEndObject();
    }

    public static FrameState ReadFrame(JsonElement json) =>
        new()
        {
            Id = json.GetProperty("id").GetInt64(),
            Node = json.GetProperty("node").GetInt32(),
            Parent = StateJson.Number(json, "parent"),
            Status = StateJson.Text(json, "status") is { } status ? Enum.Parse<ActivityStatus>(status) : ActivityStatus.Running,
            Tag = StateJson.Number(json, "tag"),
            Callback = StateJson.Text(json, "callback"),
            Background = StateJson.Flag(json, "background"),
            Invoking = StateJson.Flag(json, "invoking"),
            InvokeCallback = StateJson.Text(json, "invoke"),
            ResumeInput = StateJson.Named(json, "resumed"),
            Backward = StateJson.Flag(json, "backward"),
            IsStep = StateJson.Flag(json, "step"),
            IsUndo = StateJson.Flag(json, "undo"),
            IsBreaking = StateJson.Flag(json, "breaking"),
            Late = Integers(json, "late"),
            FaultCount = (int)StateJson.Number(json, "faults"),
            Inputs = StateJson.List(json, "inputs", StateJson.Raw),
            Variables = StateJson.List(json, "variables", StateJson.Raw),
            Dynamic = StateJson.Named(json, "dynamic"),
            Properties = StateJson.Named(json, "properties"),
            Outputs = StateJson.Named(json, "outputs"),
            Given = StateJson.List(json, "given", StateJson.Raw),
            Flow = Integers(json, "flow"),
        };

    public static void WriteItem(Utf8JsonWriter writer, QueuedState item)
    {
        writer.WriteStartObject();
        writer.WriteNumber("node", item.Node);
        StateJson.Number(writer, "owner", item.Owner);
        StateJson.Number(writer, "frame", item.Frame);
        StateJson.Number(writer, "tag", item.Tag);
        StateJson.Text(writer, "callback", item.Callback);
        StateJson.Flag(writer, "backward", item.Backward);
        StateJson.Flag(writer, "step", item.IsStep);
        StateJson.Flag(writer, "undo", item.IsUndo);
        StateJson.Flag(writer, "checkpointed", item.Checkpointed);
        Integers(writer, "late", item.Late);
        StateJson.Named(writer, "variables", item.Variables);
        writer.WriteEndObject();
    }

    public static QueuedState ReadItem(JsonElement json) =>
        new()
        {
            Node = json.GetProperty("node").GetInt32(),
            Owner = StateJson.Number(json, "owner"),
            Frame = StateJson.Number(json, "frame"),
            Tag = StateJson.Number(json, "tag"),
            Callback = StateJson.Text(json, "callback"),
            Backward = StateJson.Flag(json, "backward"),
            IsStep = StateJson.Flag(json, "step"),
            IsUndo = StateJson.Flag(json, "undo"),
            Checkpointed = StateJson.Flag(json, "checkpointed"),
            Late = Integers(json, "late"),
            Variables = StateJson.Named(json, "variables"),
        };

    private static void Integers(Utf8JsonWriter writer, string name, ImmutableArray<int> numbers)
    {
        if (numbers.IsDefaultOrEmpty)
            return;

        writer.WriteStartArray(name);

        foreach (var number in numbers)
            writer.WriteNumberValue(number);

        writer.WriteEndArray();
    }

    private static ImmutableArray<int> Integers(JsonElement json, string name) => StateJson.List(json, name, static n => n.GetInt32());
}
