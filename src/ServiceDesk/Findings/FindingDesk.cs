using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.ServiceDesk.Cases;

namespace ServiceLoop.ServiceDesk.Findings;

/// <summary>A finding as it is sent.</summary>
/// <param name="Source">A word: <c>staff</c> when null.</param>
/// <param name="Title">One line.</param>
/// <param name="Detail">More about it.</param>
/// <param name="Kpi">The indicator.</param>
/// <param name="Segment">The segment.</param>
/// <param name="Category">The category of cases.</param>
/// <param name="CaseId">The case in which it was seen.</param>
/// <param name="Evidence">References to what shows it.</param>
/// <param name="EffectSize">How large the effect is.</param>
/// <param name="Confidence">How sure it is, 0 to 1.</param>
public sealed record FindingRequest(
    string? Source,
    string? Title,
    string? Detail = null,
    string? Kpi = null,
    string? Segment = null,
    string? Category = null,
    string? CaseId = null,
    IReadOnlyList<string>? Evidence = null,
    double? EffectSize = null,
    double? Confidence = null
)
{
    private const int MostEvidence = 100;

    /// <summary>The report, with all fields looked at.</summary>
    /// <param name="id">Id of the finding to be.</param>
    /// <exception cref="DeskRefusedException">One is wrong.</exception>
    public FindingReport Read(string id) =>
        new(id, Source is null ? FindingSource.Staff : Words.Read<FindingSource>(Source, "source"), TextRules.Required(Title, "title", 300))
        {
            Detail = TextRules.Optional(Detail, "detail", 4000),
            Kpi = TextRules.Optional(Kpi, "kpi", 64),
            Segment = TextRules.Optional(Segment, "segment", 200),
            Category = TextRules.Optional(Category, "category", 200),
            CaseId = TextRules.Optional(CaseId, "caseId", 64),
            Evidence = [.. Sized(Evidence).Select((e, i) => TextRules.Required(e, $"evidence[{i}]", 500))],
            EffectSize =
                EffectSize is null || double.IsFinite(EffectSize.Value)
                    ? EffectSize
                    : throw DeskRefusedException.Invalid("finding.effect", "effectSize", "'effectSize' is no number."),
            Confidence = Confidence is null or (>= 0 and <= 1)
                ? Confidence
                : throw DeskRefusedException.Invalid(
                    "finding.confidence",
                    "confidence",
                    $"'confidence' is {Confidence}, and must be 0 to 1."
                ),
        };

    private static IReadOnlyList<string> Sized(IReadOnlyList<string>? evidence) =>
        evidence is { Count: > MostEvidence }
            ? throw DeskRefusedException.Invalid(
                "list.too-long",
                "evidence",
                $"'evidence' has {evidence.Count} entries, and {MostEvidence} are allowed."
            )
            : evidence ?? [];
}

/// <summary>Signals that something is wrong, from surveys, charts, failures, inspections, people and reviews.</summary>
/// <param name="database">Where they are.</param>
/// <param name="access">The gate.</param>
/// <param name="clock">Tells the time.</param>
public sealed class FindingDesk(Database database, IAccess access, TimeProvider clock)
{
    /// <summary>A page of findings, the newest first.</summary>
    public async Task<IReadOnlyList<Finding>> ListAsync(
        string? state,
        string? source,
        (DateTimeOffset At, string Id)? after,
        int take,
        CancellationToken ct
    )
    {
        access.Demand(Permissions.CasesRead);
        return await database.ReadFittedAsync(
            FindingStore.List,
            FindingStore.RowOf,
            ct,
            Arg.Text(state is null ? null : Words.Of(Words.Read<FindingState>(state, "state"))),
            Arg.Text(source is null ? null : Words.Of(Words.Read<FindingSource>(source, "source"))),
            Arg.Time(after?.At),
            Arg.Text(after?.Id),
            Arg.Integer(take)
        );
    }

