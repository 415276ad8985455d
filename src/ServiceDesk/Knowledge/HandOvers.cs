using System.Text.Json;
using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.ServiceDesk.ProblemFiles;

namespace ServiceLoop.ServiceDesk.Knowledge;

/// <summary>Why a bot gives a case to a person.</summary>
public enum HandOverReason
{
    /// <summary>The customer wants a person.</summary>
    CustomerAsked,

    /// <summary>It is not sure what the customer wants.</summary>
    LowConfidence,

    /// <summary>The customer is angry.</summary>
    AngryCustomer,

    /// <summary>No article answers it.</summary>
    NoAnswer,

    /// <summary>The answer did not help.</summary>
    AnswerDidNotHelp,

    /// <summary>It is too complex for a bot.</summary>
    TooComplex,

    /// <summary>It comes again and again.</summary>
    RepeatedContact,

    /// <summary>It is about safety, law, privacy or a large amount.</summary>
    Sensitive,

    /// <summary>A step of the bot failed.</summary>
    BotFailed,
}

/// <summary>A workflow gives a case to a person.</summary>
/// <param name="Id">Id; a burst that is repeated makes the same.</param>
/// <param name="CaseId">The case.</param>
/// <param name="Reason">Why.</param>
/// <param name="Note">More about it.</param>
/// <param name="ToQueue">To whom.</param>
/// <param name="Summary">What was known and tried, JSON.</param>
public sealed record HandOverMade(string Id, string CaseId, HandOverReason Reason, string? Note, string? ToQueue, string Summary);

/// <summary>A hand-over as it was.</summary>
/// <param name="Id">Id.</param>
/// <param name="CaseId">The case.</param>
/// <param name="Reason">Why.</param>
/// <param name="Note">More about it.</param>
/// <param name="ToQueue">To whom.</param>
/// <param name="Summary">What was known and tried.</param>
/// <param name="At">When, UTC.</param>
public sealed record HandOver(
    string Id,
    string CaseId,
    HandOverReason Reason,
    string? Note,
    string? ToQueue,
    JsonElement Summary,
    DateTimeOffset At
);

/// <summary>Hand-overs from bots to people, each with everything that was tried.</summary>
/// <param name="database">Where they are.</param>
/// <param name="access">The gate.</param>
/// <param name="files">Knows what was tried.</param>
public sealed class HandOverDesk(Database database, IAccess access, ProblemFileDesk files)
{
    private const int MostText = 4000;

    private static readonly string OfCase = SqlFile.Beside<HandOver>("hand_over.of_case");

    /// <summary>The hand-overs of a case, the latest first.</summary>
    public async Task<IReadOnlyList<HandOver>> OfCaseAsync(string caseId, CancellationToken ct)
    {
        access.Demand(Permissions.CasesRead);
        return await database.ReadAsync(
            OfCase,
            r => new HandOver(
                r.GetString(0),
                r.GetString(1),
                Words.Find<HandOverReason>(r.GetString(2))!.Value,
                r.FindText(3),
                r.FindText(4),
                JsonElement.Parse(r.GetString(5)),
                r.GetTime(6)
            ),
            ct,
            Arg.Text(caseId)
        );
    }

    /// <summary>What a person must know who takes a case over: facts, open questions, and everything that was tried.</summary>
    public async Task<IDictionary<string, object?>> SummaryAsync(string caseId, HandOverReason reason, string? note, CancellationToken ct)
    {
        access.Demand(Permissions.CasesRead);
        var file = await files.GetAsync(caseId, ct);
        var summary = file.ToValues();
        summary["Text"] = file.Text.Length <= MostText ? file.Text : $"{file.Text[..MostText].TrimEnd()}…";
        summary["Reason"] = Words.Of(reason);
        summary["Note"] = note;
        return summary;
    }
}

/// <summary>Writes hand-overs.</summary>
public sealed class HandOverWriter : IRecordWriter
{
    private static readonly string Insert = SqlFile.Beside<HandOver>("hand_over.insert");

    /// <inheritdoc/>
    public Type RowType => typeof(HandOverMade);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        var made = rows.Select(r => (HandOverMade)r.Row).ToList();
        var command = new NpgsqlBatchCommand(Insert);
        command.Parameters.Add(Arg.Texts(made.Select(h => h.Id)));
        command.Parameters.Add(Arg.Texts(made.Select(h => h.CaseId)));
        command.Parameters.Add(Arg.Texts(made.Select(h => Words.Of(h.Reason))));
        command.Parameters.Add(Arg.Texts(made.Select(h => h.Note)));
        command.Parameters.Add(Arg.Texts(made.Select(h => h.Summary)));
        command.Parameters.Add(Arg.Texts(made.Select(h => h.ToQueue)));
        command.Parameters.Add(Arg.Times(rows.Select(r => (DateTimeOffset?)r.Now)));
        batch.BatchCommands.Add(command);
    }
}
