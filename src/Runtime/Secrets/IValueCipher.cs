namespace ServiceLoop.Runtime.Secrets;

/// <summary>Encrypts what is stored of instances that hold secrets. Hosts without one store all as it is. Safe for all threads.</summary>
public interface IValueCipher
{
    /// <summary>Encrypts bytes, and seals them against change.</summary>
    /// <param name="place">Where they will stand; the same words are needed to read them, so that nothing can be moved to another place.</param>
    /// <param name="plain">The bytes; may be none.</param>
    byte[] Encrypt(string place, ReadOnlySpan<byte> plain);

    /// <summary>Reads what <see cref="Encrypt"/> wrote.</summary>
    /// <exception cref="SecretUnreadableException">It was changed, stands elsewhere, or its key is gone.</exception>
    byte[] Decrypt(string place, ReadOnlySpan<byte> encrypted);
}

/// <summary>Something encrypted cannot be read: it was changed or moved in the database, or its key is gone.</summary>
/// <param name="place">Where it stands.</param>
/// <param name="inner">The cause.</param>
public sealed class SecretUnreadableException(string place, Exception inner)
    : Exception(
        $"What is stored of '{place}' is encrypted and cannot be read: it was changed in the database, or the key that it was encrypted with is not in the key ring any more.",
        inner
    )
{
    /// <summary>Where it stands.</summary>
    public string Place { get; } = place;
}
