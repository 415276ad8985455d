using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.ServiceDesk.Callbacks;
using ServiceLoop.ServiceDesk.Escalations;
using ServiceLoop.ServiceDesk.Webhooks;

namespace ServiceLoop.ServiceDesk.Cases;

/// <summary>A workflow begins to work on a case.</summary>
/// <param name="CaseId">Id; where there is such a case already, the workflow is attached to it.</param>
/// <param name="Channel">Channel on which it came in.</param>
/// <param name="Title">One line for people.</param>
/// <param name="CustomerId">Whose; null when it is not known.</param>
/// <param name="InteractionId">The contact that it is about; null for none.</param>
/// <param name="PreviousCaseId">A case that was over when the customer came back; null for none.</param>
public sealed record CaseOpening(
    string CaseId,
    string Channel,
    string? Title,
    string? CustomerId,
    string? InteractionId,
    string? PreviousCaseId
)
{
    /// <summary>The opening for a contact that belongs to no case.</summary>
    /// <param name="caseId">Id of the case to be.</param>
    /// <param name="contact">What <see cref="Interactions.InteractionDesk.ReceivedEvent"/> brought.</param>
    public static CaseOpening Of(string caseId, IReadOnlyDictionary<string, object?> contact)
    {
        string? Member(string name) => contact.GetValueOrDefault(name) as string;
        return new(caseId, Member("Channel") ?? "unknown", null, Member("CustomerId"), Member("InteractionId"), Member("PreviousCaseId"));
    }
}

/// <summary>A workflow has gone to a place that changes where its case stands.</summary>
/// <param name="CaseId">The case; one that is unknown is left alone.</param>
/// <param name="Action">What: <c>stage</c>, <c>resolve</c>, <c>close</c>.</param>
/// <param name="Status">Where to; null: only the stage changes.</param>
/// <param name="Reason">Why.</param>
public sealed record CaseMove(string CaseId, string Action, CaseStatus? Status, string? Reason)
{
    /// <summary>Stage as the process calls it; null leaves it.</summary>
    public string? Stage { get; init; }

    /// <summary>Until when it is put aside, UTC.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>How it ended.</summary>
    public ResolutionCode? Code { get; init; }

    /// <summary>Who settled it.</summary>
    public ResolutionMode? Mode { get; init; }

    /// <summary>What was done.</summary>
    public string? Note { get; init; }
}

/// <summary>It is known whose a case is.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="InteractionId">The contact; null for none.</param>
public sealed record CaseCustomer(string CaseId, string CustomerId, string? InteractionId);

/// <summary>Writes cases that workflows open.</summary>
public sealed class CaseOpeningWriter : IRecordWriter
{
    private static readonly string Insert = SqlFile.Beside<CaseOpening>("service_case.open");

    /// <inheritdoc/>
    public Type RowType => typeof(CaseOpening);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        var openings = rows.Select(r => (CaseOpening)r.Row).ToList();
        var command = new NpgsqlBatchCommand(Insert);
        command.Parameters.Add(Arg.Texts(openings.Select(o => o.CaseId)));
        command.Parameters.Add(Arg.Texts(rows.Select(r => r.InstanceId)));
        command.Parameters.Add(Arg.Texts(openings.Select(o => o.Channel)));
        command.Parameters.Add(Arg.Texts(openings.Select(o => o.Title)));
        command.Parameters.Add(Arg.Texts(openings.Select(o => o.CustomerId)));
        command.Parameters.Add(Arg.Texts(openings.Select(o => o.InteractionId)));
        command.Parameters.Add(Arg.Texts(openings.Select(o => o.PreviousCaseId)));
        command.Parameters.Add(Arg.Times(rows.Select(r => (DateTimeOffset?)r.Now)));
        batch.BatchCommands.Add(command);
        batch.BatchCommands.Add(WebhookEvents.Adding([.. rows.Select(Told)]));
    }

    private static NewWork Told(RecordedRow row)
    {
        var opening = (CaseOpening)row.Row;
        return WebhookEvents.Telling(
            "case.opened",
            new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["caseId"] = opening.CaseId,
                ["customerId"] = opening.CustomerId,
                ["channel"] = opening.Channel,
                ["instanceId"] = row.InstanceId,
            },
            $"case.opened:{opening.CaseId}",
            row.Now
        );
    }
}

/// <summary>Projects the places of workflows to their cases.</summary>
public sealed class CaseMoveWriter : IRecordWriter
{
    private static readonly string Move = SqlFile.Beside<CaseMove>("service_case.move");

