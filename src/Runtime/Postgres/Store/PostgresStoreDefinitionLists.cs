using System.Collections.Immutable;
using System.Text.Json;
using Npgsql;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Postgres.Store;

// Lists of definitions, and what is known of their publication and use.
public sealed partial class PostgresStore
{
    private static readonly string PageOfDefinitions = SqlFile.Beside<PostgresStore>("definition_version.page");
    private static readonly string CountDefinitions = SqlFile.Beside<PostgresStore>("definition_version.count");
    private static readonly string NameTaken = SqlFile.Beside<PostgresStore>("definition_version.name_taken");
    private static readonly string ListConsumers = SqlFile.Beside<PostgresStore>("definition_version.list_consumers");
    private static readonly string ListPinners = SqlFile.Beside<PostgresStore>("definition_version.list_pinners");
    private static readonly string ListPublications = SqlFile.Beside<PostgresStore>("definition_publication.list");
    private static readonly string LastNumber = SqlFile.Beside<PostgresStore>("definition_publication.last_number");
    private static readonly string CountRunning = SqlFile.Beside<PostgresStore>("workflow_instance.count_running");

    /// <inheritdoc/>
    public Task<IReadOnlyList<DefinitionRow>> ListDefinitionsAsync(DefinitionFilter filter, int skip, int take, CancellationToken ct) =>
        database.ReadAsync(
            PageOfDefinitions,
            static reader => DefinitionOf(reader, isWhole: false),
            ct,
            [.. ParametersOf(filter), Arg.Small((short)filter.OrderBy), Arg.Flag(filter.Descending), Arg.Integer(skip), Arg.Integer(take)]
        );

    /// <inheritdoc/>
    public async Task<long> CountDefinitionsAsync(DefinitionFilter filter, CancellationToken ct) =>
        (long)(await database.ReadValueAsync(CountDefinitions, ct, [.. ParametersOf(filter)]))!;

    /// <inheritdoc/>
    public async Task<bool> IsNameTakenAsync(string name, string? exceptDefinitionId, CancellationToken ct) =>
        await database.ReadValueAsync(NameTaken, ct, Arg.Text(name), Arg.Text(exceptDefinitionId)) is true;

    /// <inheritdoc/>
    public Task<IReadOnlyList<DefinitionRow>> ListConsumersAsync(string definitionId, CancellationToken ct) =>
        database.ReadAsync(ListConsumers, static reader => DefinitionOf(reader, isWhole: false), ct, Arg.Text(definitionId));

    /// <inheritdoc/>
    public Task<IReadOnlyList<DefinitionRow>> ListPinnersAsync(IReadOnlyList<string> versionIds, CancellationToken ct) =>
        database.ReadAsync(ListPinners, static reader => DefinitionOf(reader, isWhole: false), ct, Arg.Texts(versionIds));

    /// <inheritdoc/>
    public Task<IReadOnlyList<Publication>> ListPublicationsAsync(string definitionId, int skip, int take, CancellationToken ct) =>
        database.ReadAsync(
            ListPublications,
            static reader => new Publication(
                reader.GetString(0),
                reader.GetString(1),
                reader.GetInt32(2),
                (PublicationKind)reader.GetInt16(3),
                reader.IsDBNull(4) ? null : reader.GetInt32(4),
                reader.GetTime(5),
                reader.FindText(6),
                reader.FindText(7)
            ),
            ct,
            Arg.Text(definitionId),
            Arg.Integer(skip),
            Arg.Integer(take)
        );

    /// <inheritdoc/>
    public async Task<int> FindLastNumberAsync(string definitionId, CancellationToken ct) =>
        await database.ReadValueAsync(LastNumber, ct, Arg.Text(definitionId)) is int number ? number : 0;

    /// <inheritdoc/>
    public Task<IReadOnlyList<VersionLoad>> CountRunningAsync(string definitionId, CancellationToken ct) =>
        database.ReadAsync(
            CountRunning,
            static reader => new VersionLoad(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetInt32(1), reader.GetInt64(2)),
            ct,
            Arg.Text(definitionId)
        );

