using System.Text;
using Npgsql;

namespace ServiceLoop.Workflows.Tests.Secrets;

/// <summary>Everything that stands in a database, as text: every row of every table of every schema, bytes as hexadecimal digits.</summary>
internal sealed class DatabaseDump
{
    private readonly Dictionary<string, string> tables = new(StringComparer.Ordinal);

    /// <summary>Names of the tables that were read.</summary>
    public IReadOnlyCollection<string> Tables => tables.Keys;

    public static async Task<DatabaseDump> ReadAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        var dump = new DatabaseDump();
        var names = new List<string>();

        await using (
            var list = database.CreateCommand(
                """
                select format('%I.%I', n.nspname, c.relname)
                from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'
                """
            )
        )
        await using (var reader = await list.ExecuteReaderAsync(ct))
            while (await reader.ReadAsync(ct))
                names.Add(reader.GetString(0));

        foreach (var name in names)
        {
            await using var command = database.CreateCommand($"select t::text from {name} t");
            await using var reader = await command.ExecuteReaderAsync(ct);
            var text = new StringBuilder();

            while (await reader.ReadAsync(ct))
                text.AppendLine(reader.GetString(0));

            dump.tables[name] = text.ToString();
        }

        return dump;
    }

    /// <summary>The tables in which a text stands: as it is, or within bytes or Base64.</summary>
    public IReadOnlyList<string> Holding(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        string[] spellings =
        [
            text,
            Convert.ToHexStringLower(bytes),
            Convert.ToBase64String(bytes).TrimEnd('=')[..^2],
            Uri.EscapeDataString(text),
        ];
        return [.. tables.Where(t => spellings.Any(s => t.Value.Contains(s, StringComparison.Ordinal))).Select(t => t.Key).Order()];
    }
}
