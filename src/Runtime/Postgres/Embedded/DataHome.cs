using System.Globalization;

namespace ServiceLoop.Runtime.Postgres.Embedded;

/// <summary>The folder that survives restarts, and the names of what lies in it.</summary>
/// <remarks>
/// <c>data/</c> the cluster · <c>run.json</c> port and password · <c>pg/</c> the npm bundle · <c>instance.lock</c> held while starting or
/// stopping · <c>users.lock</c> shared by every running program that uses the server; the last one to leave stops it.
/// </remarks>
internal sealed class DataHome(string path)
{
    private const string Name = "serviceloop";

    // The server's account must be able to pass through; nobody else needs to list what is inside.
    private const UnixFileMode Passable = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string Root { get; } = Path.GetFullPath(path);

    public string Data => Path.Combine(Root, "data");

    public string RunFile => Path.Combine(Root, "run.json");

    public string Bundle => Path.Combine(Root, "pg");

    public string InstanceLock => Path.Combine(Root, "instance.lock");

    public string UsersLock => Path.Combine(Root, "users.lock");

    public bool HasCluster => File.Exists(Path.Combine(Data, "PG_VERSION"));

    /// <summary>Where the home is when nobody says otherwise.</summary>
    /// <exception cref="EmbeddedPostgresException">The user has no home folder.</exception>
    public static string DefaultPath()
    {
        if (ServerAccount.IsRoot)
        {
            return Path.Combine("/var/lib", Name);
        }

        var user = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return user.Length > 0
            ? Path.Combine(user, Name)
            : throw new EmbeddedPostgresException(
                $"There is no place for the database: this user has no home folder. Set {EmbeddedPostgresOptions.HomeVariable} to a folder, or ConnectionStrings__Default to a PostgreSQL."
            );
    }

    /// <summary>Makes the folder, or leaves the one that is there.</summary>
    public void Create()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Root);
        }
        else if (!Directory.Exists(Root))
        {
            Directory.CreateDirectory(Root);
            File.SetUnixFileMode(Root, ServerAccount.IsRoot ? Passable : OwnerOnly);
        }
    }

    /// <summary>Major version of the cluster, or null if there is none.</summary>
    public int? ClusterMajor() =>
        HasCluster ? int.Parse(File.ReadAllText(Path.Combine(Data, "PG_VERSION")).Trim(), CultureInfo.InvariantCulture) : null;
}
