using System.Security.Cryptography;
using System.Xml;
using System.Xml.Linq;
using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.Secrets;

/// <summary>The key ring in the database at the start of a server: can it be read, and is it encrypted as the settings want it?</summary>
internal static class KeyRing
{
    private static readonly string List = SqlFile.Beside<PageKeys>("page_key.list");
    private static readonly string Change = SqlFile.Beside<PageKeys>("page_key.change");

    /// <summary>Checks that the keys can be read, and encrypts those that are not, or are with the former key. Nodes that do so at once do the same.</summary>
    /// <exception cref="StartException">They cannot be read; the message says what to set.</exception>
    public static async Task PrepareAsync(NpgsqlDataSource database, RingKeys keys, ILogger logger, CancellationToken ct)
    {
        var renewed = 0;

        foreach (var (name, xml) in await ReadAsync(database, ct))
        {
            var stored = Parse(name, xml);
            Check(stored, name, keys);

            if (keys.Current is not { } key)
                continue;

            var wanted = RingXml.Renewed(stored, keys, key).ToString(SaveOptions.DisableFormatting);

            if (wanted != stored.ToString(SaveOptions.DisableFormatting))
                renewed += await ChangeAsync(database, name, xml, wanted, ct);
        }

        if (keys.Current is null)
            Log.KeyRingOpen(logger);
        else if (renewed > 0)
            Log.KeyRingEncrypted(logger, renewed, keys.Current.Fingerprint);
    }

    /// <summary>Checks that the keys can be read, and changes nothing.</summary>
    /// <exception cref="StartException">They cannot be read; the message says what to set.</exception>
    public static async Task CheckAsync(NpgsqlDataSource database, RingKeys keys, CancellationToken ct)
    {
        foreach (var (name, xml) in await ReadAsync(database, ct))
            Check(Parse(name, xml), name, keys);
    }

    private static XElement Parse(string name, string xml)
    {
        try
        {
            return XElement.Parse(xml);
        }
        catch (XmlException e)
        {
            throw new StartException(
                $"The entry '{name}' of the key ring in the database (table page_key) is damaged. Restore it from a backup.",
                e
            );
        }
    }

    private static void Check(XElement stored, string name, RingKeys keys)
    {
        foreach (var encrypted in RingXml.EncryptedIn(stored))
        {
            var with = RingXml.WithOf(encrypted);

            if (keys.Current is null)
                throw new StartException(
                    $"The key ring in the database is encrypted, and {RingKeys.KeySetting} is not set. Set it, or {RingKeys.KeySetting}File, to the key that it was encrypted with ({with})."
                );

            if (keys.Find(with) is null)
                throw new StartException(
                    $"The key ring in the database is encrypted with another key ({with}) than {RingKeys.KeySetting} ({keys.Current.Fingerprint}). Set that one, or give it as {RingKeys.OtherSetting} to change the key."
                );

            try
            {
                RingXml.Decrypt(encrypted, keys);
            }
            catch (Exception e) when (e is CryptographicException or FormatException or XmlException)
            {
                throw new StartException(
                    $"The entry '{name}' of the key ring in the database (table page_key) was changed and cannot be read. Restore it from a backup.",
                    e
                );
            }
        }
    }

    private static async Task<List<(string Name, string Xml)>> ReadAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand(List);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<(string, string)>();

        while (await reader.ReadAsync(ct))
            found.Add((reader.GetString(1), reader.GetString(0)));

        return found;
    }

    private static async Task<int> ChangeAsync(NpgsqlDataSource database, string name, string before, string after, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Change);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = before });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = after });
        return await command.ExecuteNonQueryAsync(ct);
    }
}
