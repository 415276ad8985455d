using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Runtime.Instances;

/// <summary>What happened in one burst, as JSON: short, as it is written with every commit. Activities are named by their place in the version's graph.</summary>
internal static class JournalJson
{
    public static void Write(
        Utf8JsonWriter writer,
        string? who,
        string? versionId,
        IReadOnlyList<JournalEntry> entries,
        IReadOnlyList<Effect.WriteLine> lines
    )
    {
        writer.WriteStartObject();
        StimulusJson.Text(writer, "who", who);
        StimulusJson.Text(writer, "version", versionId);
        writer.WriteStartArray("entries");

        for (var i = 0; i < entries.Count; i++)
            Write(writer, entries[i]);

        writer.WriteEndArray();

        if (lines.Count > 0)
        {
            writer.WriteStartArray("lines");

            foreach (var line in lines)
            {
                writer.WriteStartArray();
                writer.WriteStringValue(line.Text);
                writer.WriteNumberValue(line.Node);
                writer.WriteNumberValue(line.FrameId);
                writer.WriteNumberValue(line.ParentId);
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, in JournalEntry entry)
    {
        writer.WriteStartArray();
        writer.WriteStringValue(NameOf(entry.Event));
        writer.WriteNumberValue(entry.Node);
        writer.WriteNumberValue(entry.FrameId);
        writer.WriteNumberValue(entry.ParentId);

        switch (entry.Detail)
        {
            case null:
                break;
            case ImmutableArray<string> outcomes when outcomes.Length == 1 && outcomes[0] == Outcomes.Done:
                break;
            case ImmutableArray<string> outcomes:
                writer.WriteStartArray();

                foreach (var outcome in outcomes)
                    writer.WriteStringValue(outcome);

                writer.WriteEndArray();
                break;
            case Incident incident:
                writer.WriteStartObject();
                writer.WriteNumber("incident", incident.Id);
                writer.WriteString("kind", incident.Kind.ToString());
                writer.WriteString("message", incident.Message);
                StimulusJson.Text(writer, "detail", incident.Detail);
                StimulusJson.Text(writer, "exception", incident.ExceptionType);
                StimulusJson.Text(writer, "code", incident.Code);
                writer.WriteEndObject();
                break;
            default:
                writer.WriteStringValue(entry.Detail.ToString());
                break;
        }

        writer.WriteEndArray();
    }

    // A name by constant: ToString of an enum looks it up by reflection.
    private static string NameOf(JournalEvent happened) =>
        happened switch
        {
            JournalEvent.Started => nameof(JournalEvent.Started),
            JournalEvent.Suspended => nameof(JournalEvent.Suspended),
            JournalEvent.Resumed => nameof(JournalEvent.Resumed),
            JournalEvent.Completed => nameof(JournalEvent.Completed),
            _ => happened.ToString(),
        };
}
