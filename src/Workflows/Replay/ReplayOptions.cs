using System.Globalization;
using ServiceLoop.Runtime.DrivenTime;
using ServiceLoop.Workflows.CommandLine;

namespace ServiceLoop.Workflows.Replay;

/// <summary>What is to be replayed, and how.</summary>
internal sealed record ReplayOptions
{
    public const string Usage = """
        replay --log FILE.csv --messages FILE.csv [--agents N] [--speed X|max] [--nodes N] [--cases N] [--kill-after SHARE] [--report FILE.html]
               [--json FILE] [--same-as FILE.json] [--seed N] [--database ADDRESS] [--definitions FOLDER]
               [--articles FOLDER] [--keep FOLDER]
          Feeds a log of cases (CaseID,ActivityID,CompleteTimestamp) and messages of customers (text,category) through the doors of the product, on its own
          compressed time, with simulated agents and customers; then tells its key figures. The product runs as processes of its own, on a database of
          its own that is made for it.
          --agents N          simulated agents (default 6)
          --speed X|max       seconds of the product in a real second; max (default): as fast as work is done
          --nodes N           nodes of the product on the one database (default 1)
          --cases N           only the first N cases of the log
          --kill-after SHARE  ends a node with SIGKILL when this share of the cases has begun (0.5: in the middle), and starts it again
          --report FILE.html  the report as one page without requests to anywhere; --json FILE: the same as JSON
          --same-as FILE.json compares the totals with those of another report, and tells what differs; exit code 1 where they must agree and do not
          --seed N            of all that is drawn by chance (default 1)
          --database ADDRESS  a PostgreSQL on which the database is made (default: ConnectionStrings__Default, DATABASE_URL, else an embedded one)
          --definitions FOLDER  workflow definitions to import (default: those of the product)
          --articles FOLDER   articles (.md, as those of the starter set) that one person writes and another approves before the first customer comes; what a
                              standard one is about counts as a standard question (default: only the starter set, which knows nothing of the messages)
          --keep FOLDER       keeps data and the logs of the nodes there (default: a temporary folder, removed at the end)
          Exit code: 0 when every case has ended and nothing waits for ever, 1 otherwise.
        """;

    private const int MostAgents = 500;
    private const int MostNodes = 16;

    /// <summary>The log.</summary>
    public required string Log { get; init; }

    /// <summary>The messages.</summary>
    public required string Messages { get; init; }

    /// <summary>How many agents.</summary>
    public int Agents { get; init; } = 6;

    /// <summary>Seconds of the product in a real second; null for as fast as work is done.</summary>
    public double? Speed { get; init; }

    /// <summary>How many nodes.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>How many cases; null for all.</summary>
    public int? Cases { get; init; }

    /// <summary>Share of cases after which a node is killed; null for never.</summary>
    public double? KillAfter { get; init; }

    /// <summary>Where the page goes; null for nowhere.</summary>
    public string? Report { get; init; }

    /// <summary>Where the JSON goes; null for nowhere.</summary>
    public string? Json { get; init; }

    /// <summary>The report to compare with; null for none.</summary>
    public string? SameAs { get; init; }

    /// <summary>Seed of chance.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Address of the server; null for that of the settings.</summary>
    public string? Database { get; init; }

    /// <summary>Folder of definitions; null for the product's.</summary>
    public string? Definitions { get; init; }

    /// <summary>Folder of articles; null for none beside the product's.</summary>
    public string? Articles { get; init; }

    /// <summary>Folder that is kept; null for one that is removed.</summary>
    public string? Keep { get; init; }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="UsageException">It cannot be understood.</exception>
    public static ReplayOptions Read(IReadOnlyList<string> arguments)
    {
        var given = Arguments.Parse(
            arguments,
            [
                "--log",
                "--messages",
                "--agents",
                "--speed",
                "--nodes",
                "--cases",
                "--kill-after",
                "--report",
                "--json",
                "--same-as",
                "--seed",
                "--database",
                "--definitions",
                "--articles",
                "--keep",
            ],
            []
        );

        if (given.Free.Count > 0)
            throw new UsageException($"'{given.Free[0]}' stands free. Give files with --log and --messages.");

        var options = new ReplayOptions
        {
            Log = File(given, "--log"),
            Messages = File(given, "--messages"),
            Agents = Whole(given, "--agents", 1, MostAgents) ?? 6,
            Speed = given.Find("--speed") is null or "max" ? null : Number(given, "--speed", 0, Pace.Fastest),
            Nodes = Whole(given, "--nodes", 1, MostNodes) ?? 1,
            Cases = Whole(given, "--cases", 1, int.MaxValue),
            KillAfter = Number(given, "--kill-after", 0, 1),
            Report = given.Find("--report"),
            Json = given.Find("--json"),
            SameAs = given.Find("--same-as") is null ? null : File(given, "--same-as"),
            Seed = Whole(given, "--seed", 0, int.MaxValue) ?? 1,
            Database = given.Find("--database"),
            Definitions = given.Find("--definitions"),
            Articles = Folder(given, "--articles"),
            Keep = given.Find("--keep"),
        };

        return options is { KillAfter: not null, Nodes: 1 }
            ? throw new UsageException("--kill-after needs at least two nodes, of which one goes on: add --nodes 2.")
            : options;
    }

    private static string File(Arguments given, string name) =>
        given.Find(name) is not { Length: > 0 } path ? throw new UsageException($"{name} FILE.csv is missing.")
        : System.IO.File.Exists(path) ? path
        : throw new UsageException($"There is no file '{path}' for {name}.");

    private static string? Folder(Arguments given, string name) =>
        given.Find(name) is not { } path ? null
        : Directory.Exists(path) ? path
        : throw new UsageException($"There is no folder '{path}' for {name}.");

    private static int? Whole(Arguments given, string name, int least, int most) =>
        given.Find(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw new UsageException($"{name} is '{text}'. Give a whole number, {least} to {most}.");

    private static double? Number(Arguments given, string name, double above, double most) =>
        given.Find(name) is not { } text ? null
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        && number > above
        && number <= most
            ? number
        : throw new UsageException(
            string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}'. Give a number above {above}, at most {most}.")
        );
}
