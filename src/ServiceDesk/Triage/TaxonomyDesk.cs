using System.Text.Json;
using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk.Triage;

/// <summary>What contacts may want, in versions: a change is a new version, and the old ones stay.</summary>
/// <param name="store">Where they are.</param>
/// <param name="access">The gate.</param>
/// <param name="clock">Tells the time.</param>
public sealed class TaxonomyDesk(TaxonomyStore store, IAccess access, TimeProvider clock)
{
    private const int MostVersions = 100;

    private static readonly JsonSerializerOptions FileForm = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>The version in force; an empty one of number 0 before there is any.</summary>
    public async Task<Taxonomy> CurrentAsync(CancellationToken ct)
    {
        access.Demand(Permissions.TriageRead);
        return await store.CurrentAsync(ct);
    }

    /// <summary>A version.</summary>
    public async Task<Taxonomy> GetAsync(int version, CancellationToken ct)
    {
        access.Demand(Permissions.TriageRead);
        return await store.FindAsync(version, ct)
            ?? throw DeskRefusedException.Unknown("taxonomy.unknown", $"There is no version {version} of the taxonomy.");
    }

    /// <summary>The versions, the newest first, at most a hundred.</summary>
    public async Task<IReadOnlyList<Taxonomy>> VersionsAsync(CancellationToken ct)
    {
        access.Demand(Permissions.TriageRead);
        return await store.ListAsync(MostVersions, ct);
    }

    /// <summary>Puts a new version in force.</summary>
    /// <param name="expectedVersion">The version that was seen: 0 when there was none.</param>
    /// <param name="request">All rules of the new one.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DeskRefusedException">A rule is wrong, or somebody else was faster.</exception>
    public Task<Taxonomy> ChangeAsync(int expectedVersion, TaxonomyRequest request, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.TriageManage, "taxonomy.change", "taxonomy")
            {
                Before = Facts.Of(("version", $"{expectedVersion}")),
                Wanted = Facts.Of(("intents", $"{request.Intents?.Count ?? 0}"), ("note", TextRules.Quote(request.Note))),
            },
            async () =>
            {
                var made = new Taxonomy(
                    expectedVersion + 1,
                    request.Read(),
                    TextRules.Optional(request.Note, "note", 500),
                    access.Actor.Who ?? "system",
                    clock.GetUtcNow()
                );
                return await store.AddAsync(made, ct)
                    ? made
                    : throw DeskRefusedException.Conflict(
                        "taxonomy.changed",
                        $"Version {expectedVersion} of the taxonomy is not the newest: {(await store.CurrentAsync(ct)).Version} is. Read it again."
                    );
            },
            t => Facts.Of(("version", $"{t.Version}")),
            ct
        );

    /// <summary>Takes in a file, if there is no taxonomy yet: what people made counts more than a file.</summary>
    /// <param name="json">UTF-8: <c>{ "intents": [ … ], "note": "…" }</c>.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The version in force.</returns>
    /// <exception cref="DeskRefusedException">The file is wrong.</exception>
    public async Task<Taxonomy> SeedAsync(ReadOnlyMemory<byte> json, CancellationToken ct)
    {
        if (await CurrentAsync(ct) is { Version: > 0 } there)
            return there;

        try
        {
            return await ChangeAsync(0, ReadFile(json), ct);
        }
        catch (DeskRefusedException e) when (e.Kind == DeskRefusal.Conflict)
        {
            // Another node was faster.
            return await store.CurrentAsync(ct);
        }
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="DeskRefusedException">It is no taxonomy.</exception>
    internal static TaxonomyRequest ReadFile(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<TaxonomyRequest>(json.Span, FileForm) ?? new(null);
        }
        catch (JsonException e)
        {
            throw DeskRefusedException.Invalid(
                "taxonomy.file",
                "file",
                $"The file is no taxonomy: line {e.LineNumber + 1}, {e.Path ?? "$"}. Write {{ \"intents\": [ {{ \"name\": … }} ] }}."
            );
        }
    }
}

/// <summary>Taxonomies on PostgreSQL. The newest one is kept in memory, for it is asked for with every contact.</summary>
/// <param name="database">Where they are.</param>
public sealed class TaxonomyStore(Database database)
{
    private static readonly string Insert = SqlFile.Beside<Taxonomy>("taxonomy.insert");
    private static readonly string Find = SqlFile.Beside<Taxonomy>("taxonomy.find");
    private static readonly string Newest = SqlFile.Beside<Taxonomy>("taxonomy.newest");
    private static readonly string List = SqlFile.Beside<Taxonomy>("taxonomy.list");

    private Taxonomy known = Taxonomy.Empty;

    /// <summary>The newest version.</summary>
    internal async Task<Taxonomy> CurrentAsync(CancellationToken ct) =>
        await OfAsync(await database.ReadValueAsync(Newest, ct) is int version ? version : 0, ct);

    /// <summary>A version that is there, from memory where it is the one used last.</summary>
    internal async Task<Taxonomy> OfAsync(int version, CancellationToken ct)
    {
        if (version == 0)
            return Taxonomy.Empty;

        if (known is { } kept && kept.Version == version)
            return kept;

        return known = await FindAsync(version, ct) ?? Taxonomy.Empty;
    }

    internal async Task<Taxonomy?> FindAsync(int version, CancellationToken ct) =>
        (await database.ReadAsync(Find, RowOf, ct, Arg.Integer(version))).SingleOrDefault();

    internal Task<IReadOnlyList<Taxonomy>> ListAsync(int take, CancellationToken ct) =>
        database.ReadAsync(List, RowOf, ct, Arg.Integer(take));

    /// <returns>False when the version is there already, or does not follow the newest.</returns>
    internal async Task<bool> AddAsync(Taxonomy made, CancellationToken ct) =>
        await database.OnceAsync(
            Insert,
            ct,
            Arg.Integer(made.Version),
            Arg.Text(DeskJson.Write(made.Intents.Select(IntentRequest.Of))),
            Arg.Text(made.Note),
            Arg.Text(made.MadeBy),
            Arg.Time(made.MadeAt)
        ) == 1;

    private static Taxonomy RowOf(NpgsqlDataReader r) =>
        new(
            r.GetInt32(0),
            [.. DeskJson.Read<List<IntentRequest>>(r.GetString(1)).Select((i, n) => i.Read($"intents[{n}]"))],
            r.FindText(2),
            r.GetString(3),
            r.GetTime(4)
        );
}