    private static IEnumerable<NpgsqlParameter> ParametersOf(DefinitionFilter filter) =>
        [
            Arg.Small((short)filter.Versions.Kind),
            Arg.Integer(filter.Versions.Number),
            Arg.SomeTexts(filter.DefinitionIds),
            Arg.SomeTexts(filter.Ids),
            Arg.Text(filter.Term is { } term ? Pattern.Containing(term) : null),
            Arg.Flag(filter.IsSystem),
            Arg.Flag(filter.IsReadonly),
            Arg.Flag(filter.UsableAsActivity),
        ];

    private static IEnumerable<NpgsqlParameter> ColumnsOf(IReadOnlyList<DefinitionRow> versions) =>
        [
            Arg.Texts(versions.Select(v => v.Id)),
            Arg.Texts(versions.Select(v => v.DefinitionId)),
            Arg.Integers(versions.Select(v => v.Version)),
            Arg.Texts(versions.Select(v => v.Name)),
            Arg.Texts(versions.Select(TypeNameOf)),
            Arg.Flags(versions.Select(v => v.IsLatest)),
            Arg.Flags(versions.Select(v => v.IsPublished)),
            Arg.Blobs(versions.Select(v => v.Content)),
            Arg.Blobs(versions.Select(v => v.Pins)),
            Arg.Texts(versions.Select(v => v.Note)),
            Arg.Times(versions.Select(v => (DateTimeOffset?)v.CreatedAt)),
            Arg.Times(versions.Select(v => v.PublishedAt)),
            Arg.Texts(versions.Select(v => v.Description)),
            Arg.Texts(versions.Select(v => v.ToolVersion)),
            Arg.Flags(versions.Select(v => v.IsReadonly)),
            Arg.Flags(versions.Select(v => v.IsSystem)),
            Arg.Flags(versions.Select(v => v.UsableAsActivity)),
            Arg.Flags(versions.Select(v => v.IsSnapshot)),
            Arg.Texts(versions.Select(v => v.PublishedBy)),
            Arg.Blobs(versions.Select(v => v.Warnings)),
            Arg.Integers(versions.Select(v => v.WarningCount)),
            Arg.Jsons(versions.Select(v => JsonSerializer.Serialize(v.Consumes))),
            Arg.Jsons(versions.Select(v => JsonSerializer.Serialize(Pins.Read(v.Pins).VersionIds))),
        ];

    // The engine's own rule makes the name.
    private static string TypeNameOf(DefinitionRow row) =>
        new WorkflowDefinition
        {
            Json = default,
            Name = row.Name,
            DefinitionId = row.DefinitionId,
        }.ActivityTypeName;

    private static DefinitionRow DefinitionOf(NpgsqlDataReader reader, bool isWhole) =>
        new()
        {
            Id = reader.GetString(0),
            DefinitionId = reader.GetString(1),
            Version = reader.GetInt32(2),
            Name = reader.FindText(3),
            IsLatest = reader.GetBoolean(4),
            IsPublished = reader.GetBoolean(5),
            Note = reader.FindText(6),
            CreatedAt = reader.GetTime(7),
            PublishedAt = reader.FindTime(8),
            Description = reader.FindText(9),
            ToolVersion = reader.FindText(10),
            IsReadonly = reader.GetBoolean(11),
            IsSystem = reader.GetBoolean(12),
            UsableAsActivity = reader.GetBoolean(13),
            IsSnapshot = reader.GetBoolean(14),
            PublishedBy = reader.FindText(15),
            WarningCount = reader.GetInt32(16),
            Content = isWhole ? reader.GetBlob(17) : default,
            Pins = isWhole ? reader.GetBlob(18) : default,
            Consumes = isWhole ? ImmutableArray.Create(reader.GetFieldValue<string[]>(19)) : [],
            Warnings = isWhole ? reader.GetBlob(20) : default,
        };
}

/// <summary>Patterns for <c>like</c>.</summary>
internal static class Pattern
{
    /// <summary>Whatever contains a text, which is taken as it is.</summary>
    public static string Containing(string text) =>
        $"%{text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%";
}
