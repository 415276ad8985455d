using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ServiceLoop.Runtime.Postgres.Embedded;

/// <summary>Creates the cluster and writes its settings.</summary>
internal sealed class Cluster(
    EmbeddedPostgresOptions options,
    DataHome home,
    PostgresBinaries binaries,
    ServerAccount? account,
    ILogger logger,
    TimeProvider time
)
{
    /// <summary>The superuser that initdb makes; the only role there is.</summary>
    public const string User = "serviceloop";

    private const string Include = "serviceloop.conf";

    /// <summary>Runs initdb beside the final place and moves the finished cluster there: a crash leaves no half cluster.</summary>
    public async Task CreateAsync(string password, CancellationToken ct)
    {
        Log.CreatingCluster(logger, home.Data);
        RequireNoForeignFiles();
        DropDrafts();
        var draft = Path.Combine(home.Root, $"data.tmp-{Guid.NewGuid():N}");
        var passwordFile = draft + ".password";
        try
        {
            Directory.CreateDirectory(draft);
            PrivateFile.Write(passwordFile, password);
            await GiveToAccountAsync(draft, passwordFile, ct);
            await StillBusy.TellAsync(InitAsync(draft, passwordFile, ct), "initdb is creating the cluster", logger, time, ct);
        }
        finally
        {
            File.Delete(passwordFile);
        }

        AppendDurably(
            Path.Combine(draft, "postgresql.conf"),
            $"\n# Written at every start by ServiceLoop\ninclude_if_exists = '{Include}'\n"
        );
        Directory.Move(draft, home.Data);
    }

    /// <summary>Rewrites our settings: defaults, then the caller's. What an owner adds at the end of postgresql.conf wins over both.</summary>
    public async Task ConfigureAsync(int port, CancellationToken ct)
    {
        var settings = new Dictionary<string, string>(Defaults)
        {
            ["port"] = port.ToString(CultureInfo.InvariantCulture),
            ["wal_compression"] = await Lz4OrOwnAsync(ct),
        };
        foreach (var (name, value) in options.Settings)
        {
            settings[name] = value;
        }

        var lines = settings
            .OrderBy(setting => setting.Key, StringComparer.Ordinal)
            .Select(setting => $"{setting.Key} = '{setting.Value.Replace("'", "''")}'\n");
        var path = Path.Combine(home.Data, Include);
        await File.WriteAllTextAsync(
            path,
            "# Rewritten at every start; put your own settings at the end of postgresql.conf.\n" + string.Concat(lines),
            ct
        );
        if (!OperatingSystem.IsWindows())
        {
            // The account that runs the server must read it whatever the umask; the folder around it is closed to everybody else.
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
    }

    // fsync, synchronous_commit and full_page_writes are on by default, and stay so.
    private static readonly Dictionary<string, string> Defaults = new()
    {
        ["listen_addresses"] = "127.0.0.1",
        ["unix_socket_directories"] = "",
        // Some nodes, each with its pools; one that is not used costs nearly nothing.
        ["max_connections"] = "300",
        ["shared_buffers"] = "256MB",
        ["max_wal_size"] = "2GB",
        ["checkpoint_timeout"] = "15min",
        ["timezone"] = "UTC",
        ["log_timezone"] = "UTC",
        ["lc_messages"] = "C",
        // A week of log files, each overwritten by the next week's.
        ["logging_collector"] = "on",
        ["log_directory"] = "log",
        ["log_filename"] = "postgresql-%a.log",
        ["log_truncate_on_rotation"] = "on",
        ["log_rotation_age"] = "1d",
        ["log_rotation_size"] = "0",
    };

    private async Task<CommandResult> InitAsync(string draft, string passwordFile, CancellationToken ct)
    {
        var initdb = Command.Of(
            binaries.InitDb,
            [
                "-D",
                draft,
                "-U",
                User,
                "-A",
                "scram-sha-256",
                "--pwfile",
                passwordFile,
                "-E",
                "UTF8",
                "--data-checksums",
                .. Locale(),
                .. Sync(),
            ]
        );
        var result = await As(initdb).RunAsync(home.Root, ct);
        return result.Succeeded
            ? result
            : throw EmbeddedPostgresException.Of(
                $"initdb {binaries.Version} from '{binaries.Directory}' could not create the cluster in '{home.Root}' (exit code {result.ExitCode}):",
                result.Said,
                $"Give the folder space and rights, or set {EmbeddedPostgresOptions.HomeVariable} to another one."
            );
    }

    // With LC_CTYPE "C" pg_trgm sees no letters beyond ASCII. Byte order for sorting is what we want; macOS and Windows have no libc locale with both.
    private string[] Locale()
    {
        if (OperatingSystem.IsLinux())
        {
            return ["--locale=C.UTF-8"];
        }

        var libc = OperatingSystem.IsWindows() ? "--locale=en-US" : "--locale=en_US.UTF-8";
        return binaries.Version.Major >= 17 ? [libc, "--locale-provider=builtin", "--builtin-locale=C.UTF-8"] : [libc];
    }

    // Who gives up durability for speed means the creation too.
    private string[] Sync() => options.Settings.GetValueOrDefault("fsync") is "off" ? ["--no-sync"] : [];

    // lz4 costs less CPU than PostgreSQL's own method, but not every build has it, and PostgreSQL 14 not at all.
    private async Task<string> Lz4OrOwnAsync(CancellationToken ct)
    {
        var probe = Command.Of(binaries.Postgres, "-D", home.Data, "-C", "wal_compression", "-c", "wal_compression=lz4");
        return (await As(probe).RunAsync(home.Root, ct)).Succeeded ? "lz4" : "on";
    }

    private async Task GiveToAccountAsync(string draft, string passwordFile, CancellationToken ct)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(draft, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        if (account is not null)
        {
            await account.OwnAsync(draft, ct);
            await account.OwnAsync(passwordFile, ct);
            await account.RequireReachAsync(draft, ct);
            await account.RequireReachAsync(binaries.InitDb, ct);
        }
    }

    private void RequireNoForeignFiles()
    {
        if (Directory.Exists(home.Data) && Directory.EnumerateFileSystemEntries(home.Data).Any())
        {
            throw new EmbeddedPostgresException(
                $"'{home.Data}' has files but is not a PostgreSQL cluster: PG_VERSION is missing. "
                    + $"Restore the cluster from a backup, move the folder away, or set {EmbeddedPostgresOptions.HomeVariable} to another folder."
            );
        }

        if (Directory.Exists(home.Data))
        {
            Directory.Delete(home.Data);
        }
    }

    private void DropDrafts()
    {
        foreach (var draft in Directory.EnumerateFileSystemEntries(home.Root, "data.tmp-*"))
        {
            try
            {
                if (Directory.Exists(draft))
                {
                    Directory.Delete(draft, recursive: true);
                }
                else
                {
                    File.Delete(draft);
                }
            }
            catch (IOException)
            {
                // The initdb of a killed start may still be writing there; the next start drops it.
            }
        }
    }

    private static void AppendDurably(string path, string text)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write);
        file.Write(System.Text.Encoding.UTF8.GetBytes(text));
        file.Flush(flushToDisk: true);
    }

    private Command As(Command command) => account?.Switch(command) ?? command;
}
