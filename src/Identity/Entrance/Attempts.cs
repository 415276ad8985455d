using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ServiceLoop.Identity.Entrance;

/// <summary>Counts attempts to sign in, for each name and each address, on this node. The lock of a name is in the database; this keeps the load away.</summary>
internal sealed class Attempts(TimeProvider clock)
{
    /// <summary>Attempts for one name within <see cref="NameWindow"/>, whether somebody has it or not.</summary>
    public const int MostForName = 20;

    /// <summary>Attempts that failed from one address within <see cref="AddressWindow"/>. A whole office may share one.</summary>
    public const int MostFailuresFromAddress = 60;

    public static readonly TimeSpan NameWindow = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan AddressWindow = TimeSpan.FromMinutes(5);

    private readonly Allowance names = new(MostForName, NameWindow, clock);
    private readonly Allowance addresses = new(MostFailuresFromAddress, AddressWindow, clock);

    /// <summary>How long to wait; null: go on. Counts the attempt for the name.</summary>
    public TimeSpan? Refuse(string name, string? address) =>
        addresses.Wait(AddressBlock.Of(address)) ?? names.Take(Users.PersonStore.Key(name.Length > 200 ? name[..200] : name));

    /// <summary>How long an address must wait; null: it need not. Counts nothing.</summary>
    public TimeSpan? WaitOf(string? address) => addresses.Wait(AddressBlock.Of(address));

    public void Failed(string? address) => addresses.Take(AddressBlock.Of(address));
}

/// <summary>A number of uses for each key within a window of time. Safe for all threads; forgets what is over.</summary>
public sealed class Allowance(int most, TimeSpan window, TimeProvider clock)
{
    private const int MostKeys = 50_000;

    private readonly ConcurrentDictionary<string, Used> used = new(StringComparer.Ordinal);

    private sealed record Used(DateTimeOffset Since, int Count);

    /// <summary>Takes one use.</summary>
    /// <returns>Null: it was there. Otherwise how long to wait.</returns>
    public TimeSpan? Take(string key)
    {
        var now = clock.GetUtcNow();

        if (used.Count >= MostKeys)
            Sweep(now);

        var count = used.AddOrUpdate(
            key,
            _ => new Used(now, 1),
            (_, old) => now - old.Since >= window ? new Used(now, 1) : old with { Count = Math.Min(old.Count, most) + 1 }
        );
        return count.Count > most ? count.Since + window - now : null;
    }

    /// <summary>How long to wait until there is one; null: there is one. Takes none.</summary>
    public TimeSpan? Wait(string key)
    {
        var now = clock.GetUtcNow();
        return used.TryGetValue(key, out var found) && found.Count >= most && now - found.Since < window
            ? found.Since + window - now
            : null;
    }

    private void Sweep(DateTimeOffset now)
    {
        foreach (var (key, entry) in used)
            if (now - entry.Since >= window)
                used.TryRemove(new(key, entry));

        if (used.Count < MostKeys)
            return;

        // Somebody draws keys. Those that are used up are forgotten last: nobody gets more uses by drawing others.
        foreach (var entry in used.OrderBy(e => e.Value.Count >= most).ThenBy(e => e.Value.Since).Take(MostKeys / 10))
            used.TryRemove(entry);
    }
}

/// <summary>What addresses are counted by: an IPv4 address, or the 64 bits of an IPv6 network, of which each caller has as many addresses as wanted.</summary>
public static class AddressBlock
{
    private const int NetworkBytes = 8;

    /// <summary>The block of an address; the same for all without one.</summary>
    public static string Of(string? address)
    {
        if (!IPAddress.TryParse(address, out var ip) || ip.AddressFamily != AddressFamily.InterNetworkV6)
            return address ?? "";

        var bytes = ip.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
