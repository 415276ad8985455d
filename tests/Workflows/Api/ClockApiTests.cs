using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceLoop.TestKit;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.Tests.Api;

public sealed class ClockApiTests
{
    private static readonly DateTimeOffset Then = new(2010, 1, 13, 9, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Real_time_is_told_and_cannot_be_moved()
    {
        await using var server = new TestServer();
        using var client = await server.ClientAsync(Ct);

        var stand = await client.GetFromJsonAsync<JsonElement>("/api/clock", Ct);
        using var refused = await client.PutAsJsonAsync("/api/clock", new { now = DateTimeOffset.UtcNow.AddHours(1) }, Ct);

        stand.GetProperty("isDriven").GetBoolean().ShouldBeFalse();
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.Content.ReadAsStringAsync(Ct)).ShouldContain("Clock:Mode=driven");
    }

    [Fact]
    public async Task Driven_nodes_agree_a_delay_of_days_ends_with_the_jump_and_time_does_not_go_back()
    {
        // A node with real time beside them would find the timer overdue.
        await using var postgres = new PostgresFixture();
        await using var driven = new DrivenServer(await postgres.AddressAsync(Ct), Then);
        using var one = await driven.NodeAsync(Ct);
        using var other = await driven.NodeAsync(Ct);
        await PublishDelayAsync(one);
        using var begun = await one.PostAsync("/elsa/api/workflow-definitions/three-days/execute", null, Ct);
        begun.EnsureSuccessStatusCode();
        var due = await StandAsync(one, s => s.NextAt is { } next && next > Then.AddDays(2));

        foreach (var node in (HttpClient[])[one, other])
            (await node.PutAsJsonAsync("/api/clock", new { now = due.NextAt, at = DateTimeOffset.UtcNow }, Ct)).EnsureSuccessStatusCode();

        await StandAsync(other, s => s is { DueNow: 0, NextAt: null });
        var (first, second) = ((await StandAsync(one, _ => true)).Now, (await StandAsync(other, _ => true)).Now);
        (second - first).ShouldBeInRange(TimeSpan.FromSeconds(-30), TimeSpan.FromSeconds(30));
        first.ShouldBeGreaterThan(Then.AddDays(3) - TimeSpan.FromMinutes(1));
        using var back = await one.PutAsJsonAsync("/api/clock", new { now = Then }, Ct);
        back.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await back.Content.ReadAsStringAsync(Ct)).ShouldContain("does not go back");
    }

    [Fact]
    public async Task Time_of_another_database_than_the_named_one_is_not_driven()
    {
        await using var server = new TestServer();
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["Clock:Mode"] = "Driven",
                    ["Clock:OnlyFor"] = "rehearsal",
                    ["Clock:Start"] = "2010-01-13T09:00Z",
                }
            )
            .Build();

        var refusal = Should.Throw<StartException>(() => new ServiceCollection().AddProductTime(settings, "Host=db;Database=production"));

        refusal.Message.ShouldContain("'rehearsal'");
        refusal.Message.ShouldContain("'production'");
    }

    private static async Task PublishDelayAsync(HttpClient client)
    {
        using var made = await client.PostAsJsonAsync(
            "/elsa/api/workflow-definitions",
            new
            {
                publish = true,
                model = new
                {
                    definitionId = "three-days",
                    name = "Three days",
                    root = new
                    {
                        id = "r",
                        type = "Elsa.Sequence",
                        activities = new object[]
                        {
                            new
                            {
                                id = "Wait",
                                type = "Elsa.Delay",
                                timeSpan = new { typeName = "TimeSpan", expression = new { type = "Literal", value = "3.00:00:00" } },
                            },
                        },
                    },
                },
            },
            Ct
        );
        made.EnsureSuccessStatusCode();
    }

    private static async Task<Stand> StandAsync(HttpClient client, Func<Stand, bool> isEnough)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(180));

        while (true)
        {
            var stand = (await client.GetFromJsonAsync<Stand>("/api/clock", patience.Token))!;

            if (isEnough(stand))
                return stand;

            await Task.Delay(20, patience.Token);
        }
    }

    private sealed record Stand(bool IsDriven, DateTimeOffset Now, double Speed, long DueNow, DateTimeOffset? NextAt, bool IsMatching);

    /// <summary>Nodes with driven time on a database of their own.</summary>
    private sealed class DrivenServer(string address, DateTimeOffset start) : IAsyncDisposable
    {
        private readonly List<ServerProcess> processes = [];
        private readonly string origin = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture);

        public async Task<HttpClient> NodeAsync(CancellationToken ct)
        {
            var process = ServerProcess.Start(
                ("ConnectionStrings__Default", address),
                ("Clock__Mode", "Driven"),
                ("Clock__OnlyFor", new NpgsqlConnectionStringBuilder(address).Database),
                ("Clock__Start", start.ToString("O", CultureInfo.InvariantCulture)),
                ("Clock__Origin", origin)
            );
            processes.Add(process);
            var client = await process.ConnectAsync(ct);
            process.Output.ShouldContain("TIME IS DRIVEN");
            return client;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var process in processes)
                await process.DisposeAsync();
        }
    }
}
