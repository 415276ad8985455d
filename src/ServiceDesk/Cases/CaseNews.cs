using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.ServiceDesk.Cases;

/// <summary>A line of the history of a case, as those hear it who follow cases. Only lines that were applied are heard.</summary>
/// <param name="Seq">Its number; rises within a case.</param>
/// <param name="Key">Unique.</param>
/// <param name="CaseId">The case.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Actor">Who.</param>
/// <param name="Action">What: <c>open</c>, <c>stage</c>, <c>judge</c>, <c>inbound</c> …</param>
/// <param name="Status">Where the case went; null where it stayed.</param>
/// <param name="Stage">Its new stage; null where it stayed.</param>
/// <param name="Facts">What is known of the case after it, as texts.</param>
public sealed record CaseNews(
    long Seq,
    string Key,
    string CaseId,
    DateTimeOffset At,
    string Actor,
    string Action,
    CaseStatus? Status,
    string? Stage,
    ImmutableSortedDictionary<string, string?> Facts
)
{
    /// <summary>A fact; null when it is not known.</summary>
    public string? Fact(string name) => Facts.GetValueOrDefault(name);

    /// <summary>The names under which conditions know it, the most telling first.</summary>
    public ImmutableArray<string> Names => CaseNewsNames.Of(this);

    internal static CaseNews RowOf(NpgsqlDataReader row) =>
        new(
            row.GetInt64(0),
            row.GetString(1),
            row.GetString(2),
            row.GetTime(3),
            row.GetString(4),
            row.GetString(5),
            Words.Find<CaseStatus>(row.FindText(6)),
            row.FindText(7),
            FactsOf(row.GetString(8))
        );

    private static ImmutableSortedDictionary<string, string?> FactsOf(string json) =>
        (JsonSerializer.Deserialize<Dictionary<string, string?>>(json) ?? []).ToImmutableSortedDictionary(StringComparer.OrdinalIgnoreCase);
}

/// <summary>What happens to cases, by name.</summary>
public static class CaseNewsNames
{
    /// <summary>A case came in.</summary>
    public const string Opened = "case.opened";

    /// <summary>It went to another status; also told as <c>case.</c> and the status: <c>case.pending-customer</c>, <c>case.resolved</c>.</summary>
    public const string Status = "case.status";

    /// <summary>Its workflow went to a stage.</summary>
    public const string Stage = "case.stage";

    /// <summary>It was judged anew; <see cref="Priority"/> and <see cref="Category"/> say of what.</summary>
    public const string Judged = "case.judged";

    /// <summary>Its priority is another one.</summary>
    public const string Priority = "case.priority";

    /// <summary>Its category is another one.</summary>
    public const string Category = "case.category";

    /// <summary>It is known whose it is.</summary>
    public const string Customer = "case.customer";

    /// <summary>The customer came back.</summary>
    public const string Reopened = "case.reopened";

    /// <summary>Settled.</summary>
    public const string Resolved = "case.resolved";

    /// <summary>Over.</summary>
    public const string Closed = "case.closed";

    /// <summary>Given up.</summary>
    public const string Cancelled = "case.cancelled";

    /// <summary>Another case goes on with it.</summary>
    public const string Merged = "case.merged";

    /// <summary>Its workflow has ended while somebody has to act on it.</summary>
    public const string Orphaned = "case.orphaned";

    /// <summary>A contact of the customer, on any channel.</summary>
    public const string Inbound = "interaction.inbound";

    /// <summary>A substantive message or answer to the customer.</summary>
    public const string Outbound = "interaction.outbound";

