using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Runtime.Bench.Measuring;
using ServiceLoop.Runtime.Bench.Server;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Calendars;
using ServiceLoop.ServiceDesk.Clocks;

namespace ServiceLoop.Runtime.Bench.Clocks;

/// <summary>A holiday that is added late to the calendar of many running clocks: how long it takes, and what those notice who pause clocks meanwhile.</summary>
internal sealed class ClocksMode : IBenchMode
{
    private static readonly string Multiply = SqlFile.Beside<ClocksMode>("sla_clock.multiply");
    private static readonly string MultiplyWork = SqlFile.Beside<ClocksMode>("work.multiply");

    public string Name => "clocks";

    public string Usage => "[--clocks 200000] [--callers 4] [--seconds 10]: a late holiday, and pauses of clocks beside it and without it";

    public async Task RunAsync(Arguments arguments, CancellationToken ct)
    {
        var (clocks, callers) = (arguments.Number("clocks", 200_000), arguments.Number("callers", 4));
        await using var server = await BenchServer.StartAsync(ct);
        await using var services = new ServiceCollection()
            .AddSingleton(server.Database)
            .AddSingleton(new WorkflowCompiler(ActivityCatalog.WithEngineActivities(), []))
            .AddPostgresStore()
            .AddServiceLoopRuntime()
            .AddServiceDesk()
            .BuildServiceProvider();
        Console.WriteLine($"{await server.DescribeAsync(ct)}. Load at the start: {Machine.Load()}.\n");

        var (calendarId, clockId) = await SeedAsync(services, clocks, ct);
        await ExecuteAsync(server.Database, "vacuum analyze sla_clock", ct);
        await ExecuteAsync(server.Database, "vacuum analyze work", ct);

        using var without = CancellationTokenSource.CreateLinkedTokenSource(ct);
        without.CancelAfter(TimeSpan.FromSeconds(arguments.Number("seconds", 10)));
        var alone = await PauseAsync(services, clockId, clocks, callers, without.Token);

        var calendars = services.GetRequiredService<CalendarService>();
        var day = DateTime.UtcNow.AddDays(2);
        await calendars.ImportAsync(calendarId, $"{day:yyyy-MM-dd},late,true", [], ct);
        using var beside = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var callersBeside = PauseAsync(services, clockId, clocks, callers, beside.Token);
        var watch = Stopwatch.StartNew();
        await PumpAsync(services, calendars, calendarId, watch, ct);
        watch.Stop();
        await beside.CancelAsync();
        var busy = await callersBeside;

        var done = (await calendars.RecomputesAsync(calendarId, ct))[0];
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"\n{done.Total} clocks: {done.Done} reckoned by the job, {done.Moved} moved; {watch.Elapsed.TotalSeconds:0.0} s ({done.Done / watch.Elapsed.TotalSeconds:0}/s)\n"
            )
        );
        Console.WriteLine("| pauses and resumes | number | p50 ms | p95 ms | p99 ms | most ms |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        Row("without", alone);
        Row("beside the job", busy);
        Console.WriteLine($"\nLoad at the end: {Machine.Load()}.");
    }

    private static async Task<(string CalendarId, string ClockId)> SeedAsync(ServiceProvider services, int clocks, CancellationToken ct)
    {
        var weekly = Enum.GetValues<DayOfWeek>()
            .SelectMany(d => new[] { new WeeklyHours(d, new(540, 720)), new WeeklyHours(d, new(810, 1080)) });
        var calendar = await services
            .GetRequiredService<CalendarService>()
            .CreateAsync(new("Bench", "Asia/Shanghai", null, [.. weekly], [], "bench"), ct);
        var policies = services.GetRequiredService<SlaPolicyService>();
        var content = new PolicyContent { Targets = [new([], SlaTarget.Minutes(4800))], CalendarId = calendar.Calendar.Id };
        var policy = await policies.CreateAsync("bench", "resolution", content, ct);
        await policies.ActivateAsync(policy.PolicyId, 1, ct);
        var clock = await services
            .GetRequiredService<ClockService>()
            .StartAsync(
                new()
                {
                    Id = "bench",
                    CaseId = "case",
                    Metric = "resolution",
                    At = DateTimeOffset.UtcNow.AddHours(-5),
                },
                ct
            );
        var database = services.GetRequiredService<NpgsqlDataSource>();

        foreach (var sql in new[] { Multiply, MultiplyWork })
        {
            await using var command = database.CreateCommand(sql);
            command.CommandTimeout = 300;
            command.Parameters.Add(Arg.Text(clock.Id));
            command.Parameters.Add(Arg.Integer(clocks));
            await command.ExecuteNonQueryAsync(ct);
        }

        return (calendar.Calendar.Id, clock.Id);
    }

    /// <summary>Callers that pause a clock, let it go on, and take another one, until they are stopped.</summary>
    private static async Task<double[]> PauseAsync(
        ServiceProvider services,
        string clockId,
        int clocks,
        int callers,
        CancellationToken stop
    )
    {
        var service = services.GetRequiredService<ClockService>();
        var took = new ConcurrentBag<double>();

        await Task.WhenAll(
            Enumerable
                .Range(0, callers)
                .Select(caller =>
                    Task.Run(
                        async () =>
                        {
                            for (var i = caller; !stop.IsCancellationRequested; i += callers)
                            {
                                var id = string.Create(CultureInfo.InvariantCulture, $"{clockId}-{1 + (i * 7919L % clocks)}");
                                var ask = new ClockAsk
                                {
                                    Id = id,
                                    Verb = ClockVerb.None,
                                    At = default,
                                    Reason = "agreed-callback",
                                };

                                foreach (var verb in new[] { ClockVerb.Pause, ClockVerb.Resume })
                                {
                                    var begun = Stopwatch.GetTimestamp();
                                    await service.AskAsync(id, verb, ask, CancellationToken.None);
                                    took.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                                }
                            }
                        },
                        CancellationToken.None
                    )
                )
        );
        return [.. took.Order()];
    }

    private static async Task PumpAsync(
        ServiceProvider services,
        CalendarService calendars,
        string calendarId,
        Stopwatch watch,
        CancellationToken ct
    )
    {
        var (store, runner) = (services.GetRequiredService<IWorkflowStore>(), services.GetRequiredService<WorkRunner>());
        var told = 0;

        while (true)
        {
            var now = DateTimeOffset.UtcNow;

            foreach (var work in await store.LeaseDueAsync(now, now.AddMinutes(5), 10, ct))
                await runner.RunAsync(work, ct);

            var progress = (await calendars.RecomputesAsync(calendarId, ct))[0];

            if (progress.FinishedAt is not null)
                return;

            if (progress.Done * 4 / progress.Total > told)
                Console.WriteLine($"{++told * 25} %: {progress.Done} of {progress.Total} after {watch.Elapsed.TotalSeconds:0.0} s");
        }
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql, CancellationToken ct)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 300;
        await command.ExecuteNonQueryAsync(ct);
    }

    private static void Row(string what, double[] sorted) =>
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {what} | {sorted.Length} | {At(sorted, 0.5):0.0} | {At(sorted, 0.95):0.0} | {At(sorted, 0.99):0.0} | {sorted[^1]:0.0} |"
            )
        );

    private static double At(double[] sorted, double share) => sorted[(int)((sorted.Length - 1) * share)];
}
