using System.Globalization;
using System.Text.Json;
using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk.TriageModels;

/// <summary>Statements about models. What loads them asks here, for it acts for nobody.</summary>
/// <param name="database">Where they are.</param>
public sealed class ModelStore(Database database)
{
    private static readonly string Insert = Load("triage_model.insert");
    private static readonly string List = Load("triage_model.list");
    private static readonly string Find = Load("triage_model.find");
    private static readonly string Content = Load("triage_model.content");
    private static readonly string Active = Load("triage_model_activation.active");
    private static readonly string Activate = Load("triage_model_activation.insert");
    private static readonly string Back = Load("triage_model_activation.back");

    /// <summary>The version in force; null for none.</summary>
    public async Task<long?> ActiveAsync(CancellationToken ct) => await database.ReadValueAsync(Active, ct) as long?;

    /// <summary>What a model is made of, with its hash and threshold.</summary>
    public async Task<(byte[] Content, string Sha256, double Threshold)?> ContentAsync(long version, CancellationToken ct) =>
        (await database.ReadAsync(Content, r => (r.GetBlob(0), r.GetString(1), r.GetDouble(2)), ct, Arg.Number(version))).FirstOrNull();

    internal Task<IReadOnlyList<TriageModel>> ListAsync(int take, CancellationToken ct) =>
        database.ReadAsync(List, RowOf, ct, Arg.Integer(take));

    internal async Task<TriageModel?> FindAsync(long version, CancellationToken ct) =>
        (
            await database.ReadAsync(
                Find,
                r => RowOf(r) with { Report = JsonSerializer.Deserialize<JsonElement>(r.GetString(10)) },
                ct,
                Arg.Number(version)
            )
        ).SingleOrDefault();

    internal async Task<long> AddAsync(TrainedModel m, string sha256, DateTimeOffset now, string who, CancellationToken ct) =>
        Convert.ToInt64(
            await database.OnceForValueAsync(
                Insert,
                ct,
                Arg.Time(now),
                Arg.Text(who),
                Arg.Text(m.Note),
                Arg.Integer(m.Rows),
                Arg.Integer(m.Labels),
                new() { Value = m.Threshold },
                Arg.Text(sha256),
                Arg.Text(m.Report),
                Arg.Blob(m.Content)
            ),
            CultureInfo.InvariantCulture
        );

    internal Task ActivateAsync(long version, DateTimeOffset now, string who, CancellationToken ct) =>
        database.OnceAsync(Activate, ct, Arg.Number(version), Arg.Time(now), Arg.Text(who));

    internal async Task<long?> BackAsync(DateTimeOffset now, string who, CancellationToken ct) =>
        await database.OnceForValueAsync(Back, ct, Arg.Time(now), Arg.Text(who)) as long?;

    private static TriageModel RowOf(NpgsqlDataReader r) =>
        new(
            r.GetInt64(0),
            r.GetTime(1),
            r.GetString(2),
            r.FindText(3),
            r.GetInt32(4),
            r.GetInt32(5),
            r.GetDouble(6),
            r.GetString(7),
            r.GetInt64(8),
            r.GetBoolean(9)
        );

    private static string Load(string name) => SqlFile.Beside<TriageModel>(name);
}

internal static class Rows
{
    public static T? FirstOrNull<T>(this IReadOnlyList<T> rows)
        where T : struct => rows.Count == 0 ? null : rows[0];
}
