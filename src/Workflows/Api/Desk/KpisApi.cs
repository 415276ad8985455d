using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Kpis;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>Key figures.</summary>
internal static class KpisApi
{
    /// <summary>A key figure.</summary>
    /// <param name="Name">Stable name.</param>
    /// <param name="Version">Version of the formula.</param>
    /// <param name="Segment">What of it; empty for all.</param>
    /// <param name="Unit">count, share, seconds or number.</param>
    /// <param name="Value">The figure; null when n is 0.</param>
    /// <param name="N">Of how many.</param>
    /// <param name="Low">Lower end of the 95 % interval; for shares.</param>
    /// <param name="High">Its upper end.</param>
    internal sealed record View(string Name, int Version, string Segment, string Unit, double? Value, long N, double? Low, double? High);

    /// <summary>The key figures of a window.</summary>
    internal sealed record ReportView(DateTimeOffset From, DateTimeOffset To, DateTimeOffset At, IReadOnlyList<View> Items);

    /// <summary>What a key figure means.</summary>
    internal sealed record DefinitionView(string Name, int Version, string Unit, string Formula);

    public static IEndpointRouteBuilder MapKpis(this IEndpointRouteBuilder routes)
    {
        var kpis = routes.MapGroup("/kpis").WithTags("Desk").Needs(Permissions.KpisRead);
        kpis.MapGet("", ReportAsync).WithSummary("Key figures of a window: of the last 28 days, or as from and to say.");
        kpis.MapGet("/definitions", Definitions).WithSummary("What each key figure means, and the version of its formula.");
        return routes;
    }

    private static async Task<Ok<ReportView>> ReportAsync(DateTimeOffset? from, DateTimeOffset? to, KpiDesk desk, CancellationToken ct)
    {
        var report = await desk.ReportAsync(from?.ToUniversalTime(), to?.ToUniversalTime(), ct);
        return TypedResults.Ok(
            new ReportView(
                report.From,
                report.To,
                report.At,
                [.. report.Items.Select(k => new View(k.Name, k.Version, k.Segment, Words.Of(k.Unit), k.Value, k.N, k.Low, k.High))]
            )
        );
    }

    private static Ok<ListView<DefinitionView>> Definitions() =>
        TypedResults.Ok(
            new ListView<DefinitionView>(
                [.. KpiDefinitions.All.Select(d => new DefinitionView(d.Name, d.Version, Words.Of(d.Unit), d.Formula))],
                KpiDefinitions.All.Length
            )
        );
}
