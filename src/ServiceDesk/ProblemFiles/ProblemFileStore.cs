using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.ServiceDesk.Interactions;

namespace ServiceLoop.ServiceDesk.ProblemFiles;

/// <summary>Statements about problem files.</summary>
internal static class ProblemFileStore
{
    public static readonly string Evidence = Load("interaction.evidence");
    public static readonly string Facts = Load("problem_fact.list");
    public static readonly string Questions = Load("problem_question.list");
    public static readonly string Attempts = Load("problem_attempt.list");
    public static readonly string InsertAttempts = Load("problem_attempt.insert");
    public static readonly string JudgeAttempt = Load("problem_attempt.judge");
    public static readonly string Repeats = Load("problem_question.repeats");

    private static readonly string InsertFacts = Load("problem_fact.insert");
    private static readonly string InsertQuestions = Load("problem_question.insert");
    private static readonly string CloseQuestions = Load("problem_question.close");
    private static readonly string AnswerQuestion = Load("problem_question.answer");
    private static readonly string AskQuestion = Load("problem_question.ask");

    public static Task AddFactsAsync(NpgsqlConnection db, string caseId, IReadOnlyList<ProblemFact> facts, CancellationToken ct) =>
        db.DoAsync(
            InsertFacts,
            ct,
            Arg.Text(caseId),
            Arg.Texts(facts.Select(f => f.Key)),
            Arg.Texts(facts.Select(f => f.Value)),
            Arg.Texts(facts.Select(f => f.Source)),
            new() { Value = facts.Select(f => (float)f.Confidence).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Real },
            Arg.Times(facts.Select(f => (DateTimeOffset?)f.At))
        );

    public static Task AddQuestionsAsync(
        NpgsqlConnection db,
        string caseId,
        IReadOnlyList<(string Key, string Question)> questions,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        db.DoAsync(
            InsertQuestions,
            ct,
            Arg.Text(caseId),
            Arg.Texts(questions.Select(q => q.Key)),
            Arg.Texts(questions.Select(q => q.Question)),
            Arg.Time(now)
        );

    /// <summary>Closes questions whose answers are among the facts.</summary>
    public static Task CloseQuestionsAsync(NpgsqlConnection db, string caseId, DateTimeOffset now, CancellationToken ct) =>
        db.DoAsync(CloseQuestions, ct, Arg.Text(caseId), Arg.Time(now));

    /// <returns>True: there is such a question, and it is answered now.</returns>
    public static async Task<bool> AnswerAsync(
        NpgsqlConnection db,
        string caseId,
        string key,
        string answer,
        string source,
        DateTimeOffset now,
        CancellationToken ct
    ) => await db.DoAsync(AnswerQuestion, ct, Arg.Text(caseId), Arg.Text(key), Arg.Text(answer), Arg.Text(source), Arg.Time(now)) == 1;

    /// <summary>Counts that a question is asked.</summary>
    public static Task AskAsync(NpgsqlConnection db, string caseId, string key, CancellationToken ct) =>
        db.DoAsync(AskQuestion, ct, Arg.Text(caseId), Arg.Text(key));

    public static ContactEvidence EvidenceOf(NpgsqlDataReader r) => new(InteractionStore.RowOf(r), r.GetString(17), r.GetString(18));

    public static ProblemFact FactOf(NpgsqlDataReader r) =>
        new(r.GetString(0), r.GetString(1), r.GetString(2), Math.Round(r.GetFloat(3), 3), r.GetTime(4));

    public static ProblemQuestion QuestionOf(NpgsqlDataReader r) =>
        new(r.GetString(0), r.GetString(1), r.GetInt32(2), r.GetInt32(3), r.FindText(4), r.FindText(5), r.GetTime(6), r.FindTime(7));

    public static TriedSolution AttemptOf(NpgsqlDataReader r) =>
        new(r.GetString(0), r.FindText(1), r.GetString(2), r.GetString(3), r.GetTime(4));

    private static string Load(string name) => SqlFile.Beside<ProblemFile>(name);
}

/// <summary>A workflow tries something to solve a case.</summary>
/// <param name="Key">Unique; a burst that is repeated makes the same.</param>
/// <param name="CaseId">The case; one that is unknown is left alone.</param>
/// <param name="What">What, in words for people.</param>
/// <param name="ArticleId">The article that says so.</param>
/// <param name="ByWhom">Who.</param>
public sealed record SolutionAttempt(string Key, string CaseId, string What, string? ArticleId, string ByWhom);

/// <summary>Writes what workflows try.</summary>
public sealed class SolutionAttemptWriter : IRecordWriter
{
    /// <inheritdoc/>
    public Type RowType => typeof(SolutionAttempt);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        var made = rows.Select(r => (SolutionAttempt)r.Row).ToList();
        var command = new NpgsqlBatchCommand(ProblemFileStore.InsertAttempts);
        command.Parameters.Add(Arg.Texts(made.Select(a => a.Key)));
        command.Parameters.Add(Arg.Texts(made.Select(a => a.CaseId)));
        command.Parameters.Add(Arg.Texts(made.Select(a => a.What)));
        command.Parameters.Add(Arg.Texts(made.Select(a => a.ArticleId)));
        command.Parameters.Add(Arg.Texts(made.Select(a => a.ByWhom)));
        command.Parameters.Add(Arg.Times(rows.Select(r => (DateTimeOffset?)r.Now)));
        batch.BatchCommands.Add(command);
    }
}
