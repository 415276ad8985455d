using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ServiceLoop.Workflows.Tests.Crash;

/// <summary>Tasks whose answers, second answers, time-outs and deaths of nodes come at the same instant, on two real nodes that are killed with -9.</summary>
public sealed class TaskCrashTests
{
    private const string Definition = """
        {
          "definitionId": "crash-task", "name": "Crash task",
          "root": { "type": "Elsa.Flowchart", "id": "flow", "start": "Ask", "connections": [], "activities": [
            { "type": "ServiceLoop.AssignTask", "id": "Ask",
              "title": { "typeName": "String", "expression": { "type": "Literal", "value": "Approve" } },
              "answerOutcomes": { "typeName": "String[]", "expression": { "type": "Object", "value": "[\"approve\", \"reject\"]" } },
              "timeout": { "typeName": "TimeSpan", "expression": { "type": "Literal", "value": "00:00:04" } } }
          ] }
        }
        """;

    private const int Rounds = 3;
    private const int TasksOfRound = 24;
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(180);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="Task">The task.</param>
    /// <param name="Outcome">What the caller wanted.</param>
    /// <param name="Status">What the caller was told at last; zero for nothing.</param>
    private sealed record Told(string Task, string Outcome, HttpStatusCode Status);

    [Fact]
    public async Task Every_task_ends_once_and_every_caller_is_told_the_truth_when_nodes_are_killed()
    {
        var dice = new Random(7);
        var definitions = Directory.CreateTempSubdirectory("serviceloop-task-crash-");
        await File.WriteAllTextAsync(Path.Combine(definitions.FullName, "crash-task.json"), Definition, Ct);

        try
        {
            await using var database = await Database.StartAsync(Ct);
            await using var nodes = new Nodes(database.Address, definitions.FullName);
            await nodes.AddAsync(Ct);
            await nodes.AddAsync(Ct);
            var told = new ConcurrentBag<Told>();

            for (var round = 0; round < Rounds; round++)
                await RoundAsync(nodes, database, told, dice, round);

            for (var tries = 0; await database.CountAsync("select count(*) from task where state < 6", Ct) > 0; tries++)
            {
                (tries * 0.25).ShouldBeLessThan(SettleLimit.TotalSeconds, "tasks are stuck");
                await Task.Delay(250, Ct);
            }

            await CheckAsync(database, told);
            (await nodes.StopAsync(Ct)).ShouldAllBe(code => code == 0);
        }
        finally
        {
            definitions.Delete(recursive: true);
        }
    }

    private static async Task RoundAsync(Nodes nodes, Database database, ConcurrentBag<Told> told, Random dice, int round)
    {
        var ids = Enumerable.Range(0, TasksOfRound).Select(i => $"task-{round}-{i}").ToList();
        await Task.WhenAll(ids.Select(id => StartAsync(nodes, id)));

        while (await database.CountAsync($"select count(*) from task where instance_id like 'task-{round}-%'", Ct) < ids.Count)
            await Task.Delay(50, Ct);

        var tasks = await database.ListAsync($"select id from task where instance_id like 'task-{round}-%'", Ct);

        // Some answers come early, most around the end of the time, some after it; the kill comes in their middle.
        var callers = tasks
            .SelectMany(task =>
                new[] { "approve", "reject" }.Select(outcome => AnswerAsync(nodes, told, task, outcome, dice.Next(1500, 4500)))
            )
            .ToList();
        await Task.Delay(dice.Next(2500, 4000), Ct);
        await nodes.KillOneAsync(dice, Ct);
        await Task.WhenAll(callers);
    }

    private static async Task CheckAsync(Database database, ConcurrentBag<Told> told)
    {
        var ends = (await database.ListAsync("select id || ' ' || state || ' ' || coalesce(outcome, '') from task", Ct))
            .Select(line => line.Split(' ', 3))
            .ToDictionary(parts => parts[0], parts => (State: parts[1], Outcome: parts[2]));
        ends.Count.ShouldBe(Rounds * TasksOfRound);

        foreach (var caller in told)
        {
            var (state, outcome) = ends[caller.Task];
            var because = $"{caller.Task}: '{caller.Outcome}' was told {(int)caller.Status}, and the task is {state} with '{outcome}'";

            switch (caller.Status)
            {
                case HttpStatusCode.OK:
                    (state, outcome).ShouldBe(("6", caller.Outcome), because);
                    break;
                case HttpStatusCode.Conflict:
                    (state == "6" && outcome == caller.Outcome).ShouldBeFalse(because);
                    break;
                case HttpStatusCode.Gone:
                    state.ShouldBe("8", because);
                    break;
                default:
                    throw new ShouldAssertException(because);
            }
        }

        // The workflow took exactly the end that the task has, once, and nothing is left.
        (await database.CountAsync("select count(*) from workflow_instance where sub_status <> 3", Ct)).ShouldBe(0);
        (
            await database.CountAsync(
                "select count(*) from journal j, jsonb_array_elements(convert_from(j.stimuli, 'UTF8')::jsonb) s where s->>'what' = 'resume'",
                Ct
            )
        ).ShouldBe(ends.Count);
        (await database.CountAsync("select count(*) from bookmark", Ct)).ShouldBe(0);
        (await database.CountAsync("select count(*) from work where buried_at is not null", Ct)).ShouldBe(0);
        (
            await database.CountAsync(
                "select count(*) from (select task_id from task_event where verb in ('confirm', 'time-out', 'cancel') group by 1 having count(*) <> 1) x",
                Ct
            )
        ).ShouldBe(0);
        ends.Values.Select(e => e.State).Distinct().Order().ShouldBe(["6", "8"], ignoreOrder: true, "both ends are to come up");
    }

    private static async Task StartAsync(Nodes nodes, string id)
    {
        var dice = new Random(id.GetHashCode(StringComparison.Ordinal));

        while (true)
        {
            try
            {
                using var answer = await nodes
                    .Any(dice)
                    .PostAsJsonAsync("/elsa/api/workflow-definitions/crash-task/dispatch".Local(), new { instanceId = id }, Ct);

                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException)
            {
                // Its node died.
            }

            await Task.Delay(100, Ct);
        }
    }

    /// <summary>Answers, and asks again with the same operation until somebody tells how it ended.</summary>
    private static async Task AnswerAsync(Nodes nodes, ConcurrentBag<Told> told, string task, string outcome, int afterMilliseconds)
    {
        await Task.Delay(afterMilliseconds, Ct);
        var dice = new Random(HashCode.Combine(task.GetHashCode(StringComparison.Ordinal), outcome.Length));
        var body = new
        {
            expectedRev = 1,
            operationId = $"answer-{outcome}",
            outcome,
            answer = new { note = "x" },
        };

        while (true)
        {
            try
            {
                using var answer = await nodes
                    .Any(dice)
                    .PostAsJsonAsync($"/api/tasks/{Uri.EscapeDataString(task)}/complete".Local(), body, Ct);

                // 202: it is kept, and the truth is still to come.
                if (answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict or HttpStatusCode.Gone)
                {
                    told.Add(new(task, outcome, answer.StatusCode));
                    return;
                }

                if (answer.StatusCode is not (HttpStatusCode.Accepted or HttpStatusCode.ServiceUnavailable))
                {
                    told.Add(new(task, await answer.Content.ReadAsStringAsync(Ct), answer.StatusCode));
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException or JsonException)
            {
                // Its node died.
            }
            catch (TaskCanceledException) when (!Ct.IsCancellationRequested) { }

            await Task.Delay(100, Ct);
        }
    }
}
