using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Triage;
using ServiceLoop.ServiceDesk.TriageModels;
using ServiceLoop.Triage.Embeddings;
using ServiceLoop.Triage.Scoring;
using ServiceLoop.Triage.Training;
using ServiceLoop.Workflows.Start;
using Database = ServiceLoop.Workflows.Start.Database;

namespace ServiceLoop.Workflows.CommandLine;

/// <summary>The verb <c>train</c>: trains the model that tells what contacts want, and says how good it is.</summary>
internal static class TrainCommand
{
    private const int MostTruth = 100_000;

    public const string Usage = """
        train FILE.csv… [--label COLUMN] [--folds 5] [--threshold auto|X] [--cost 5] [--activate] [--dry-run] [--json FILE] [--corrections] [--examples] [--words-only]
          Trains the model that tells what contacts want from texts with labels, keeps it as a new version, and prints what was measured by cross-validation:
          each text judged by a model that had not seen it. Figures by intent, reliability of the confidence, and what thresholds mean.
          FILE.csv            UTF-8; columns text and label (or category, intent) by their header, else the first two
          --label COLUMN      header of the column of labels
          --folds N           parts of the cross-validation, 2 to 20 (default 5)
          --threshold X       from which confidence on the model acts alone, 0 to 1 (default auto: where the cost is lowest)
          --cost N            what a wrong route costs, where a question to a person costs 1 (default 5)
          --activate          puts the model in force on all nodes
          --dry-run           keeps nothing
          --json FILE         writes the report as JSON
          --corrections       learns from what people have corrected, too
          --examples          learns from the examples of the product, too
          --words-only        leaves out what sentences mean (an embedding for English): quicker, smaller, and less often right
          --database ADDRESS  connection string (default: what the server uses: ConnectionStrings__Default, DATABASE_URL, else the embedded server)
          Exit code: 0 when a model was trained, 1 otherwise.
        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Commands.Console console, CancellationToken ct)
    {
        var given = Arguments.Parse(
            arguments,
            ["--label", "--folds", "--threshold", "--cost", "--json", "--database"],
            ["--activate", "--dry-run", "--corrections", "--examples", "--words-only"]
        );

        if (given.Free.Count == 0 && !given.Has("--examples"))
            throw new UsageException("Name at least one file.");

        if (given.Has("--dry-run") && (given.Has("--activate") || given.Has("--corrections")))
            throw new UsageException("--dry-run opens no database: leave out --activate and --corrections.");

        var options = Options(given);

        try
        {
            var examples = given.Free.SelectMany(f => LabelledFile.Read(f, given.Find("--label"))).ToList();

            if (given.Has("--examples"))
                examples.AddRange(StarterModel.Examples());

            if (given.Has("--dry-run"))
            {
                await TellAsync(await TrainAsync(examples, options, given, console, ct), given, console, ct);
                return Commands.Ok;
            }

            return await KeepAsync(examples, options, given, console, ct);
        }
        catch (LabelledFileException e)
        {
            foreach (var fault in e.Faults)
                await console.Error.WriteLineAsync(fault);
        }
        catch (TrainingRefusedException e)
        {
            await console.Error.WriteLineAsync(e.Message);
        }
        catch (StartException e)
        {
            await console.Error.WriteLineAsync(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await console.Error.WriteLineAsync($"The report cannot be written: {e.Message.ReplaceLineEndings(" ")}");
        }

        return Commands.Failed;
    }

    private static TrainingOptions Options(Arguments given)
    {
        var options = new TrainingOptions();
        return options with
        {
            Folds = (int)Number(given, "--folds", options.Folds, 2, 20),
            WrongRouteCost = Number(given, "--cost", options.WrongRouteCost, 0, 1000),
            Threshold = given.Find("--threshold") is null or "auto" ? null : Number(given, "--threshold", 0, 0, 1),
        };
    }

    private static double Number(Arguments given, string name, double usual, double least, double most) =>
        given.Find(name) is not { } text ? usual
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && number >= least
        && number <= most
        && (name != "--folds" || number == Math.Floor(number))
            ? number
        : throw new UsageException($"{name} is '{text}', and must be a number from {least} to {most}.");

    private static async Task<int> KeepAsync(
        List<LabelledText> examples,
        TrainingOptions options,
        Arguments given,
        Commands.Console console,
        CancellationToken ct
    )
    {
        await using var database = await Database.OpenAsync(
            ReplayCommand.Settings(given.Find("--database")),
            NullLoggerFactory.Instance,
            TimeProvider.System,
            ct
        );
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        var rows = new Runtime.Postgres.Store.Database(source, new PostgresStoreOptions());

        if (given.Has("--corrections"))
        {
            var truth = await new TriageStore(rows).TruthAsync(MostTruth, ct);
            await console.Out.WriteLineAsync($"{truth.Count} corrected texts");
            examples.AddRange(truth);
        }

        var trained = await TrainAsync(examples, options, given, console, ct);
        await TellAsync(trained, given, console, ct);
        using var listener = new NotifyListener(source, NullLogger<NotifyListener>.Instance);
        var models = new ModelDesk(new ModelStore(rows), listener, new OpenAccess(), TimeProvider.System);
        var note = string.Join(
            ", ",
            given.Free.Select(Path.GetFileName).Concat(given.Has("--examples") ? ["examples of the product"] : [])
        );
        var added = await models.AddAsync(trained.ToKept(note), given.Has("--activate"), ct);
        await console.Out.WriteLineAsync(
            $"Kept as version {added.Version} ({added.Bytes / 1048576.0:0.0} MiB, sha256 {added.Sha256[..12]}…), {(added.IsActive ? "in force" : "not in force: use --activate, or POST /api/triage/models/" + added.Version + "/activation")}."
        );
        return Commands.Ok;
    }

    private static async Task<TrainingResult> TrainAsync(
        List<LabelledText> examples,
        TrainingOptions options,
        Arguments given,
        Commands.Console console,
        CancellationToken ct
    )
    {
        await console.Out.WriteLineAsync(
            $"{examples.Count} examples, {examples.Select(e => e.Label).Distinct(StringComparer.Ordinal).Count()} intents"
        );
        using var embedding = given.Has("--words-only") ? null : new MiniLm();
        return await Task.Run(() => ModelTraining.Run(examples, options, embedding, part => console.Out.WriteLine($"… {part}"), ct), ct);
    }

    private static async Task TellAsync(TrainingResult trained, Arguments given, Commands.Console console, CancellationToken ct)
    {
        await console.Out.WriteAsync(TrainingTable.Of(trained.Report));

        if (given.Find("--json") is { } path)
            await File.WriteAllTextAsync(path, trained.Report.ToJson(isIndented: true), new UTF8Encoding(false), ct);
    }
}
