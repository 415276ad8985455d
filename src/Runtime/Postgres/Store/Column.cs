using System.Runtime.InteropServices;
using Npgsql;
using NpgsqlTypes;

namespace ServiceLoop.Runtime.Postgres.Store;

/// <summary>One array parameter that is filled anew for each execution without a new array.</summary>
internal interface IColumn
{
    /// <summary>Empties it; the memory is kept.</summary>
    void Clear();

    /// <summary>A parameter that sends the column, or null when it <paramref name="isSent"/> not.</summary>
    NpgsqlParameter ToParameter(bool isSent);
}

/// <inheritdoc/>
/// <param name="type">Type of an element on the server.</param>
internal sealed class Column<T>(NpgsqlDbType type) : IColumn
{
    // A column that once carried a flood shall not hold its memory for ever.
    private const int KeptCapacity = 16_384;

    public List<T> Values { get; } = [];

    public void Add(T value) => Values.Add(value);

    public void Clear()
    {
        Values.Clear();

        if (Values.Capacity > KeptCapacity)
            Values.Capacity = 0;
    }

    public NpgsqlParameter ToParameter(bool isSent) =>
        isSent
            ? new NpgsqlParameter<List<T>> { TypedValue = Values, NpgsqlDbType = NpgsqlDbType.Array | type }
            : new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | type };
}

/// <summary>Bytes for the driver.</summary>
internal static class Bytes
{
    /// <summary>The array behind the memory when it is all of it, else a copy.</summary>
    public static byte[] Of(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) && segment is { Offset: 0, Array: { } array } && array.Length == segment.Count
            ? array
            : memory.ToArray();
}

/// <summary>Moments for the driver.</summary>
internal static class Moment
{
    // The server keeps microseconds; what is due must not become due earlier.
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMicrosecond;

    public static DateTime Of(DateTimeOffset moment) => moment.UtcDateTime;

    public static DateTime? Of(DateTimeOffset? moment) => moment?.UtcDateTime;

    /// <summary>The moment, or up to a microsecond later.</summary>
    public static DateTime NotBefore(DateTimeOffset moment)
    {
        var ticks = moment.UtcTicks;
        var rest = ticks % TicksPerMicrosecond;
        return new DateTime(rest == 0 ? ticks : Math.Min(ticks - rest + TicksPerMicrosecond, DateTime.MaxValue.Ticks), DateTimeKind.Utc);
    }
}
