using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Telemetry;

namespace ServiceLoop.Workflows.Telemetry;

/// <summary>What leaves the server about itself: metrics for Prometheus always, metrics and traces by OTLP where a collector is named.</summary>
internal static class TelemetrySetup
{
    /// <summary>Where Prometheus reads.</summary>
    public const string MetricsPath = "/metrics";

    // Everybody's name for it; also read from the section "Otlp" of the settings.
    private const string CollectorVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string CollectorSetting = "Otlp:Endpoint";

    private static readonly double[] Seconds =
    [
        0.0005,
        0.001,
        0.0025,
        0.005,
        0.01,
        0.025,
        0.05,
        0.1,
        0.25,
        0.5,
        1,
        2.5,
        5,
        10,
        30,
        60,
        300,
    ];

    private static readonly double[] Counts = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

    public static IServiceCollection AddServiceLoopTelemetry(this IServiceCollection services, IConfiguration settings)
    {
        var collector = settings[CollectorSetting] ?? settings[CollectorVariable];
        var telemetry = services
            .AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("serviceloop", serviceInstanceId: InstanceName()))
            .WithMetrics(metrics =>
                metrics
                    .AddMeter(RuntimeTelemetry.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql")
                    .AddRuntimeInstrumentation()
                    .AddView("serviceloop.commit.group_size", new ExplicitBucketHistogramConfiguration { Boundaries = Counts })
                    .AddView("serviceloop.*", new ExplicitBucketHistogramConfiguration { Boundaries = Seconds })
                    .AddPrometheusExporter()
            );

        if (!string.IsNullOrWhiteSpace(collector))
            telemetry
                .WithTracing(traces =>
                    traces
                        .AddSource(RuntimeTelemetry.Name)
                        .AddAspNetCoreInstrumentation(options =>
                        {
                            options.Filter = IsWorthATrace;
                            options.EnrichWithHttpRequest = static (activity, _) => LinkMask.Apply(activity);
                            options.EnrichWithHttpResponse = static (activity, _) => LinkMask.Apply(activity);
                        })
                        .AddHttpClientInstrumentation()
                        .AddNpgsql()
                )
                .UseOtlpExporter(OpenTelemetry.Exporter.OtlpExportProtocol.Grpc, new Uri(collector));

        return services;
    }

    public static IEndpointRouteBuilder MapServiceLoopMetrics(this IEndpointRouteBuilder routes)
    {
        routes.MapPrometheusScrapingEndpoint(MetricsPath).Needs(Permissions.SystemRead);
        return routes;
    }

    private static bool IsWorthATrace(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal)
        && !context.Request.Path.StartsWithSegments(MetricsPath, StringComparison.Ordinal);

    private static string InstanceName() => $"{Environment.MachineName}:{Environment.ProcessId}";
}
