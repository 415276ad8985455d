namespace ServiceLoop.Runtime.Postgres.Embedded;

/// <summary>Who runs the server. PostgreSQL refuses root, so a root process hands its programs to an account without rights.</summary>
/// <remarks>Linux only; on Windows <c>pg_ctl</c> gives up an administrator's rights by itself.</remarks>
internal sealed class ServerAccount
{
    // The distribution's own account first: it exists to run PostgreSQL.
    private static readonly string[] Preferred = ["postgres", "nobody"];
    private static readonly string[] SystemFolders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    private readonly string ids;
    private readonly string switcher;

    private ServerAccount(string ids, string switcher)
    {
        this.ids = ids;
        this.switcher = switcher;
    }

    public static bool IsRoot => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    /// <summary>The account for the cluster in <paramref name="home"/>: its owner, or a fresh choice. Null = run as the current user.</summary>
    public static async Task<ServerAccount?> FindAsync(DataHome home, CancellationToken ct)
    {
        if (!IsRoot)
        {
            return null;
        }

        var setpriv =
            SystemFolders.Select(folder => Path.Combine(folder, "setpriv")).FirstOrDefault(File.Exists)
            ?? throw new EmbeddedPostgresException(
                "PostgreSQL does not run as root, and the program setpriv (package util-linux) that would start it as another user is missing. "
                    + "Install it, start ServiceLoop as an ordinary user, or set ConnectionStrings__Default."
            );
        return new(home.HasCluster ? await OwnerAsync(home, ct) : FromPasswd(), setpriv);
    }

    /// <summary>The same command, as this account. Replaces itself: the process id and the signals stay those of the program.</summary>
    public Command Switch(Command command)
    {
        var (user, group) = (ids.Split(':')[0], ids.Split(':')[1]);
        return new(
            switcher,
            ["--reuid", user, "--regid", group, "--clear-groups", "--inh-caps=-all", "--", command.File, .. command.Arguments]
        );
    }

    /// <summary>Gives a file or folder, not what is inside it, to this account.</summary>
    public async Task OwnAsync(string path, CancellationToken ct)
    {
        var result = await Command.Of("chown", ids, path).RunAsync("/", ct);
        if (!result.Succeeded)
        {
            throw EmbeddedPostgresException.Of(
                $"'{path}' could not be given to the account {ids} that runs PostgreSQL:",
                result.Said,
                $"Set {EmbeddedPostgresOptions.HomeVariable} to a folder on a disk that knows owners."
            );
        }
    }

    /// <summary>Fails with the reason if this account cannot work in <paramref name="folder"/>, usually a closed parent such as root's home.</summary>
    public async Task RequireReachAsync(string folder, CancellationToken ct)
    {
        if ((await Switch(Command.Of("test", "-x", folder)).RunAsync("/", ct)).Succeeded)
        {
            return;
        }

        throw new EmbeddedPostgresException(
            $"PostgreSQL does not run as root, and the account {ids} that runs it instead cannot enter '{folder}'{ClosedParent(folder)}. "
                + $"Let others pass through (chmod o+x), or choose a place where they may, for example below /var/lib, "
                + $"with {EmbeddedPostgresOptions.HomeVariable} for the data or {EmbeddedPostgresOptions.BinVariable} for the programs."
        );
    }

    private static string ClosedParent(string folder)
    {
        for (
            var parent = Path.GetDirectoryName(folder);
            !OperatingSystem.IsWindows() && parent is not null;
            parent = Path.GetDirectoryName(parent)
        )
        {
            if (!File.GetUnixFileMode(parent).HasFlag(UnixFileMode.OtherExecute))
            {
                return $" because '{parent}' is closed to others";
            }
        }

        return "";
    }

    // A cluster stays with the account that made it, also when the system gets an account "postgres" later.
    private static async Task<string> OwnerAsync(DataHome home, CancellationToken ct)
    {
        var result = await Command.Of("stat", "-c", "%u:%g", home.Data).RunAsync("/", ct);
        return result.Succeeded
            ? result.Output.Trim()
            : throw EmbeddedPostgresException.Of(
                $"The owner of '{home.Data}' could not be read:",
                result.Said,
                "Start ServiceLoop as an ordinary user, or set ConnectionStrings__Default."
            );
    }

    private static string FromPasswd()
    {
        var accounts = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Where(fields => fields.Length > 3).ToList();
        var account =
            Preferred.Select(name => accounts.Find(fields => fields[0] == name)).FirstOrDefault(fields => fields is not null)
            ?? throw new EmbeddedPostgresException(
                $"PostgreSQL does not run as root, and this system has none of the accounts {string.Join(", ", Preferred)} to run it as. "
                    + "Start ServiceLoop as an ordinary user, or set ConnectionStrings__Default."
            );
        return $"{account[2]}:{account[3]}";
    }
}
