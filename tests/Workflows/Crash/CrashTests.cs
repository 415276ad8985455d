using System.Diagnostics;
using System.Globalization;

namespace ServiceLoop.Workflows.Tests.Crash;

/// <summary>Two nodes under load on one PostgreSQL; nodes and database are killed with -9 again and again. Nothing may be lost, stuck or done twice.</summary>
/// <remarks>
/// Short here. For as long as you like: <c>SERVICELOOP_CRASH_ROUNDS=20 SERVICELOOP_CRASH_SEED=7 dotnet test --project tests/Workflows</c>; every tenth
/// round kills the database too, and the last one does in any case.
/// </remarks>
public sealed class CrashTests
{
    private const int Callers = 8;
    private static readonly TimeSpan RoundLength = TimeSpan.FromSeconds(3);

    // A lease of a dead node, a recovery, the first retries and a database that replays its log, one after the other.
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(180);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_lost_stuck_or_doubled_when_nodes_and_database_are_killed()
    {
        var rounds = Setting("SERVICELOOP_CRASH_ROUNDS", 3);
        var seed = Setting("SERVICELOOP_CRASH_SEED", Random.Shared.Next());
        var dice = new Random(seed);
        var definitions = Directory.CreateTempSubdirectory("serviceloop-crash-");
        await File.WriteAllTextAsync(Path.Combine(definitions.FullName, "crash-course.json"), Load.Definition, Ct);

        try
        {
            await using var world = await OutsideWorld.StartAsync(Ct);
            await using var database = await Database.StartAsync(Ct);
            await using var nodes = new Nodes(database.Address, definitions.FullName);
            await nodes.AddAsync(Ct);
            await nodes.AddAsync(Ct);
            var load = new Load(nodes, database, seed);
            using var enough = new CancellationTokenSource();
            using var done = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            var starting = Enumerable.Range(0, Callers).Select(_ => load.StartInstancesAsync(world.Address, enough.Token, Ct)).ToArray();
            var answering = load.AnswerTasksAsync(done.Token);

            for (var round = 1; round <= rounds; round++)
            {
                await Task.Delay(RoundLength * (0.5 + dice.NextDouble()), Ct);
                await nodes.KillOneAsync(dice, Ct);

                if (round % 10 == 0 || round == rounds)
                    await database.KillAndRestartAsync(Ct);
            }

            await enough.CancelAsync();
            await Task.WhenAll(starting);
            var clock = Stopwatch.StartNew();
            var alive = 0L;

            do
            {
                await Task.Delay(250, Ct);
                alive =
                    await database.CountAsync("select count(*) from workflow_instance where finished_at is null", Ct)
                    + await database.CountAsync("select count(*) from work", Ct);
            } while (alive > 0 && clock.Elapsed < SettleLimit);

            await done.CancelAsync();
            await answering.ContinueWith(_ => { }, Ct, TaskContinuationOptions.None, TaskScheduler.Default);
            TestContext.Current.SendDiagnosticMessage(
                $"seed {seed}: {rounds} rounds, {load.Started.Count} instances, {load.Repeated} calls repeated, settled after {clock.Elapsed.TotalSeconds:0.0} s"
            );

            load.Strange.ShouldBeEmpty($"seed {seed}");
            load.Started.Count.ShouldBeGreaterThan(rounds * Callers);
            await CheckAsync(load, database, world, $"seed {seed}");
            (await nodes.StopAsync(Ct)).ShouldAllBe(code => code == 0);
        }
        finally
        {
            definitions.Delete(recursive: true);
        }
    }

    private static async Task CheckAsync(Load load, Database database, OutsideWorld world, string seed)
    {
        var finished = await database.ListAsync("select id from workflow_instance where sub_status = 3 and incident_count = 0", Ct);
        var lost = load.Started.Except(finished, StringComparer.Ordinal).ToList();
        lost.Count.ShouldBe(0, $"{seed}: lost, stuck or faulted, for example {await DescribeAsync(database, lost.FirstOrDefault())}");
        finished.Except(load.Started, StringComparer.Ordinal).ShouldBeEmpty(seed);

        // Two effects for each instance: no fewer, and by their keys no more.
        world.Unnamed.ShouldBe(0, seed);
        world.Requests.Keys.Count(k => k.StartsWith("before ", StringComparison.Ordinal)).ShouldBe(finished.Count, seed);
        world.Requests.Keys.Count(k => k.StartsWith("after ", StringComparison.Ordinal)).ShouldBe(finished.Count, seed);

        // One start, two timers and one answer for each instance, each taken once.
        (await CountStimuliAsync(database, "start")).ShouldBe(finished.Count, seed);
        (await CountStimuliAsync(database, "resume")).ShouldBe(3 * finished.Count, seed);
        load.Answered.Count.ShouldBe(finished.Count, seed);

        (await database.CountAsync("select count(*) from bookmark", Ct)).ShouldBe(0, seed);
        (await database.CountAsync("select count(*) from work", Ct)).ShouldBe(0, seed);
        (await database.CountAsync("select count(*) from run_task", Ct)).ShouldBe(0, seed);
    }

    private static async Task<string> DescribeAsync(Database database, string? instanceId) =>
        string.Join(
            '\n',
            await database.ListAsync(
                $"""
                select 'state ' || convert_from(state, 'UTF8') || ' lease ' || coalesce(lease_owner, '-') from workflow_instance where id = '{instanceId}'
                union all
                select 'work ' || (to_jsonb(w) - 'payload')::text from work w where instance_id = '{instanceId}'
                """,
                Ct
            )
        );

    private static Task<long> CountStimuliAsync(Database database, string what) =>
        database.CountAsync(
            $"select count(*) from journal j, jsonb_array_elements(convert_from(j.stimuli, 'UTF8')::jsonb) s where s->>'what' = '{what}'",
            Ct
        );

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
