using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceLoop.Identity;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Bench.Measuring;
using ServiceLoop.Runtime.Bench.Server;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.Runtime.Bench.SignIn;

/// <summary>Many people who sign in at the same moment, beside the bare check of as many passwords on the same cores; then the price of asking for a permission.</summary>
internal sealed class SignInMode : IBenchMode
{
    private const string Password = "four quiet green lamps";
    private const int Demands = 10_000_000;

    public string Name => "signin";

    public string Usage =>
        "[--people 200] [--rounds 3]: sign-in of all at once beside bare password checks; the price of one permission check";

    public async Task RunAsync(Arguments arguments, CancellationToken ct)
    {
        var count = arguments.Number("people", 200);
        var rounds = arguments.Number("rounds", 3);
        await using var server = await BenchServer.StartAsync(ct);
        await using var services = Services(server.Database);
        var names = await HireAsync(services, count, ct);
        Console.WriteLine($"{await server.DescribeAsync(ct)}. {rounds} rounds, in turn; medians. Load at the start: {Machine.Load()}.\n");
        Console.WriteLine($"| {count} at once | p50 ms | p95 ms | last ms | core s |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        List<Figure> bare = [];
        List<Figure> whole = [];
        var signIn = services.GetRequiredService<Identity.Entrance.SignIn>();
        var hasher = new PasswordHasher<string>();
        var hash = hasher.HashPassword("", Password);

        for (var round = 0; round <= rounds; round++)
        {
            var hashes = await MeasureAsync(names, (_, turns) => Bare(hasher, hash, turns, ct));
            var signIns = await MeasureAsync(
                names,
                async (name, _) =>
                {
                    if (
                        await signIn.WithPasswordAsync(name, Password, new Caller("192.0.2.7", "bench"), ct)
                        is not Identity.Entrance.SignInResult.Done
                    )
                        throw new InvalidOperationException($"'{name}' was not let in.");
                }
            );

            // The first only warms up.
            if (round > 0)
            {
                bare.Add(hashes);
                whole.Add(signIns);
            }
        }

        Write("password checks alone", bare);
        Write("sign-in: check, lock count, session, audit", whole);
        var share = Latencies.Median(bare.Zip(whole, (b, w) => b.Latency[^1] / w.Latency[^1]));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"\nIn the median round the last one is in at {share * 100:0} % of the speed of the checks alone.\n"
            )
        );
        AskOften(services);
    }

    /// <param name="Latency">Milliseconds from the common start, sorted.</param>
    /// <param name="Cores">Seconds of processor time of this program.</param>
    private sealed record Figure(double[] Latency, double Cores);

    // The product's own limit: as many at once as there are cores.
    private static async Task Bare(PasswordHasher<string> hasher, string hash, SemaphoreSlim turns, CancellationToken ct)
    {
        await turns.WaitAsync(ct);

        try
        {
            if (hasher.VerifyHashedPassword("", hash, Password) == PasswordVerificationResult.Failed)
                throw new InvalidOperationException("The password is right.");
        }
        finally
        {
            turns.Release();
        }
    }

    private static async Task<Figure> MeasureAsync(IReadOnlyList<string> names, Func<string, SemaphoreSlim, Task> enter)
    {
        using var turns = new SemaphoreSlim(Environment.ProcessorCount);
        using var process = Process.GetCurrentProcess();
        var cores = process.TotalProcessorTime;
        var begun = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(
            names.Select(name =>
                Task.Run(async () =>
                {
                    await enter(name, turns);
                    return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
                })
            )
        );
        process.Refresh();
        return new([.. times.Order()], (process.TotalProcessorTime - cores).TotalSeconds);
    }

    private static void Write(string what, IReadOnlyList<Figure> figures)
    {
        double Of(Func<Figure, double> value) => Latencies.Median(figures.Select(value));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {what} | {Of(f => Latencies.Percentile(f.Latency, 0.5)):0} | {Of(f => Latencies.Percentile(f.Latency, 0.95)):0} | {Of(f => f.Latency[^1]):0} | {Of(f => f.Cores):0.0} |"
            )
        );
    }

    private static void AskOften(IServiceProvider services)
    {
        var access = services.GetRequiredService<IAccess>();
        var may = System.Collections.Frozen.FrozenSet.ToFrozenSet(Permissions.All, StringComparer.Ordinal);
        using var _ = services.GetRequiredService<Acting>().As(new Actor(ActorKind.Person, "p", "ann") { Permissions = may });

        foreach (var rounds in new[] { Demands / 10, Demands })
        {
            using var process = Process.GetCurrentProcess();
            var before = process.TotalProcessorTime;

            for (var n = 0; n < rounds; n++)
                access.Demand(Permissions.InstancesMigrate);

            process.Refresh();
            var each = (process.TotalProcessorTime - before).TotalNanoseconds / rounds;

            if (rounds == Demands)
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"One `Demand`: {each:0.0} ns of a core. Load at the end: {Machine.Load()}."
                    )
                );
        }
    }

    private static async Task<IReadOnlyList<string>> HireAsync(IServiceProvider services, int count, CancellationToken ct)
    {
        var acting = services.GetRequiredService<Acting>();
        using var _ = acting.As(Actor.System);
        var people = services.GetRequiredService<People>();
        var names = Enumerable.Range(1, count).Select(n => $"bench-{n}").ToArray();

        foreach (var name in names)
            await people.CreateAsync(name, new PersonRequest { Roles = ["agent"] }, Password, ct);

        return names;
    }

    private static ServiceProvider Services(NpgsqlDataSource database)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(database);
        services.AddPostgresStore(new PostgresStoreOptions());
        services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        services.AddServiceLoopIdentity(new PeopleOptions());
        return services.BuildServiceProvider();
    }
}
