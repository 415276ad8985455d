namespace ServiceLoop.Workflows.Start;

/// <summary>What a person finds at the printed address, until there are pages: that it runs, and which doors there are.</summary>
internal static class Welcome
{
    private const string Text = """
        ServiceLoop is running.  ServiceLoop 正在运行。

        /workflows/…       workflows that listen for requests    监听 HTTP 请求的流程
        /elsa/api/…        definitions, executions, instances    流程定义、执行、实例
        /api/operations/…  repairs, work that failed             故障修复、失败的任务
        /admin/jobs        background jobs (this machine only)   后台作业（仅限本机）
        /health/ready      can it do work?                       是否可以工作？
        /metrics           figures for Prometheus                Prometheus 指标

        """;

    public static IEndpointRouteBuilder MapWelcome(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", () => TypedResults.Text(Text, "text/plain; charset=utf-8")).ExcludeFromDescription();
        return routes;
    }
}
