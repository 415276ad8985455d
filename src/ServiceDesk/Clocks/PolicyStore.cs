using System.Collections.Concurrent;
using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>The tables of policies. A version that was active once never changes, and is kept.</summary>
internal sealed class PolicyStore(Database database)
{
    private const int MaxKept = 1000;

    private static readonly string InsertPolicy = SqlFile.Beside<PolicyStore>("sla_policy.insert");
    private static readonly string Rename = SqlFile.Beside<PolicyStore>("sla_policy.rename");
    private static readonly string InsertVersion = SqlFile.Beside<PolicyStore>("sla_policy_version.insert");
    private static readonly string Save = SqlFile.Beside<PolicyStore>("sla_policy_version.save");
    private static readonly string RetireActive = SqlFile.Beside<PolicyStore>("sla_policy_version.retire_active");
    private static readonly string Activate = SqlFile.Beside<PolicyStore>("sla_policy_version.activate");
    private static readonly string List = SqlFile.Beside<PolicyStore>("sla_policy_version.list");
    private static readonly string Find = SqlFile.Beside<PolicyStore>("sla_policy_version.find");

    private readonly ConcurrentDictionary<(string Id, int Number), SlaPolicy> kept = new();

    public Task<IReadOnlyList<SlaPolicy>> ListAsync(string? id, PolicyState? state, string? metric, CancellationToken ct) =>
        database.ReadAsync(List, RowOf, ct, Arg.Text(id), Arg.Small((short?)state), Arg.Text(metric));

    public async Task<SlaPolicy?> FindAsync(string id, int number, CancellationToken ct)
    {
        if (kept.TryGetValue((id, number), out var known))
            return known;

        var found = (await database.ReadAsync(Find, RowOf, ct, Arg.Text(id), Arg.Integer(number))).SingleOrDefault();

        if (found is { State: not PolicyState.Draft })
        {
            if (kept.Count >= MaxKept)
                kept.Clear();

            kept[(id, number)] = found;
        }

        return found;
    }

    public Task InsertAsync(
        string id,
        string name,
        string metric,
        PolicyContent content,
        string who,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        database.TransactionAsync(
            async (connection, transaction) =>
            {
                await using var batch = new NpgsqlBatch(connection, transaction);
                batch.BatchCommands.Add(ClockWrites.Command(InsertPolicy, Arg.Text(id), Arg.Text(name), Arg.Text(metric), Arg.Time(now)));
                batch.BatchCommands.Add(
                    ClockWrites.Command(InsertVersion, Arg.Text(id), Arg.Text(DeskJson.Write(content)), Arg.Text(who), Arg.Time(now))
                );
                await batch.ExecuteNonQueryAsync(ct);
            },
            ct
        );

    /// <summary>Makes a draft.</summary>
    /// <returns>Its number; null when there is a draft already.</returns>
    public async Task<int?> DraftAsync(string id, PolicyContent content, string who, DateTimeOffset now, CancellationToken ct) =>
        await database.OnceForValueAsync(InsertVersion, ct, Arg.Text(id), Arg.Text(DeskJson.Write(content)), Arg.Text(who), Arg.Time(now))
        as int?;

    public async Task<bool> SaveAsync(
        string id,
        int number,
        string name,
        PolicyContent content,
        string who,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var isSaved =
            await database.OnceAsync(
                Save,
                ct,
                Arg.Text(id),
                Arg.Integer(number),
                Arg.Text(DeskJson.Write(content)),
                Arg.Text(who),
                Arg.Time(now)
            ) == 1;

        if (isSaved)
            await database.RepeatableAsync(Rename, ct, Arg.Text(id), Arg.Text(name), Arg.Time(now));

        return isSaved;
    }

    /// <summary>Makes a draft the active version.</summary>
    /// <exception cref="DeskRefusedException">It is no draft.</exception>
    public Task ActivateAsync(string id, int number, CancellationToken ct) =>
        database.TransactionAsync(
            async (connection, transaction) =>
            {
                await using var retire = new NpgsqlCommand(RetireActive, connection, transaction) { Parameters = { Arg.Text(id) } };
                await retire.ExecuteNonQueryAsync(ct);
                await using var activate = new NpgsqlCommand(Activate, connection, transaction)
                {
                    Parameters = { Arg.Text(id), Arg.Integer(number) },
                };

                if (await activate.ExecuteNonQueryAsync(ct) != 1)
                    throw DeskRefusedException.Conflict(
                        "policy.no-draft",
                        $"Version {number} is not a draft. Only a draft becomes active."
                    );
            },
            ct
        );

    public async Task<bool> RetireAsync(string id, CancellationToken ct) => await database.OnceAsync(RetireActive, ct, Arg.Text(id)) == 1;

    private static SlaPolicy RowOf(NpgsqlDataReader row) =>
        new(
            row.GetString(0),
            row.GetString(1),
            row.GetString(2),
            row.GetInt32(3),
            (PolicyState)row.GetInt16(4),
            DeskJson.Read<PolicyContent>(row.GetString(5)),
            row.GetTime(6),
            row.GetString(7)
        );
}
