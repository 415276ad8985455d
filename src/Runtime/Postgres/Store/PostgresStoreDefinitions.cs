using Npgsql;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Postgres.Store;

// Definitions and their triggers.
public sealed partial class PostgresStore
{
    private static readonly string ListDefinitions = SqlFile.Beside<PostgresStore>("definition_version.list");
    private static readonly string FindDefinition = SqlFile.Beside<PostgresStore>("definition_version.find");
    private static readonly string FindNumber = SqlFile.Beside<PostgresStore>("definition_version.find_number");
    private static readonly string FindType = SqlFile.Beside<PostgresStore>("definition_version.find_type");
    private static readonly string ListActivities = SqlFile.Beside<PostgresStore>("definition_version.list_activities");
    private static readonly string LockDefinitions = SqlFile.Beside<PostgresStore>("definition_version.lock");
    private static readonly string ClearFlags = SqlFile.Beside<PostgresStore>("definition_version.clear_flags");
    private static readonly string SaveDefinition = SqlFile.Beside<PostgresStore>("definition_version.save");
    private static readonly string FlagDefinitions = SqlFile.Beside<PostgresStore>("definition_version.flag");
    private static readonly string PromoteDefinition = SqlFile.Beside<PostgresStore>("definition_version.promote");
    private static readonly string DeleteDefinition = SqlFile.Beside<PostgresStore>("definition_version.delete");
    private static readonly string DeleteLine = SqlFile.Beside<PostgresStore>("definition_version.delete_line");
    private static readonly string InsertPublications = SqlFile.Beside<PostgresStore>("definition_publication.insert");
    private static readonly string DeletePublications = SqlFile.Beside<PostgresStore>("definition_publication.delete");
    private static readonly string Notify = SqlFile.Beside<PostgresStore>("definition_version.notify");
    private static readonly string DeleteTriggers = SqlFile.Beside<PostgresStore>("workflow_trigger.delete");
    private static readonly string InsertTriggers = SqlFile.Beside<PostgresStore>("workflow_trigger.insert");
    private static readonly string DeleteTriggerTimers = SqlFile.Beside<PostgresStore>("work.delete_trigger_timers");
    private static readonly string FindByHash = SqlFile.Beside<PostgresStore>("workflow_trigger.find_by_hash");
    private static readonly string ListByName = SqlFile.Beside<PostgresStore>("workflow_trigger.list_by_name");

    /// <inheritdoc/>
    public Task<IReadOnlyList<DefinitionRow>> ListDefinitionsAsync(string? definitionId, CancellationToken ct) =>
        database.ReadAsync(ListDefinitions, static reader => DefinitionOf(reader, isWhole: false), ct, Arg.Text(definitionId));

    /// <inheritdoc/>
    public Task<DefinitionRow?> FindDefinitionAsync(string versionId, CancellationToken ct) =>
        FindOneAsync(FindDefinition, ct, Arg.Text(versionId));

    /// <inheritdoc/>
    public Task<DefinitionRow?> FindDefinitionAsync(string definitionId, int version, CancellationToken ct) =>
        FindOneAsync(FindNumber, ct, Arg.Text(definitionId), Arg.Integer(version));

    /// <inheritdoc/>
    public Task<DefinitionRow?> FindDefinitionByTypeNameAsync(string typeName, int version, CancellationToken ct) =>
        FindOneAsync(FindType, ct, Arg.Text(typeName), Arg.Integer(version));

    /// <inheritdoc/>
    public Task<IReadOnlyList<DefinitionRow>> ListActivityDefinitionsAsync(string? definitionId, CancellationToken ct) =>
        database.ReadAsync(ListActivities, static reader => DefinitionOf(reader, isWhole: true), ct, Arg.Text(definitionId));

