using System.Collections.Frozen;
using Npgsql;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Postgres.Store;

/// <summary>The writers of domain rows, by the type of the row.</summary>
internal sealed class RecordWriters(IEnumerable<IRecordWriter> writers)
{
    private readonly FrozenDictionary<Type, IRecordWriter> byType = writers.ToFrozenDictionary(writer => writer.RowType);

    /// <summary>Refuses rows that nobody writes.</summary>
    /// <exception cref="ArgumentException">No writer for the type of a row.</exception>
    public void Require(InstanceCommit commit)
    {
        foreach (var record in commit.Records)
            if (record.Row is not IOptionalRow && !byType.ContainsKey(record.Row.GetType()))
                throw new ArgumentException(
                    $"Instance '{commit.InstanceId}' records a {record.Row.GetType()}, which no IRecordWriter writes. Register one; there are writers for: {string.Join(", ", byType.Keys)}.",
                    nameof(commit)
                );
    }

    /// <summary>Adds one command for each type of row.</summary>
    /// <returns>False when there was nothing to write.</returns>
    public bool Fill(NpgsqlBatch batch, IEnumerable<RecordedRow> records)
    {
        // What the runtime says of itself comes last: it may be about rows of the same group.
        foreach (var sameType in records.GroupBy(record => record.Row.GetType()).OrderBy(g => g.First().Row is IOptionalRow))
            if (byType.TryGetValue(sameType.Key, out var writer))
                writer.Write(batch, [.. sameType]);

        return batch.BatchCommands.Count > 0;
    }
}
