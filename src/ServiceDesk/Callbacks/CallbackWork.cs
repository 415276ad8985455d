using Npgsql;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.ServiceDesk.Callbacks;

/// <summary>What comes with the end of a callback to the workflow that waits.</summary>
public static class CallbackEnd
{
    /// <summary>Reached, Unreachable, Superseded, Cancelled or Refused.</summary>
    public const string OutcomeKey = "CallbackOutcome";

    /// <summary>Why.</summary>
    public const string ReasonKey = "CallbackReason";

    /// <summary>How many calls were made.</summary>
    public const string AttemptsKey = "CallbackAttempts";
}

/// <summary>What callbacks ask to be done later, and whom they wake.</summary>
internal static class CallbackWork
{
    public const string PlanTopic = "callback.plan";
    public const string DueTopic = "callback.due";
    public const string LateTopic = "callback.late";
    public const string ExpireTopic = "callback.expire";
    public const string SolvedTopic = "callback.case-solved";

    public const string PromisedEvent = "callback-promised";
    public const string DueEvent = "callback-due";
    public const string CallNowEvent = "callback-call-now";
    public const string LateEvent = "callback-late";
    public const string BookingEvent = "callback-self-booking";
    public const string FixContactEvent = "contact-fix-needed";

    public static NewWork Plan(string id, DateTimeOffset now) => AskedWork.Message(PlanTopic, id, $"callback:{id}:plan", now);

    public static NewWork Due(string id, int generation, DateTimeOffset at) =>
        AskedWork.Message(DueTopic, Body(id, generation), $"callback:{id}:due:{generation}", at);

    public static NewWork Late(string id, int generation, DateTimeOffset at) =>
        AskedWork.Message(LateTopic, Body(id, generation), $"callback:{id}:late:{generation}", at);

    public static NewWork Expire(string id, int generation, DateTimeOffset at) =>
        AskedWork.Message(ExpireTopic, Body(id, generation), $"callback:{id}:expire:{generation}", at);

    public static NewWork Solved(string caseId, string key, DateTimeOffset now) =>
        AskedWork.Message(SolvedTopic, caseId, $"callback:solved:{key}", now);

    public static NewWork Event(
        string name,
        Callback callback,
        string key,
        DateTimeOffset now,
        string? token = null,
        DateTimeOffset? dueAt = null,
        MadeAttempt? attempt = null
    ) =>
        AskedWork.Publish(
            name,
            new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["CallbackId"] = callback.Id,
                ["CaseId"] = callback.CaseId,
                ["CustomerId"] = callback.CustomerId,
                ["Channel"] = callback.Channel,
                ["WindowStart"] = callback.Window?.Start,
                ["WindowEnd"] = callback.Window?.End,
                ["NextAt"] = callback.NextAt,
                ["SameAgent"] = callback.SameAgent,
                ["Attempts"] = (long)Math.Max(callback.Attempts.Length, attempt?.No ?? 0),
                ["LastOutcome"] = (attempt ?? callback.Attempts.LastOrDefault()) is { } last ? Words.Of(last.Outcome) : null,
                ["DueAt"] = dueAt ?? callback.NextAt,
                ["Token"] = token,
            },
            callback.CaseId,
            null,
            $"callback:{callback.Id}:{name}:{key}",
            now
        );

    /// <summary>Wakes the workflow that waits for the end; none where none does.</summary>
    public static IReadOnlyList<NewWork> Wake(Callback callback, string outcome, string reason, int attempts, DateTimeOffset now) =>
        callback is { InstanceId: { } instance, BookmarkId: { } bookmark }
            ?
            [
                AskedWork.Resume(
                    instance,
                    bookmark,
                    new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase)
                    {
                        [CallbackEnd.OutcomeKey] = outcome,
                        [CallbackEnd.ReasonKey] = reason,
                        [CallbackEnd.AttemptsKey] = (long)attempts,
                    },
                    $"callback:{callback.Id}:end",
                    now
                ),
            ]
            : [];

    /// <summary>Id and generation of a body.</summary>
    public static (string Id, int Generation) Read(object? body)
    {
        var text = (string)body!;
        var hash = text.LastIndexOf('#');
        return (text[..hash], int.Parse(text.AsSpan(hash + 1), System.Globalization.CultureInfo.InvariantCulture));
    }

    private static string Body(string id, int generation) => $"{id}#{generation}";
}

/// <summary>Writes callbacks that workflows ask for, each with the work that plans it.</summary>
public sealed class CallbackWishWriter : IRecordWriter
{
    /// <inheritdoc/>
    public Type RowType => typeof(CallbackWish);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        var wishes = rows.Select(r => ((CallbackWish)r.Row, (string?)r.InstanceId, r.Now)).ToList();
        var command = new NpgsqlBatchCommand(CallbackStore.Insert);

        foreach (var parameter in CallbackStore.Columns(wishes))
            command.Parameters.Add(parameter);

        batch.BatchCommands.Add(command);
        batch.BatchCommands.Add(WorkRowsCommand.Adding([.. wishes.Select(w => CallbackWork.Plan(w.Item1.Id, w.Now))]));
    }
}
