namespace ServiceLoop.Runtime.Secrets;

/// <summary>Encrypted bytes as they are stored: told from plain ones, which are JSON, by their first byte.</summary>
/// <param name="cipher">Encrypts; null where nothing is encrypted.</param>
internal sealed class Seal(IValueCipher? cipher)
{
    /// <summary>No JSON begins with it.</summary>
    private const byte Sign = 1;

    public static string State(string instanceId) => $"state:{instanceId}";

    public static string Stimuli(string instanceId, long sequence) => $"stimuli:{instanceId}:{sequence}";

    public static string Entries(string instanceId, long sequence) => $"entries:{instanceId}:{sequence}";

    public static string Waiter(string instanceId, long number) => $"waiter:{instanceId}:{number}";

    public static string Work(string key) => $"work:{key}";

    public static string Task(string taskId) => $"task:{taskId}";

    public static bool IsOn(ReadOnlyMemory<byte> stored) => !stored.IsEmpty && stored.Span[0] == Sign;

    public byte[] Put(string place, ReadOnlyMemory<byte> plain)
    {
        var encrypted = cipher!.Encrypt(place, plain.Span);
        var stored = new byte[encrypted.Length + 1];
        stored[0] = Sign;
        encrypted.CopyTo(stored, 1);
        return stored;
    }

    /// <summary>The bytes as they were; plain ones come back as they are.</summary>
    /// <exception cref="SecretUnreadableException">They cannot be read.</exception>
    public ReadOnlyMemory<byte> Off(string place, ReadOnlyMemory<byte> stored)
    {
        if (!IsOn(stored))
            return stored;

        return cipher is not null
            ? cipher.Decrypt(place, stored.Span[1..])
            : throw new SecretUnreadableException(place, new InvalidOperationException("This program has no key ring."));
    }
}
