using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using ServiceLoop.Activities.CustomerService;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Agents;
using ServiceLoop.ServiceDesk.Routing;
using ServiceLoop.ServiceDesk.Tasks;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Tasks;

/// <summary>Any number of nodes with the desk on one PostgreSQL, and a clock that stands at noon.</summary>
internal sealed class TaskHouse : IAsyncDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly List<ServiceProvider> nodes = [];

    private TaskHouse(NpgsqlDataSource database) => Database = database;

    public NpgsqlDataSource Database { get; }

    public FakeTimeProvider Clock { get; } = new(Noon);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<TaskHouse> OpenAsync(PostgresFixture postgres)
    {
        var database = await postgres.OpenAsync(Ct);
        var house = new TaskHouse(database);
        await house.RunAsync(
            "truncate workflow_instance, bookmark, work, journal, definition_version, definition_publication, task, queue, agent, skill, desk_alarm cascade"
        );
        house.Join();
        return house;
    }

    public T Get<T>(int node = 0)
        where T : notnull => nodes[node].GetRequiredService<T>();

    public TaskDesk Desk => Get<TaskDesk>();

    public TaskAnswers Answers => Get<TaskAnswers>();

    public Offers Offers => Get<Offers>();

    public PresenceDesk Presence => Get<PresenceDesk>();

    /// <summary>Another node.</summary>
    public int Join()
    {
        nodes.Add(
            new ServiceCollection()
                .AddLogging()
                .AddSingleton(Database)
                .AddSingleton<TimeProvider>(Clock)
                .AddSingleton<Acting>()
                .AddSingleton<IAuditTrail, NoTrail>()
                .AddSingleton<IAccess, GuardedAccess>()
                .AddSingleton(new WorkflowCompiler(CustomerServiceActivities.AddTo(ActivityCatalog.WithEngineActivities()), []))
                .AddPostgresStore()
                .AddServiceLoopRuntime()
                .AddServiceDesk()
                .BuildServiceProvider()
        );
        return nodes.Count - 1;
    }

    /// <summary>Lets somebody act until the result is disposed of: an agent, a supervisor, or the product.</summary>
    public IDisposable As(string who, bool isSupervisor = false, int node = 0) =>
        Get<Acting>(node)
            .As(
                who == "system"
                    ? Actor.System
                    : new Actor(ActorKind.Person, who, who)
                    {
                        Permissions =
                        [
                            Permissions.TasksRead,
                            Permissions.TasksComplete,
                            Permissions.AgentsRead,
                            .. isSupervisor ? new[] { Permissions.TasksManage, Permissions.AgentsManage } : [],
                        ],
                    }
            );

    /// <summary>Publishes a workflow: one task, then a line with how it ended.</summary>
    public async Task PublishAsync(string id, string inputs)
    {
        using var system = As("system");
        string[] outcomes = ["approve", "reject", "Done", "Timed out", "Cancelled"];
        var lines = outcomes.Select(o =>
            $$$$"""{"id": "L{{{{o.Replace(' ', '-')}}}}", "type": "Elsa.WriteLine", "text": {"typeName": "String", "expression": {"type": "Literal", "value": "{{{{o}}}}"}}}"""
        );
        var wires = outcomes.Select(o =>
            $$$"""{"source": {"activity": "task", "port": "{{{o}}}"}, "target": {"activity": "L{{{o.Replace(' ', '-')}}}", "port": "In"}}"""
        );
        var json = $$$"""
            {"id": "{{{id}}}-1", "definitionId": "{{{id}}}", "name": "{{{id}}}", "version": 1, "toolVersion": "3.8.2.0",
             "root": {"id": "flow", "type": "Elsa.Flowchart", "version": 1, "start": "task",
              "activities": [{"id": "task", "type": "ServiceLoop.AssignTask", "version": 1, {{{inputs}}}}, {{{string.Join(',', lines)}}}],
              "connections": [{{{string.Join(',', wires)}}}]}}
            """;
        await Get<DefinitionService>().SaveDraftAsync(ElsaJson.Read(System.Text.Encoding.UTF8.GetBytes(json)), Ct);
        await Get<DefinitionService>().PublishAsync(id, null, Ct);
    }

    /// <summary>Starts an instance that asks for a task.</summary>
    /// <returns>The task.</returns>
    public async Task<TaskView> StartAsync(string definition, string? correlation = null)
    {
        using var system = As("system");
        var started = await Get<WorkflowRuntime>().StartAsync(new StartInstanceRequest(definition) { CorrelationId = correlation }, Ct);
        started.State.ShouldNotBeNull().Incidents.ShouldBeEmpty();
        return (await Desk.ListAsync(new TaskFilter { InstanceId = started.InstanceId }, Ct)).ShouldHaveSingleItem();
    }

    public async Task<TaskView> GetAsync(string id)
    {
        using var system = As("system");
        return await Desk.GetAsync(id, Ct);
    }

    /// <summary>What the workflow printed.</summary>
    public async Task<IReadOnlyList<string>> LinesAsync(TaskView task)
    {
        using var system = As("system");
        return
        [
            .. (await Get<WorkflowRuntime>().ReadHistoryAsync(task.InstanceId, Ct)).Where(h => h.Event is null).Select(h => h.Message!),
        ];
    }

    /// <summary>Lets time pass and does all work that is due.</summary>
    public async Task PassAsync(TimeSpan span, int node = 0)
    {
        Clock.Advance(span);
        await PumpAsync(node);
    }

    /// <summary>Does all work that is due.</summary>
    public async Task PumpAsync(int node = 0)
    {
        var store = Get<IWorkflowStore>(node);

        for (var round = 0; round < 200; round++)
        {
            var now = Clock.GetUtcNow();
            var due = await store.LeaseDueAsync(now, now.AddSeconds(30), 50, Ct);

            if (due.Count == 0)
                return;

            foreach (var work in due)
                await Get<WorkRunner>(node).RunAsync(work, Ct);
        }

        throw new InvalidOperationException("Work causes work without end.");
    }

    public async Task<MatchResult> MatchAsync(string queue = "desk", int node = 0)
    {
        using var system = As("system", node: node);
        return await Get<Matcher>(node).DrainAsync(queue, Ct);
    }

    public async Task QueueAsync(string id = "desk", Func<QueueView, QueueView>? with = null, params string[] members)
    {
        using var system = As("system");
        var queue = new QueueView(id, id);
        await Get<Queues>().SaveAsync(with is null ? queue : with(queue), Ct);

        foreach (var member in members)
        {
            await AgentAsync(member);
            await Get<Queues>().SetMemberAsync(id, member, true, Ct);
        }
    }

    /// <summary>An agent who is there.</summary>
    public async Task AgentAsync(string id, Func<AgentView, AgentView>? with = null)
    {
        using var system = As("system");
        var agent = new AgentView(id, id);
        await Get<AgentDesk>().SaveAsync(with is null ? agent : with(agent), Ct);
        await Presence.SetAsync(id, PresenceStatus.Available, null, null, Ct);
    }

    public async Task<AgentView> AgentOfAsync(string id)
    {
        using var system = As("system");
        return await Get<AgentDesk>().GetAsync(id, Ct);
    }

    /// <summary>Whether each agent's units are exactly those of what the agent has and was offered.</summary>
    public async Task UnitsShouldFitAsync()
    {
        await using var command = Database.CreateCommand(
            """
            select l.agent_id, l.used, l.reserved,
              (select coalesce(sum(weight), 0) from task t where t.assignee = l.agent_id and t.state in (3, 4) and not t.is_suspended),
              (select coalesce(sum(weight), 0) from task t where t.offered_to = l.agent_id and t.state = 2), l.total
            from load l
            """
        );
        await using var reader = await command.ExecuteReaderAsync(Ct);

        while (await reader.ReadAsync(Ct))
        {
            ((long)reader.GetInt32(1)).ShouldBe(reader.GetInt64(3), $"used units of {reader.GetString(0)}");
            ((long)reader.GetInt32(2)).ShouldBe(reader.GetInt64(4), $"reserved units of {reader.GetString(0)}");
        }
    }

    public async Task<long> CountAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(Ct), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async Task RunAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    private sealed class NoTrail : IAuditTrail
    {
        public ValueTask<long> WriteAsync(AuditNote note, CancellationToken ct) => ValueTask.FromResult(1L);

        public void Post(AuditNote note) { }
    }
}
