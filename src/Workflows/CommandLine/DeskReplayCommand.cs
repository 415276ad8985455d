using System.Security.Cryptography;
using ServiceLoop.Workflows.Replay;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.CommandLine;

/// <summary>The verb <c>replay</c>: plays a log of cases through the whole product on compressed time.</summary>
internal static class DeskReplayCommand
{
    // Of the calendars that come with the product.
    private const string Zone = "Asia/Shanghai";

    private static readonly TimeSpan BeforeTheFirst = TimeSpan.FromHours(2);

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Commands.Console console, CancellationToken ct)
    {
        var options = ReplayOptions.Read(arguments);
        var folder = Path.GetFullPath(options.Keep ?? Path.Combine(Path.GetTempPath(), $"serviceloop-replay-{Guid.NewGuid():N}"));

        try
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(Zone);
            var log = CaseLog.Read(options.Log, zone);
            var lessons = Lessons.Of(CustomerMessage.Read(options.Messages));
            var other = options.SameAs is { } path ? ReplayTotalsFile.Read(path) : null;
            var articles = options.Articles is { } shelf ? ReplayArticles.Read(shelf, log[0].Begins) : ReplayArticles.None;
            Directory.CreateDirectory(folder);
            var report = await PlayAsync(
                options,
                folder,
                zone,
                [.. log.Take(options.Cases ?? log.Length)],
                (lessons, articles),
                console,
                ct
            );
            await console.Out.WriteLineAsync(ReportTable.Of(report));

            if (options.Json is { } json)
                await File.WriteAllTextAsync(json, report.ToJson(), ct);

            if (options.Report is { } page)
                await File.WriteAllTextAsync(page, ReportPage.Of(report), ct);

            var differences = other is null ? [] : ReplayComparison.Of(other, report);

            if (other is not null)
                await console.Out.WriteLineAsync(ReplayComparison.ToText(options.SameAs!, differences));

            return report.IsWell && !differences.Any(d => d.MustAgree) ? Commands.Ok : Commands.Failed;
        }
        catch (Exception e) when (e is ReplayFileException or StartException or IOException or UnauthorizedAccessException)
        {
            await console.Error.WriteLineAsync(e.Message);
            return Commands.Failed;
        }
        finally
        {
            if (options.Keep is null && Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<ReplayReport> PlayAsync(
        ReplayOptions options,
        string folder,
        TimeZoneInfo zone,
        IReadOnlyList<LoggedCase> cases,
        (Lessons Lessons, ReplayArticles Articles) known,
        Commands.Console console,
        CancellationToken ct
    )
    {
        var (lessons, articles) = known;
        var startedAt = DateTimeOffset.UtcNow;
        var progress = new ReplayProgress(console.Out, ReferenceEquals(console.Out, Console.Out) && !Console.IsOutputRedirected);
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        progress.Say("The database and the nodes start …");
        await using var database = await ReplayDatabase.MakeAsync(
            options.Database,
            folder,
            $"serviceloop_replay_{startedAt:yyyyMMddHHmmss}_{Environment.ProcessId}",
            ct
        );
        using var doors = new Doors(key);
        var from = cases[0].Begins - BeforeTheFirst;
        // People are prepared before time is compressed: they are not to be late for the first day.
        var time = new ReplayTime(doors, from, options.Speed);
        await using var cluster = new ReplayCluster(new NodeSettings(database, key, options.Definitions, folder), doors, time);
        await cluster.StartAsync(options.Nodes, ct);
        var stage = new ReplayStage(doors, time, new Agenda(), new Chance(options.Seed), zone)
        {
            Categories = [.. lessons.Said.Select(m => m.Category).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        };
        var agents = new SimulatedAgents(stage, options.Agents);
        var customers = new SimulatedCustomers(stage);
        var learned = Path.Combine(folder, "lessons.csv");
        await lessons.WriteAsync(learned, ct);
        await new ReplayDesk(stage, agents, articles, progress).PrepareAsync(learned, database.Address, cluster.Nodes, ct);
        var run = new ReplayRun(stage, agents, customers, cluster, progress, options);
        var begun = TimeProvider.System.GetTimestamp();
        var processor = cluster.ProcessorTime;
        await run.PlayAsync(customers.Script(cases, lessons.Said), ct);
        var seconds = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
        progress.Clear();
        var to = time.Now;
        var window = $"from={from:yyyy-MM-ddTHH:mm:ssZ}&to={to.AddMinutes(1):yyyy-MM-ddTHH:mm:ssZ}";
        var kpis = await doors.GetAsync($"/api/kpis?{window}", ct);
        var settled = await doors.GetAsync($"/api/knowledge/automation?{window}", ct);
        return new()
        {
            Log = Path.GetFileName(options.Log),
            Cases = cases.Count,
            Seed = options.Seed,
            Agents = options.Agents,
            Nodes = options.Nodes,
            Killed = cluster.Killed,
            StartedAt = startedAt,
            Seconds = seconds,
            CasesPerSecond = cases.Count / seconds,
            NodeSeconds = (cluster.ProcessorTime - processor).TotalSeconds,
            From = from,
            To = to,
            Spent = run.Spent,
            Jumps = time.Jumps,
            Stalls = time.Stalls,
            Requests = doors.Requests,
            Learned = stage.IsTrained ? lessons.Learned.Length : 0,
            Ends = await run.EndsAsync(ct),
            Totals = stage.Totals.All,
            Refusals = System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, doors.Refusals),
            Open = await run.OpenCasesAsync(ct),
            Unbound = customers.Unbound,
            Kpis = ReplayReport.ReadKpis(kpis),
            Articles = articles.Files.Length,
            Automation = ReplayReport.ReadAutomation(settled),
        };
    }
}
