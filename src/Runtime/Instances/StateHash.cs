using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ServiceLoop.Runtime.Instances;

/// <summary>A fingerprint of a stored state: what a replay must come to.</summary>
public static class StateHash
{
    /// <summary>First eight bytes of the SHA-256, big-endian.</summary>
    public static long Of(ReadOnlySpan<byte> state)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(state, hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }
}
