using System.Text.Json;
using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Cases;

namespace ServiceLoop.ServiceDesk.Triage;

/// <summary>A text with what a person said that it is about.</summary>
/// <param name="Text">What the customer said.</param>
/// <param name="Label">The intent.</param>
public sealed record LabelledText(string Text, string Label);

/// <summary>How good the judgements of one intent were.</summary>
/// <param name="Intent">What the model said; null where it said nothing.</param>
/// <param name="Triaged">Cases.</param>
/// <param name="Sure">Of these, those that went on without a person.</param>
/// <param name="Misrouted">Of the sure ones, those that a person sent elsewhere: another category or queue.</param>
/// <param name="MisrouteMinutes">Minutes until that, all together.</param>
/// <param name="Decided">Of the unsure ones, those that a person has decided.</param>
/// <param name="Suggested">Of these, those where the person said the same as the model.</param>
public sealed record TriageFigure(string? Intent, int Triaged, int Sure, int Misrouted, double MisrouteMinutes, int Decided, int Suggested)
{
    /// <summary>Sure cases that were never corrected in category or queue ÷ sure cases; null for none.</summary>
    public double? Accuracy => Sure == 0 ? null : (double)(Sure - Misrouted) / Sure;

    /// <summary>Figures together.</summary>
    public static TriageFigure Sum(IReadOnlyCollection<TriageFigure> all) =>
        new(
            null,
            all.Sum(f => f.Triaged),
            all.Sum(f => f.Sure),
            all.Sum(f => f.Misrouted),
            all.Sum(f => f.MisrouteMinutes),
            all.Sum(f => f.Decided),
            all.Sum(f => f.Suggested)
        );
}

/// <summary>A choice of who serves a case, as it is kept.</summary>
/// <param name="Id">Id.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Mode">A word of <see cref="ServiceMode"/>.</param>
/// <param name="Reason">A word of <see cref="ServiceModeReason"/>.</param>
/// <param name="Sentiment">How the customer sounded.</param>
/// <param name="IsAngry">Whether angry.</param>
/// <param name="Complexity">A word of <see cref="Triage.Complexity"/>.</param>
/// <param name="ContactNo">Which contact it was.</param>
/// <param name="Priority">Priority then.</param>
/// <param name="HasAnswer">Whether an article answered it.</param>
public sealed record ServiceModeView(
    string Id,
    DateTimeOffset At,
    string Mode,
    string Reason,
    double Sentiment,
    bool IsAngry,
    string Complexity,
    int ContactNo,
    int Priority,
    bool HasAnswer
);

/// <summary>Statements about triage.</summary>
/// <param name="database">Where it is.</param>
public sealed class TriageStore(Database database)
{
    private static readonly string Facts = Load("triage.facts");
    private static readonly string Figures = Load("triage.figures");
    private static readonly string Truth = Load("triage.truth");
    private static readonly string Results = Load("triage_result.list");
    private static readonly string Corrections = Load("triage_correction.list");
    private static readonly string Modes = Load("service_mode_choice.list");

    internal async Task<TriageFacts> FactsAsync(string caseId, CancellationToken ct) =>
        (await database.ReadAsync(Facts, FactsOf, ct, Arg.Text(caseId))).Single();

    internal Task<IReadOnlyList<TriageResult>> ResultsAsync(string caseId, int take, CancellationToken ct) =>
        database.ReadAsync(Results, ResultOf, ct, Arg.Text(caseId), Arg.Integer(take));

    internal Task<IReadOnlyList<TriageCorrection>> CorrectionsAsync(string caseId, int take, CancellationToken ct) =>
        database.ReadAsync(Corrections, CorrectionOf, ct, Arg.Text(caseId), Arg.Integer(take));

    internal Task<IReadOnlyList<ServiceModeView>> ModesAsync(string caseId, int take, CancellationToken ct) =>
        database.ReadAsync(Modes, ModeOf, ct, Arg.Text(caseId), Arg.Integer(take));

    internal Task<IReadOnlyList<TriageFigure>> FiguresAsync(DateTimeOffset since, DateTimeOffset until, CancellationToken ct) =>
        database.ReadFittedAsync(Figures, FigureOf, ct, Arg.Time(since), Arg.Time(until));

    /// <summary>Texts with what people said that they are about, the newest first. Who asks here acts for nobody: the command line.</summary>
    public Task<IReadOnlyList<LabelledText>> TruthAsync(int take, CancellationToken ct) =>
        database.ReadAsync(Truth, r => new LabelledText(r.GetString(0), r.GetString(1)), ct, Arg.Integer(take));

    private static TriageFacts FactsOf(NpgsqlDataReader r) =>
        new(r.GetInt32(0), r.GetBoolean(1))
        {
            Category = r.FindText(2),
            Impact = Words.Find<CaseImpact>(r.FindText(3)) ?? CaseImpact.One,
            Urgency = Words.Find<CaseUrgency>(r.FindText(4)) ?? CaseUrgency.Normal,
            IsAngry = !r.IsDBNull(5) && r.GetBoolean(5),
            ContactNo = r.IsDBNull(6) ? 1 : r.GetInt32(6),
            IsDecided = r.GetBoolean(7),
            Intent = r.FindText(8),
            IsSure = r.GetBoolean(9),
            Text = r.FindText(10) ?? "",
            LastText = r.FindText(11) ?? "",
            IsReopened = r.GetBoolean(12),
        };

    private static TriageResult ResultOf(NpgsqlDataReader r) =>
        new()
        {
            Id = r.GetString(0),
            CaseId = r.GetString(1),
            At = r.GetTime(2),
            ModelVersion = r.GetString(3),
            TaxonomyVersion = r.GetInt32(4),
            Intent = r.FindText(5),
            Category = r.FindText(6),
            Queue = r.FindText(7),
            Confidence = r.GetDouble(8),
            Threshold = r.GetDouble(9),
            IsSure = r.GetBoolean(10),
            Ranked = [.. JsonSerializer.Deserialize<RankedIntent[]>(r.GetString(11), JsonSerializerOptions.Web)!],
            Language = r.GetString(12),
            Sentiment = new(r.GetDouble(13), r.GetBoolean(14)),
            Complexity = Words.Find<Complexity>(r.GetString(15))!.Value,
            Text = r.FindText(16),
        };

    private static TriageCorrection CorrectionOf(NpgsqlDataReader r) =>
        new(
            r.GetString(0),
            r.GetTime(1),
            r.GetString(2),
            r.FindText(3),
            r.FindText(4),
            r.FindText(5),
            r.GetString(6),
            r.GetString(7),
            r.FindText(8),
            r.GetBoolean(9)
        );

    private static ServiceModeView ModeOf(NpgsqlDataReader r) =>
        new(
            r.GetString(0),
            r.GetTime(1),
            r.GetString(2),
            r.GetString(3),
            r.GetDouble(4),
            r.GetBoolean(5),
            r.GetString(6),
            r.GetInt32(7),
            r.GetInt16(8),
            r.GetBoolean(9)
        );

    private static TriageFigure FigureOf(NpgsqlDataReader r) =>
        new(
            r.FindText(0),
            (int)r.GetInt64(1),
            (int)r.GetInt64(2),
            (int)r.GetInt64(3),
            r.GetDouble(4),
            (int)r.GetInt64(5),
            (int)r.GetInt64(6)
        );

    private static string Load(string name) => SqlFile.Beside<TriageResult>(name);
}