    /// <inheritdoc/>
    public async Task SaveDefinitionsAsync(DefinitionChange change, CancellationToken ct)
    {
        try
        {
            await database.TransactionAsync((connection, transaction) => SaveAsync(change, connection, transaction, ct), ct);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new DefinitionConflictException(
                $"The versions of '{change.Versions.FirstOrDefault()?.DefinitionId}' do not fit together ({error.ConstraintName}): another version has the number, or is latest or published. It was saved by somebody else meanwhile: read the versions again and repeat.",
                error
            );
        }
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteDefinitionAsync(string versionId, CancellationToken ct)
    {
        if (await FindDefinitionAsync(versionId, ct) is not { } version)
            return true;

        return await DeleteAsync(DeleteDefinition, versionId, version.DefinitionId, static (_, _) => { }, ct);
    }

    /// <inheritdoc/>
    public Task<bool> DeleteLineAsync(string definitionId, CancellationToken ct) =>
        DeleteAsync(
            DeleteLine,
            definitionId,
            definitionId,
            static (batch, line) =>
            {
                Replace(batch, line, new DefinitionChange([], line));
                Add(batch, DeletePublications, Arg.Text(line));
            },
            ct
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<TriggerRow>> FindTriggersAsync(string hash, CancellationToken ct) =>
        database.ReadAsync(FindByHash, TriggerOf, ct, Arg.Text(hash));

    /// <inheritdoc/>
    public Task<IReadOnlyList<TriggerRow>> ListTriggersAsync(string name, CancellationToken ct) =>
        database.ReadAsync(ListByName, TriggerOf, ct, Arg.Text(name));

    private async Task<bool> DeleteAsync(string sql, string id, string line, Action<NpgsqlBatch, string> also, CancellationToken ct)
    {
        var isUsed = false;
        await database.TransactionAsync(
            async (connection, transaction) =>
            {
                await using (var delete = Command(sql, connection, transaction, Arg.Text(id)))
                    isUsed = await delete.ExecuteScalarAsync(ct) is true;

                if (isUsed)
                    return;

                await using var batch = new NpgsqlBatch(connection, transaction);
                also(batch, line);
                Add(batch, PromoteDefinition, Arg.Text(line));
                Add(batch, Notify, Arg.Text(NotifyListener.Channel), Arg.Text(line));
                await batch.ExecuteNonQueryAsync(ct);
            },
            ct
        );
        return !isUsed;
    }

    private static async Task SaveAsync(
        DefinitionChange change,
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        CancellationToken ct
    )
    {
        var versions = change.Versions;
        var moves = change.Moves;
        await using (
            var locking = Command(
                LockDefinitions,
                connection,
                transaction,
                Arg.Texts(versions.Select(v => v.Id)),
                Arg.Blobs(versions.Select(v => v.Content)),
                Arg.Blobs(versions.Select(v => v.Pins))
            )
        )
        {
            await using var reader = await locking.ExecuteReaderAsync(ct);

            while (await reader.ReadAsync(ct))
                if (reader.GetBoolean(2))
                    throw new InvalidOperationException(
                        $"Version {reader.GetInt32(1)} of definition '{reader.GetString(0)}' was published; its content cannot change. Save a new version."
                    );
        }

        await using var batch = new NpgsqlBatch(connection, transaction);

        if (versions.Length + moves.Length > 0)
            Add(batch, ClearFlags, Arg.Texts(versions.Select(v => v.Id).Concat(moves.Select(m => m.VersionId))));

        if (moves.Length > 0)
            Add(
                batch,
                FlagDefinitions,
                Arg.Texts(moves.Select(m => m.VersionId)),
                Arg.Flags(moves.Select(m => m.IsLatest)),
                Arg.Flags(moves.Select(m => m.IsPublished))
            );

        if (versions.Length > 0)
            Add(batch, SaveDefinition, [.. ColumnsOf(versions)]);

        if (change.Publications is { Length: > 0 } publications)
            Add(
                batch,
                InsertPublications,
                Arg.Texts(publications.Select(p => p.DefinitionId)),
                Arg.Texts(publications.Select(p => p.VersionId)),
                Arg.Integers(publications.Select(p => p.Version)),
                Arg.Smalls(publications.Select(p => (short)p.Kind)),
                Arg.SomeIntegers(publications.Select(p => p.Replaced)),
                Arg.Times(publications.Select(p => (DateTimeOffset?)p.At)),
                Arg.Texts(publications.Select(p => p.Who)),
                Arg.Texts(publications.Select(p => p.Note))
            );

        if (change.TriggersOf is { } line)
            Replace(batch, line, change);

        var lines = versions
            .Select(v => v.DefinitionId)
            .Concat(change.Publications.Select(p => p.DefinitionId))
            .Append(change.TriggersOf)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal);

        foreach (var changedLine in lines)
            Add(batch, Notify, Arg.Text(NotifyListener.Channel), Arg.Text(changedLine));

        if (batch.BatchCommands.Count > 0)
            await batch.ExecuteNonQueryAsync(ct);
    }

    private static void Replace(NpgsqlBatch batch, string line, DefinitionChange change)
    {
        Add(batch, DeleteTriggers, Arg.Text(line));
        Add(batch, DeleteTriggerTimers, Arg.Text(line), Arg.Small((short)WorkKind.TriggerTimer));

        if (change.Triggers is { IsDefaultOrEmpty: false } triggers)
            Add(
                batch,
                InsertTriggers,
                Arg.Texts(triggers.Select(t => t.DefinitionId)),
                Arg.Texts(triggers.Select(t => t.VersionId)),
                Arg.Texts(triggers.Select(t => t.ActivityId)),
                Arg.Texts(triggers.Select(t => t.NodeId)),
                Arg.Texts(triggers.Select(t => t.Name)),
                Arg.Texts(triggers.Select(t => t.Hash)),
                Arg.Blobs(triggers.Select(t => t.Payload))
            );

        if (change.Timers is { IsDefaultOrEmpty: false } timers)
            Add(batch, Enqueue, [.. WorkColumns.Of(timers).ToParameters()]);
    }

    private async Task<DefinitionRow?> FindOneAsync(string sql, CancellationToken ct, params NpgsqlParameter[] parameters) =>
        (await database.ReadAsync(sql, static reader => DefinitionOf(reader, isWhole: true), ct, parameters)) is [var row] ? row : null;

    private static TriggerRow TriggerOf(NpgsqlDataReader reader) =>
        new(
            reader.GetString(0),
            reader.GetString(1),
            reader.GetString(2),
            reader.GetString(3),
            reader.GetString(4),
            reader.GetString(5),
            reader.GetBlob(6)
        );

    private static NpgsqlCommand Command(
        string sql,
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        params NpgsqlParameter[] parameters
    )
    {
        var command = new NpgsqlCommand(sql, connection, transaction);
        command.Parameters.AddRange(parameters);
        return command;
    }

    private static void Add(NpgsqlBatch batch, string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(parameters);
        batch.BatchCommands.Add(command);
    }
}
