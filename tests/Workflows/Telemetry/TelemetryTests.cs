using System.Net;
using System.Text.Json;
using ServiceLoop.TestKit;
using ServiceLoop.Workflows.Tests.Api;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Telemetry;

public sealed class TelemetryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Prometheus_reads_bursts_commits_timers_incidents_and_depths()
    {
        await using var server = new TestServer();
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence("napper", Delay("Nap", TimeSpan.FromMilliseconds(50))),
            Sequence("faulty", Fault("F", "c", "m"))
        );
        await AnswersApiTests.StartAsync(client, "faulty");
        await client.UntilAsync(await AnswersApiTests.StartAsync(client, "napper"), "Finished", Ct);

        var metrics = "";

        // The meter counts a moment after the commit that a client sees.
        for (var tries = 0; tries < 2000 && !metrics.Contains("serviceloop_timer_lateness"); tries++)
        {
            metrics = await client.GetStringAsync("/metrics".Local(), Ct);
            await Task.Delay(50, Ct);
        }

        metrics.ShouldContain("serviceloop_burst_count");
        metrics.ShouldContain("serviceloop_burst_duration_seconds_bucket");
        metrics.ShouldContain("serviceloop_commit_group_size");
        metrics.ShouldContain("serviceloop_commit_duration_seconds_bucket");
        metrics.ShouldContain("serviceloop_timer_lateness_seconds_bucket");
        metrics.ShouldContain("serviceloop_incident");
        metrics.ShouldContain("serviceloop_work_done");
    }

    [Fact]
    public async Task Logs_are_json_with_ids_by_setting_and_a_collector_that_is_away_harms_nobody()
    {
        await using var postgres = new PostgresFixture();
        await using var server = ServerProcess.Start(
            ("ConnectionStrings__Default", await postgres.AddressAsync(Ct)),
            ("Logging__Console__FormatterName", "json"),
            ("People__Admin__Password", "given, so that none is printed"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
        );
        await server.SaysAsync("\"EventId\":700", Ct);

        foreach (var line in server.Lines)
            JsonDocument.Parse(line).RootElement.GetProperty("State").ValueKind.ShouldBe(JsonValueKind.Object);

        server.Signal("TERM");
        (await server.ExitAsync(Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task The_dashboard_of_jobs_asks_who_looks()
    {
        await using var postgres = new PostgresFixture();
        await using var server = ServerProcess.Start(("ConnectionStrings__Default", await postgres.AddressAsync(Ct)));
        using var client = await server.ConnectAsync(Ct);
        using var stranger = new HttpClient { BaseAddress = client.BaseAddress };
        var shown = HttpStatusCode.InternalServerError;

        // Hangfire makes its tables after the doors are open.
        for (var tries = 0; tries < 2000 && shown != HttpStatusCode.OK; tries++)
        {
            shown = (await client.GetAsync("/admin/jobs".Local(), Ct)).StatusCode;
            await Task.Delay(50, Ct);
        }

        shown.ShouldBe(HttpStatusCode.OK);
        (await stranger.GetAsync("/admin/jobs".Local(), Ct)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await stranger.PostAsync("/admin/jobs/jobs/enqueued/delete".Local(), null, Ct)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