    /// <inheritdoc/>
    public Type RowType => typeof(CaseMove);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        var moves = rows.Select((r, i) => (Row: r, Move: (CaseMove)r.Row, Place: PlaceOf(rows, i))).ToList();
        var command = new NpgsqlBatchCommand(Move);
        command.Parameters.Add(Arg.Texts(moves.Select(m => $"{m.Row.InstanceId}:{m.Row.FrameId}:{m.Place}")));
        command.Parameters.Add(Arg.Texts(moves.Select(m => m.Move.CaseId)));
        command.Parameters.Add(Arg.Times(moves.Select(m => (DateTimeOffset?)m.Row.Now)));
        command.Parameters.Add(Arg.Texts(moves.Select(m => $"workflow:{m.Row.InstanceId}")));
        command.Parameters.Add(Arg.Texts(moves.Select(m => m.Move.Action)));
        command.Parameters.Add(Arg.Texts(moves.Select(m => m.Move.Status is { } s ? Words.Of(s) : null)));
        command.Parameters.Add(Arg.Texts(moves.Select(m => m.Move.Stage)));
        command.Parameters.Add(Arg.Texts(moves.Select(m => m.Move.Reason)));
        command.Parameters.Add(Arg.Times(moves.Select(m => m.Move.Until)));
        command.Parameters.Add(Arg.Texts(moves.Select(m => m.Move.Code is { } c ? Words.Of(c) : null)));
        command.Parameters.Add(Arg.Texts(moves.Select(m => m.Move.Mode is { } c ? Words.Of(c) : null)));
        command.Parameters.Add(Arg.Texts(moves.Select(m => m.Move.Note)));
        command.Parameters.Add(Arg.Texts(moves.Select(m => m.Row.InstanceId)));
        batch.BatchCommands.Add(command);

        batch.BatchCommands.Add(WebhookEvents.Adding([.. moves.Select(m => Told(m.Row, m.Move, m.Place))]));

        // What was raised for a case that is settled is over, and one that goes on may be raised.
        batch.BatchCommands.Add(
            WorkRowsCommand.Adding([
                .. moves
                    .Where(m => m.Move.Status is not null)
                    .Select(m => CaseWatch.Look(m.Move.CaseId, $"{m.Row.InstanceId}:{m.Row.FrameId}:{m.Place}", m.Row.Now)),
            ])
        );

        // Callbacks that a settled case needs no more are looked at afterwards.
        var solved = moves.Where(m => m.Move.Status == CaseStatus.Resolved).ToList();

        if (solved.Count > 0)
            batch.BatchCommands.Add(
                WorkRowsCommand.Adding([
                    .. solved.Select(m => CallbackWork.Solved(m.Move.CaseId, $"{m.Row.InstanceId}:{m.Row.FrameId}:{m.Place}", m.Row.Now)),
                ])
            );
    }

    private static NewWork Told(RecordedRow row, CaseMove move, int place) =>
        WebhookEvents.Telling(
            move.Status switch
            {
                CaseStatus.Resolved => "case.resolved",
                CaseStatus.Closed => "case.closed",
                _ => "case.moved",
            },
            new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["caseId"] = move.CaseId,
                ["status"] = move.Status is { } status ? Words.Of(status) : null,
                ["stage"] = move.Stage,
                ["resolution"] = move.Code is { } code ? Words.Of(code) : null,
                ["instanceId"] = row.InstanceId,
            },
            $"case.moved:{row.InstanceId}:{row.FrameId}:{place}",
            row.Now
        );

    // An execution may go to several places before it is committed.
    private static int PlaceOf(IReadOnlyList<RecordedRow> rows, int index)
    {
        var place = 0;

        for (var i = 0; i < index; i++)
            if (rows[i].InstanceId == rows[index].InstanceId && rows[i].FrameId == rows[index].FrameId)
                place++;

        return place;
    }
}

/// <summary>Writes whose cases are.</summary>
public sealed class CaseCustomerWriter : IRecordWriter
{
    private static readonly string Set = SqlFile.Beside<CaseCustomer>("service_case.own");

    /// <inheritdoc/>
    public Type RowType => typeof(CaseCustomer);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        // One statement must not change a row twice: the last one counts.
        var owners = rows.Select(r => (CaseCustomer)r.Row).GroupBy(o => o.CaseId, StringComparer.Ordinal).Select(g => g.Last()).ToList();
        var command = new NpgsqlBatchCommand(Set);
        command.Parameters.Add(Arg.Texts(owners.Select(o => o.CaseId)));
        command.Parameters.Add(Arg.Texts(owners.Select(o => o.CustomerId)));
        command.Parameters.Add(Arg.Texts(owners.Select(o => o.InteractionId)));
        batch.BatchCommands.Add(command);
    }
}
