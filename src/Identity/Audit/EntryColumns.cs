using System.Runtime.InteropServices;
using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Audit;

/// <summary>The columns of an entry, on the way into the database and out of it.</summary>
internal static class EntryColumns
{
    private static readonly (NpgsqlDbType Type, Func<AuditEntry[], Array> Values)[] All =
    [
        (NpgsqlDbType.Bigint, static e => Of(e, x => x.Number)),
        (NpgsqlDbType.TimestampTz, static e => Of(e, x => x.At.UtcDateTime)),
        (NpgsqlDbType.Smallint, static e => Of(e, x => (short)x.ActorKind)),
        (NpgsqlDbType.Text, static e => Of(e, x => x.ActorId)),
        (NpgsqlDbType.Text, static e => Of(e, x => x.Actor)),
        (NpgsqlDbType.Text, static e => Of(e, x => x.OnBehalfOf)),
        (NpgsqlDbType.Text, static e => Of(e, x => x.Address)),
        (NpgsqlDbType.Text, static e => Of(e, x => x.SessionId)),
        (NpgsqlDbType.Text, static e => Of(e, x => x.Action)),
        (NpgsqlDbType.Text, static e => Of(e, x => x.Subject)),
        (NpgsqlDbType.Text, static e => Of(e, x => x.Permission)),
        (NpgsqlDbType.Smallint, static e => Of(e, x => (short)x.End)),
        (NpgsqlDbType.Bigint, static e => Of(e, x => x.Begun)),
        (NpgsqlDbType.Text, static e => Of(e, x => x.Before)),
        (NpgsqlDbType.Text, static e => Of(e, x => x.Wanted)),
        (NpgsqlDbType.Text, static e => Of(e, x => x.After)),
        (NpgsqlDbType.Text, static e => Of(e, x => x.Reason)),
        (NpgsqlDbType.Bytea, static e => Of(e, x => Bytes(x.PreviousHash))),
        (NpgsqlDbType.Bytea, static e => Of(e, x => Bytes(x.Hash))),
    ];

    /// <summary>Parameters of <c>audit_entry.append</c>, without values.</summary>
    public static NpgsqlParameter[] Parameters() =>
        [
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bigint },
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bytea },
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bigint },
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bytea },
            .. All.Select(c => new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | c.Type }),
        ];

    /// <summary>Gives them values.</summary>
    public static void Fill(NpgsqlParameterCollection parameters, AuditEntry[] entries, ChainHead end, ChainHead from)
    {
        parameters[0].Value = end.Number;
        parameters[1].Value = Bytes(end.Hash);
        parameters[2].Value = from.Number;
        parameters[3].Value = Bytes(from.Hash);

        for (var i = 0; i < All.Length; i++)
            parameters[i + 4].Value = All[i].Values(entries);
    }

    /// <summary>Reads the columns that <c>audit_entry.list</c>, <c>.find</c> and <c>.walk</c> select.</summary>
    public static AuditEntry Read(NpgsqlDataReader row) =>
        new()
        {
            Number = row.GetInt64(0),
            AtMicroseconds = row.GetInt64(1),
            ActorKind = (ActorKind)row.GetInt16(2),
            ActorId = row.GetString(3),
            Actor = row.GetString(4),
            OnBehalfOf = Find(row, 5),
            Address = Find(row, 6),
            SessionId = Find(row, 7),
            Action = row.GetString(8),
            Subject = row.GetString(9),
            Permission = row.GetString(10),
            End = (DeedEnd)row.GetInt16(11),
            Begun = row.GetInt64(12),
            Before = Find(row, 13),
            Wanted = Find(row, 14),
            After = Find(row, 15),
            Reason = Find(row, 16),
            PreviousHash = row.GetFieldValue<byte[]>(17),
            Hash = row.GetFieldValue<byte[]>(18),
        };

    private static string? Find(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static T[] Of<T>(AuditEntry[] entries, Func<AuditEntry, T> value) => Array.ConvertAll(entries, e => value(e));

    private static byte[] Bytes(ReadOnlyMemory<byte> hash) =>
        MemoryMarshal.TryGetArray(hash, out var segment)
        && segment.Array is { } array
        && segment.Offset == 0
        && segment.Count == array.Length
            ? array
            : hash.ToArray();
}