    /// <summary>A finding.</summary>
    public async Task<Finding> GetAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.CasesRead);
        return (await database.ReadAsync(FindingStore.Find, FindingStore.RowOf, ct, Arg.Text(id))).SingleOrDefault() ?? throw Unknown(id);
    }

    /// <summary>Reports a finding.</summary>
    public Task<Finding> ReportAsync(FindingRequest request, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString("N");
        return access.ActAsync(
            new Deed(Permissions.CasesWrite, "finding.report", id),
            async () =>
            {
                var report = request.Read(id);
                await database.TransactionAsync(
                    async (db, _) =>
                    {
                        if (report.CaseId is { } about && await CaseStore.FindAsync(db, about, ct) is null)
                            throw DeskRefusedException.Invalid(
                                "case.unknown",
                                "caseId",
                                $"'caseId' is '{about}', and there is no such case."
                            );

                        await FindingStore.InsertAsync(db, report, access.Actor.Who ?? "system", now, ct);
                    },
                    ct
                );
                return await GetAsync(id, ct);
            },
            ct
        );
    }

    /// <summary>Puts a new finding aside.</summary>
    public Task<Finding> DismissAsync(string id, string? reason, CancellationToken ct) =>
        SettleAsync(id, FindingState.Dismissed, "finding.dismiss", reason, null, ct);

    /// <summary>Says that another finding says the same.</summary>
    public Task<Finding> MergeAsync(string id, string? intoId, string? reason, CancellationToken ct) =>
        SettleAsync(id, FindingState.Merged, "finding.merge", reason, intoId ?? "", ct);

    private Task<Finding> SettleAsync(string id, FindingState state, string action, string? reason, string? intoId, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.CasesWrite, action, id),
            async () =>
            {
                var why = TextRules.Required(reason, "reason", 500);
                var other = intoId is null ? null : TextRules.Required(intoId, "intoId", 100);

                if (other == id)
                    throw DeskRefusedException.Invalid("finding.same", "intoId", $"'intoId' is '{other}', which is the finding itself.");

                var changed = await database.OnceAsync(
                    FindingStore.Settle,
                    ct,
                    Arg.Text(id),
                    Arg.Text(Words.Of(state)),
                    Arg.Text(why),
                    Arg.Text(other),
                    Arg.Time(clock.GetUtcNow())
                );
                var after = await GetAsync(id, ct);
                return changed == 1 ? after
                    : after.State == FindingState.New ? throw Unknown(other ?? id)
                    : throw DeskRefusedException.Conflict(
                        "finding.settled",
                        $"Finding '{id}' was settled before: it is {Words.Of(after.State)}."
                    );
            },
            ct
        );

    private static DeskRefusedException Unknown(string id) =>
        DeskRefusedException.Unknown("finding.unknown", $"There is no finding '{TextRules.Quote(id)}' that goes on.");
}

/// <summary>Writes findings that workflows report.</summary>
public sealed class FindingReportWriter : IRecordWriter
{
    /// <inheritdoc/>
    public Type RowType => typeof(FindingReport);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        var command = new NpgsqlBatchCommand(FindingStore.Insert);

        foreach (var parameter in FindingStore.Columns([.. rows.Select(r => ((FindingReport)r.Row, $"workflow:{r.InstanceId}", r.Now))]))
            command.Parameters.Add(parameter);

        batch.BatchCommands.Add(command);
    }
}

/// <summary>Statements about findings.</summary>
internal static class FindingStore
{
    public static readonly string Insert = SqlFile.Beside<Finding>("finding.insert");
    public static readonly string Find = SqlFile.Beside<Finding>("finding.find");
    public static readonly string List = SqlFile.Beside<Finding>("finding.list");
    public static readonly string Settle = SqlFile.Beside<Finding>("finding.settle");

    public static Task InsertAsync(NpgsqlConnection db, FindingReport report, string who, DateTimeOffset now, CancellationToken ct) =>
        db.DoAsync(Insert, ct, Columns([(report, who, now)]));

    public static NpgsqlParameter[] Columns(IReadOnlyList<(FindingReport Report, string Who, DateTimeOffset Now)> rows) =>
        [
            Arg.Texts(rows.Select(r => r.Report.Id)),
            Arg.Texts(rows.Select(r => Words.Of(r.Report.Source))),
            Arg.Texts(rows.Select(r => r.Report.Kpi)),
            Arg.Texts(rows.Select(r => r.Report.Segment)),
            Arg.Texts(rows.Select(r => r.Report.Category)),
            Arg.Texts(rows.Select(r => r.Report.Title)),
            Arg.Texts(rows.Select(r => r.Report.Detail)),
            Arg.Texts(rows.Select(r => r.Report.CaseId)),
            Arg.Texts(rows.Select(r => JsonSerializer.Serialize(r.Report.Evidence))),
            Arg.Texts(rows.Select(r => r.Who)),
            Doubles(rows.Select(r => r.Report.EffectSize)),
            Doubles(rows.Select(r => r.Report.Confidence)),
            Arg.Times(rows.Select(r => (DateTimeOffset?)r.Now)),
        ];

    public static Finding RowOf(NpgsqlDataReader r) =>
        new(
            new(r.GetString(0), Words.Find<FindingSource>(r.GetString(1))!.Value, r.GetString(5))
            {
                Kpi = r.FindText(2),
                Segment = r.FindText(3),
                Category = r.FindText(4),
                Detail = r.FindText(6),
                CaseId = r.FindText(7),
                Evidence = [.. JsonSerializer.Deserialize<string[]>(r.GetString(8))!],
                EffectSize = r.IsDBNull(10) ? null : r.GetDouble(10),
                Confidence = r.IsDBNull(11) ? null : r.GetDouble(11),
            },
            r.GetString(9),
            Words.Find<FindingState>(r.GetString(12))!.Value,
            r.FindText(13),
            r.FindText(14),
            r.GetTime(15)
        );

    private static NpgsqlParameter Doubles(IEnumerable<double?> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Double };
}
