using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceLoop.Workflows.Api.Live;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api.Live;

/// <summary>Viewers that stay, by the client that Elsa Studio uses.</summary>
public sealed class InstanceHubTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_viewer_is_told_of_badges_journal_and_instance_when_it_moves()
    {
        var node = await server.NodeAsync(Ct);
        var client = node.CreateClient();
        await client.PublishAsync(Ct, Sequence("h-moves", $"{RunTask("One", "1")}, {RunTask("Two", "2")}"));
        var id = await AnswersApiTests.StartAsync(client, "h-moves");
        await using var viewer = await Viewer.OpenAsync(node, id);
        await viewer.QuietAsync();

        await CompleteAsync(client, id, "One");

        var stats = await viewer.StatsAsync(s => s.Any(a => IsOf(a, "Two")));
        stats.Single(a => IsOf(a, "One")).GetProperty("completedCount").GetInt32().ShouldBe(1);
        stats.Single(a => IsOf(a, "Two")).GetProperty("isBlocked").GetBoolean().ShouldBeTrue();
        stats.Single(a => IsOf(a, "Two")).GetProperty("activityNodeId").GetString().ShouldNotBeNull().ShouldEndWith(":root:Two");
        await viewer.JournalAsync();
        (await viewer.InstanceAsync()).ShouldBe(id);
    }

    [Fact]
    public async Task A_viewer_of_one_node_is_told_of_what_another_node_runs()
    {
        var here = await server.NodeAsync(Ct);
        var there = await server.AnotherNodeAsync(Ct);
        await here.CreateClient().PublishAsync(Ct, Sequence("h-far", $"{RunTask("One", "1")}, {RunTask("Two", "2")}"));
        var id = await AnswersApiTests.StartAsync(there.CreateClient(), "h-far");
        await using var viewer = await Viewer.OpenAsync(here, id);
        var known = there.Services.GetRequiredService<Observers>();
        await UntilAsync(() => known.IsObservedElsewhere(id));
        await viewer.QuietAsync();

        await CompleteAsync(there.CreateClient(), id, "One");

        await viewer.StatsAsync(s => s.Any(a => IsOf(a, "Two")));
        (await viewer.InstanceAsync()).ShouldBe(id);
    }

    [Fact]
    public async Task What_no_node_tells_is_found_by_looking()
    {
        var node = await server.NodeAsync(Ct);
        var client = node.CreateClient();
        await client.PublishAsync(Ct, Sequence("h-silent", RunTask("One", "1")));
        var id = await AnswersApiTests.StartAsync(client, "h-silent");
        await using var viewer = await Viewer.OpenAsync(node, id);
        await UntilAsync(() => node.Services.GetRequiredService<Observers>().Find(id)?.Told is not null);
        await viewer.QuietAsync();

        await using var command = (await server.DatabaseAsync(Ct)).CreateCommand(
            "update workflow_instance set row_version = row_version + 1 where id = $1"
        );
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        await command.ExecuteNonQueryAsync(Ct);

        (await viewer.InstanceAsync()).ShouldBe(id);
    }

    [Fact]
    public async Task Somebody_who_came_just_after_a_move_is_told_of_it()
    {
        var node = await server.NodeAsync(Ct);
        await node.CreateClient().PublishAsync(Ct, Sequence("h-late", RunTask("One", "1")));
        var id = await AnswersApiTests.StartAsync(node.CreateClient(), "h-late");

        await using var viewer = await Viewer.OpenAsync(node, id);

        await viewer.StatsAsync(s => s.Any(a => IsOf(a, "One")));
        (await viewer.InstanceAsync()).ShouldBe(id);
    }

    [Fact]
    public async Task Nothing_is_looked_after_when_the_last_viewer_has_gone()
    {
        var node = await server.NodeAsync(Ct);
        var observers = node.Services.GetRequiredService<Observers>();
        var first = await Viewer.OpenAsync(node, "h-nobody");
        var second = await Viewer.OpenAsync(node, "h-nobody");

        await first.DisposeAsync();
        await UntilAsync(() => observers.Find("h-nobody")?.Count == 1);
        await second.DisposeAsync();

        await UntilAsync(() => observers.Find("h-nobody") is null);
    }

    [Fact]
    public async Task A_connection_must_name_an_instance_and_observes_at_most_a_hundred()
    {
        var node = await server.NodeAsync(Ct);
        await using var viewer = await Viewer.OpenAsync(node, "h-1");

        var unnamed = await Should.ThrowAsync<HubException>(() => viewer.ObserveAsync(" "));

        for (var n = 2; n <= 100; n++)
            await viewer.ObserveAsync($"h-{n}");

        var tooMany = await Should.ThrowAsync<HubException>(() => viewer.ObserveAsync("h-101"));
        await viewer.ObserveAsync("h-100");
        unnamed.Message.ShouldContain("Name the instance");
        tooMany.Message.ShouldContain("at most 100");
    }

    private static bool IsOf(JsonElement stats, string activityId) => stats.GetProperty("activityId").GetString() == activityId;

    private static async Task CompleteAsync(HttpClient client, string id, string activityId)
    {
        var waiter = (await client.JsonAsync($"/elsa/api/workflow-instances/{id}", Ct))
            .GetProperty("workflowState")
            .GetProperty("bookmarks")
            .EnumerateArray()
            .Single(b => b.GetProperty("activityId").GetString() == activityId);
        using var done = await client.PostJsonAsync(
            $"/elsa/api/tasks/{waiter.GetProperty("activityInstanceId").GetString()}/complete",
            "{}",
            Ct
        );
        done.IsSuccessStatusCode.ShouldBeTrue();
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(180));

        while (!isSo())
            await Task.Delay(20, patience.Token);
    }

    /// <summary>A viewer on one node.</summary>
    private sealed class Viewer : IAsyncDisposable
    {
        private readonly HubConnection connection;
        private readonly SemaphoreSlim arrived = new(0);
        private readonly ConcurrentQueue<(string Name, JsonElement Message)> messages = new();

        private Viewer(WebApplicationFactory<Program> node)
        {
            var sockets = node.Server.CreateWebSocketClient();
            sockets.ConfigureRequest = request => request.Headers.Authorization = $"ApiKey {DeploymentKey.Value}";
            connection = new HubConnectionBuilder()
                .WithUrl(
                    new Uri(node.Server.BaseAddress, InstanceHub.Path),
                    options =>
                    {
                        options.Headers["Authorization"] = $"ApiKey {DeploymentKey.Value}";
                        options.HttpMessageHandlerFactory = _ => node.Server.CreateHandler();
                        options.WebSocketFactory = async (context, ct) => await sockets.ConnectAsync(context.Uri, ct);
                    }
                )
                .Build();

            foreach (
                var name in new[] { "ActivityExecutionLogUpdatedAsync", "WorkflowExecutionLogUpdatedAsync", "WorkflowInstanceUpdatedAsync" }
            )
                connection.On<JsonElement>(
                    name,
                    message =>
                    {
                        messages.Enqueue((name, message));
                        arrived.Release();
                    }
                );
        }

        public static async Task<Viewer> OpenAsync(WebApplicationFactory<Program> node, string instanceId)
        {
            var viewer = new Viewer(node);
            await viewer.connection.StartAsync(Ct);
            await viewer.ObserveAsync(instanceId);
            return viewer;
        }

        public Task ObserveAsync(string instanceId) => connection.InvokeAsync("ObserveInstanceAsync", instanceId, Ct);

        /// <summary>Takes what comes at the beginning, because the instance has just started.</summary>
        public async Task QuietAsync()
        {
            await InstanceAsync();
            messages.Clear();
        }

        public async Task<List<JsonElement>> StatsAsync(Func<List<JsonElement>, bool> isMeant)
        {
            while (true)
            {
                var message = await NextAsync("ActivityExecutionLogUpdatedAsync");
                List<JsonElement> stats = [.. message.GetProperty("stats").EnumerateArray()];

                if (isMeant(stats))
                    return stats;
            }
        }

        public async Task<string?> InstanceAsync() =>
            (await NextAsync("WorkflowInstanceUpdatedAsync")).GetProperty("workflowInstanceId").GetString();

        public Task JournalAsync() => NextAsync("WorkflowExecutionLogUpdatedAsync");

        public ValueTask DisposeAsync() => connection.DisposeAsync();

        private async Task<JsonElement> NextAsync(string name)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            patience.CancelAfter(TimeSpan.FromSeconds(180));

            while (true)
            {
                while (messages.TryDequeue(out var message))
                    if (message.Name == name)
                        return message.Message;

                await arrived.WaitAsync(patience.Token);
            }
        }
    }
}