    internal static ImmutableArray<string> Of(CaseNews news)
    {
        var names = ImmutableArray.CreateBuilder<string>();

        switch (news.Action)
        {
            case "open":
                names.Add(Opened);
                break;
            case "inbound":
                names.Add(Inbound);
                break;
            case "outbound":
                names.Add(Outbound);
                break;
            case "customer":
                names.Add(Customer);
                break;
            case "judge":
                if (IsOther("priority", "wasPriority"))
                    names.Add(Priority);

                if (IsOther("category", "wasCategory"))
                    names.Add(Category);

                names.Add(Judged);
                break;
            case "reopen":
                names.Add(Reopened);
                break;
            case "left" when news.Status is null:
                names.Add(Orphaned);
                break;
        }

        if (news.Status is { } status && Words.Of(status) != news.Fact("wasStatus"))
        {
            names.Add($"case.{Words.Of(status)}");
            names.Add(Status);
        }

        if (news.Stage is not null || news.Action == "stage")
            names.Add(Stage);

        return names.ToImmutable();

        bool IsOther(string now, string before) => !string.Equals(news.Fact(now), news.Fact(before), StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>Hears what happens to cases, in the transaction in which it is heard.</summary>
/// <remarks>Each line once, the lines of a case in their order. What it gives is written if and only if the line counts as heard.</remarks>
internal interface ICaseFollower
{
    /// <summary>What is to be done about a line.</summary>
    IEnumerable<NpgsqlBatchCommand> Follow(CaseNews news, DateTimeOffset now);
}

/// <summary>Lines of histories that move no status, and the work of hearing any line.</summary>
internal static class CaseTelling
{
    public const string Topic = "cases.news";

    private static readonly string TellMany = SqlFile.Beside<ServiceCase>("service_case.tell");

    /// <summary>The work of hearing a line; it stands in the transaction of the line.</summary>
    /// <remarks>One for each line, never one for a case: what is being handled just now would swallow a line that comes meanwhile.</remarks>
    public static NewWork Heard(string caseId, string key, DateTimeOffset now) => AskedWork.Message(Topic, caseId, $"{Topic}:{key}", now);

    /// <summary>The commands that write lines, with the work of hearing them.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Telling(IReadOnlyList<CaseLine> lines) =>
        [
            new NpgsqlBatchCommand(TellMany)
            {
                Parameters =
                {
                    Arg.Texts(lines.Select(l => l.Key)),
                    Arg.Texts(lines.Select(l => l.CaseId)),
                    Arg.Times(lines.Select(l => (DateTimeOffset?)l.At)),
                    Arg.Texts(lines.Select(l => l.Actor)),
                    Arg.Texts(lines.Select(l => l.Action)),
                    Arg.Texts(lines.Select(l => l.Reason)),
                    new()
                    {
                        Value = lines.Select(l => JsonSerializer.Serialize(l.More)).ToArray(),
                        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
                    },
                },
            },
            WorkRowsCommand.Adding([.. lines.Select(l => Heard(l.CaseId, l.Key, l.At))]),
        ];

    /// <summary>Writes one line within a transaction of the caller.</summary>
    public static async Task TellAsync(NpgsqlConnection db, CaseLine line, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(db);

        foreach (var command in Telling([line]))
            batch.BatchCommands.Add(command);

        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>A judgement of a case that is written: what it was before comes along.</summary>
    public static CaseLine Judged(ServiceCase before, DateTimeOffset now, string who) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"{before.Id}:judge:{before.Rev + 1}"),
            before.Id,
            now,
            who,
            "judge",
            null,
            ("wasPriority", $"P{before.Priority}"),
            ("wasCategory", before.Category)
        );
}

/// <summary>A line of the history of a case that moves no status.</summary>
/// <param name="Key">Unique.</param>
/// <param name="CaseId">The case; one that is unknown is left alone.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Actor">Who.</param>
/// <param name="Action">What.</param>
/// <param name="Reason">Why; null for nothing.</param>
internal sealed record CaseLine(string Key, string CaseId, DateTimeOffset At, string Actor, string Action, string? Reason)
{
    public CaseLine(
        string key,
        string caseId,
        DateTimeOffset at,
        string actor,
        string action,
        string? reason,
        params ReadOnlySpan<(string Name, string? Value)> more
    )
        : this(key, caseId, at, actor, action, reason)
    {
        var facts = new Dictionary<string, string?>(StringComparer.Ordinal);

        foreach (var (name, value) in more)
            facts[name] = value;

        More = facts;
    }

    /// <summary>Facts beside those of the case.</summary>
    public IReadOnlyDictionary<string, string?> More { get; } = ImmutableSortedDictionary<string, string?>.Empty;
}
