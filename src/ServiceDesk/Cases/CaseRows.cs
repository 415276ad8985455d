using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;

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
        batch.BatchCommands.Add(
            CaseMoveWriter.Moving([
                .. rows.Select(
                    (r, i) => new PlacedMove($"{openings[i].CaseId}:open", r, new(openings[i].CaseId, "open", CaseStatus.New, null))
                ),
            ])
        );
        batch.BatchCommands.Add(
            WorkRowsCommand.Adding([.. openings.Select((o, i) => CaseTelling.Heard(o.CaseId, $"{o.CaseId}:open", rows[i].Now))])
        );
    }
}

/// <summary>Projects the places of workflows to their cases.</summary>
public sealed class CaseMoveWriter : IRecordWriter
{
    private static readonly string Move = SqlFile.Beside<CaseMove>("service_case.move");
    private static readonly string KeepPromises = SqlFile.Beside<Promises.Promise>("promise.keep_of_cases");

    /// <inheritdoc/>
    public Type RowType => typeof(CaseMove);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        var moves = rows.Select((r, i) => new PlacedMove($"{r.InstanceId}:{r.FrameId}:{PlaceOf(rows, i)}", r, (CaseMove)r.Row)).ToList();
        batch.BatchCommands.Add(Moving(moves));

        if (moves.FindAll(m => m.Move.Status == CaseStatus.Resolved) is { Count: > 0 } settled)
            batch.BatchCommands.Add(
                new(KeepPromises)
                {
                    Parameters =
                    {
                        Arg.Texts(settled.Select(m => m.Move.CaseId)),
                        Arg.Times(settled.Select(m => (DateTimeOffset?)m.Row.Now)),
                    },
                }
            );

        batch.BatchCommands.Add(WorkRowsCommand.Adding([.. moves.Select(m => CaseTelling.Heard(m.Move.CaseId, m.Key, m.Row.Now))]));
    }

    /// <summary>The command that writes moves of workflows.</summary>
    internal static NpgsqlBatchCommand Moving(IReadOnlyList<PlacedMove> moves) =>
        new(Move)
        {
            Parameters =
            {
                Arg.Texts(moves.Select(m => m.Key)),
                Arg.Texts(moves.Select(m => m.Move.CaseId)),
                Arg.Times(moves.Select(m => (DateTimeOffset?)m.Row.Now)),
                Arg.Texts(moves.Select(m => $"workflow:{m.Row.InstanceId}")),
                Arg.Texts(moves.Select(m => m.Move.Action)),
                Arg.Texts(moves.Select(m => m.Move.Status is { } s ? Words.Of(s) : null)),
                Arg.Texts(moves.Select(m => m.Move.Stage)),
                Arg.Texts(moves.Select(m => m.Move.Reason)),
                Arg.Times(moves.Select(m => m.Move.Until)),
                Arg.Texts(moves.Select(m => m.Move.Code is { } c ? Words.Of(c) : null)),
                Arg.Texts(moves.Select(m => m.Move.Mode is { } c ? Words.Of(c) : null)),
                Arg.Texts(moves.Select(m => m.Move.Note)),
                Arg.Texts(moves.Select(m => m.Row.InstanceId)),
            },
        };

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

        foreach (var telling in CaseTelling.Telling([.. rows.Select(LineOf)]))
            batch.BatchCommands.Add(telling);
    }

    private static CaseLine LineOf(RecordedRow row)
    {
        var owner = (CaseCustomer)row.Row;
        var key = $"{row.InstanceId}:{row.FrameId}:customer:{owner.CustomerId}";
        return new(key, owner.CaseId, row.Now, $"workflow:{row.InstanceId}", "customer", null);
    }
}

/// <summary>A workflow has answered the customer in substance: the clocks of the first and of the next response stop.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Channel">Channel of the answer; null when it is not known.</param>
/// <param name="IsHuman">True: a person wrote it.</param>
public sealed record CaseAnswer(string CaseId, string? Channel, bool IsHuman);

/// <summary>Writes answers of workflows into the histories of their cases.</summary>
public sealed class CaseAnswerWriter : IRecordWriter
{
    private static readonly string Respond = SqlFile.Beside<CaseMove>("service_case.respond");

    /// <inheritdoc/>
    public Type RowType => typeof(CaseAnswer);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        foreach (var row in rows.OrderBy(r => ((CaseAnswer)r.Row).CaseId, StringComparer.Ordinal))
            batch.BatchCommands.Add(new(Respond) { Parameters = { Arg.Text(((CaseAnswer)row.Row).CaseId), Arg.Time(row.Now) } });

        foreach (var telling in CaseTelling.Telling([.. rows.Select(LineOf)]))
            batch.BatchCommands.Add(telling);
    }

    /// <summary>The commands that write an answer of a person; none where it is about no case.</summary>
    internal static IEnumerable<NpgsqlBatchCommand> OfPerson(string? caseId, string key, string who, DateTimeOffset now) =>
        caseId is null
            ? []
            :
            [
                new(Respond) { Parameters = { Arg.Text(caseId), Arg.Time(now) } },
                .. CaseTelling.Telling([new(key, caseId, now, who, "outbound", null, ("by", "human"))]),
            ];

    private static CaseLine LineOf(RecordedRow row)
    {
        var answer = (CaseAnswer)row.Row;
        return new(
            $"{row.InstanceId}:{row.FrameId}:answer",
            answer.CaseId,
            row.Now,
            $"workflow:{row.InstanceId}",
            "outbound",
            null,
            ("by", answer.IsHuman ? "human" : "bot"),
            ("on", answer.Channel)
        );
    }
}

/// <summary>A move with its key in the history.</summary>
internal sealed record PlacedMove(string Key, RecordedRow Row, CaseMove Move);
