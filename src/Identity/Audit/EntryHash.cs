using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ServiceLoop.Identity.Audit;

/// <summary>The hash of an entry, over bytes in which no two different entries look alike.</summary>
/// <remarks>
/// SHA-256 over, in this order: the byte 1 (version of this form); number and moment in microseconds since 1970, 8 bytes each; kind of the actor and end, 2 bytes
/// each; number of the beginning, 8 bytes; then actor id, actor, on behalf of, address, session, action, subject, permission, before, wanted, after, reason and the
/// hash of the entry before, each as its length in 4 bytes and its bytes (texts in UTF-8; null has the length -1 and no bytes). Numbers are big-endian.
/// </remarks>
public static class EntryHash
{
    /// <summary>Bytes of a hash.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    private const byte Version = 1;

    /// <summary>Hash of an entry from all that stands in it but <see cref="AuditEntry.Hash"/>.</summary>
    public static byte[] Of(AuditEntry entry) => Of(entry, entry.PreviousHash, new ArrayBufferWriter<byte>(1024));

    /// <summary>The same with another entry before it.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="previous">Hash of the entry before.</param>
    /// <param name="buffer">Is cleared and used.</param>
    internal static byte[] Of(AuditEntry entry, ReadOnlyMemory<byte> previous, ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        buffer.Write([Version]);
        Number(buffer, entry.Number);
        Number(buffer, entry.AtMicroseconds);
        Small(buffer, (short)entry.ActorKind);
        Small(buffer, (short)entry.End);
        Number(buffer, entry.Begun);
        Text(buffer, entry.ActorId);
        Text(buffer, entry.Actor);
        Text(buffer, entry.OnBehalfOf);
        Text(buffer, entry.Address);
        Text(buffer, entry.SessionId);
        Text(buffer, entry.Action);
        Text(buffer, entry.Subject);
        Text(buffer, entry.Permission);
        Text(buffer, entry.Before);
        Text(buffer, entry.Wanted);
        Text(buffer, entry.After);
        Text(buffer, entry.Reason);
        Length(buffer, previous.Length);
        buffer.Write(previous.Span);
        return SHA256.HashData(buffer.WrittenSpan);
    }

    private static void Number(ArrayBufferWriter<byte> buffer, long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(buffer.GetSpan(sizeof(long)), value);
        buffer.Advance(sizeof(long));
    }

    private static void Small(ArrayBufferWriter<byte> buffer, short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(buffer.GetSpan(sizeof(short)), value);
        buffer.Advance(sizeof(short));
    }

    private static void Length(ArrayBufferWriter<byte> buffer, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(buffer.GetSpan(sizeof(int)), value);
        buffer.Advance(sizeof(int));
    }

    private static void Text(ArrayBufferWriter<byte> buffer, string? value)
    {
        if (value is null)
        {
            Length(buffer, -1);
            return;
        }

        var count = Encoding.UTF8.GetByteCount(value);
        Length(buffer, count);
        Encoding.UTF8.GetBytes(value, buffer.GetSpan(count));
        buffer.Advance(count);
    }
}
