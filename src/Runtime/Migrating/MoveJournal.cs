using System.Text.Json;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Migration;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Migrating;

/// <summary>A move as it stands in the history of an instance, in the place of a burst: enough to do it again.</summary>
/// <param name="FromVersionId">Version before.</param>
/// <param name="ToVersionId">Version after.</param>
/// <param name="RunId">The run that it belongs to.</param>
internal sealed record MoveJournal(string FromVersionId, string ToVersionId, string RunId)
{
    /// <summary>How the state was carried over; null for an undo.</summary>
    public MigrationPlan? Plan { get; init; }

    /// <summary>The commit that an undo takes back; 0 for a move forward.</summary>
    public long Undoes { get; init; }

    /// <summary>What stands in the history: the move, and the new place of each execution that lives; those that are gone are cancelled.</summary>
    /// <param name="before">The state before the move.</param>
    /// <param name="after">The state after it.</param>
    /// <param name="sequence">Number of the commit.</param>
    /// <param name="text">For people.</param>
    /// <param name="who">Who asked for it; null when it is not known.</param>
    /// <param name="stored">The state after it, as it is stored.</param>
    public NewJournal ToRow(WorkflowState before, WorkflowState after, long sequence, string text, string? who, ReadOnlyMemory<byte> stored)
    {
        var happened = Undoes > 0 ? JournalEvent.MigrationUndone : JournalEvent.Migrated;
        var root = after.Frames.FirstOrDefault(f => f.Node == 0)?.Id ?? 0;
        var entries = new List<JournalEntry> { new(root, 0, 0, happened, text) };

        foreach (var frame in after.Frames)
            if (frame.Id != root)
                entries.Add(new(frame.Id, frame.Parent, frame.Node, happened, null));

        foreach (var gone in before.Frames)
            if (after.Frames.All(f => f.Id != gone.Id))
                entries.Add(new(gone.Id, gone.Parent, 0, JournalEvent.Canceled, "It has no place of its own in this version."));

        return new(
            sequence,
            Sheet.One(this, Write),
            Sheet.One((who, ToVersionId, entries), static (w, j) => JournalJson.Write(w, j.who, j.ToVersionId, j.entries, [])),
            StateHash.Of(stored.Span)
        );
    }

    /// <summary>Reads the stimuli of a history row; null when it is that of a burst.</summary>
    public static MoveJournal? Find(ReadOnlyMemory<byte> stimuli)
    {
        if (stimuli.IsEmpty || stimuli.Span[0] != (byte)'{')
            return null;

        using var document = JsonDocument.Parse(stimuli);
        var json = document.RootElement;
        return new(json.GetProperty("from").GetString()!, json.GetProperty("to").GetString()!, json.GetProperty("run").GetString()!)
        {
            Plan = json.TryGetProperty("plan", out var plan) ? MigrationJson.ReadPlan(plan) : null,
            Undoes = json.TryGetProperty("undoes", out var undoes) ? undoes.GetInt64() : 0,
        };
    }

    private static void Write(Utf8JsonWriter writer, MoveJournal move)
    {
        writer.WriteStartObject();
        writer.WriteString("from", move.FromVersionId);
        writer.WriteString("to", move.ToVersionId);
        writer.WriteString("run", move.RunId);

        if (move.Undoes > 0)
            writer.WriteNumber("undoes", move.Undoes);

        if (move.Plan is not null)
        {
            writer.WritePropertyName("plan");
            MigrationJson.Write(writer, move.Plan);
        }

        writer.WriteEndObject();
    }
}
