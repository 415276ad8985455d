using Npgsql;

namespace ServiceLoop.Runtime.Store;

/// <summary>Writes domain rows of one type that bursts have recorded, many at once, in the transaction of their commits.</summary>
/// <remarks>Only rows of bursts that won are handed over. Must not read a clock; the moment comes along.</remarks>
public interface IRecordWriter
{
    /// <summary>The type of the rows: that of the argument of <c>context.Record</c>.</summary>
    Type RowType { get; }

    /// <summary>Adds one set-based command (arrays and <c>unnest</c>) for all rows.</summary>
    void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows);
}

/// <summary>A domain row that a burst has recorded.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="FrameId">The execution that recorded it.</param>
/// <param name="Row">The row.</param>
/// <param name="Now">The moment of the burst, UTC.</param>
public sealed record RecordedRow(string InstanceId, long FrameId, object Row, DateTimeOffset Now);
