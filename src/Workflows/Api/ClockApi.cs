using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.DrivenTime;
using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.Workflows.Api;

/// <summary>The product's time. It is moved for replays only, where the settings allow that.</summary>
internal static class ClockApi
{
    /// <summary>Where time is to stand.</summary>
    /// <param name="Now">The product's time at <paramref name="At"/>.</param>
    /// <param name="At">Real moment; null for that of the request. Give all nodes the same.</param>
    /// <param name="Speed">Seconds of the product in a real second; null keeps it.</param>
    internal sealed record PaceRequest(DateTimeOffset? Now, DateTimeOffset? At, double? Speed);

    /// <summary>Where time stands.</summary>
    internal sealed record PaceView(DateTimeOffset Now);

    /// <summary>Where time stands, and whether there is something to do at this moment.</summary>
    /// <param name="IsDriven">False: it is real, and cannot be moved.</param>
    /// <param name="Now">The product's time.</param>
    /// <param name="Speed">Seconds of the product in a real second.</param>
    /// <param name="DueNow">Pieces of work that are due or in hand, of all nodes.</param>
    /// <param name="NextAt">When the next one is due; null for never.</param>
    /// <param name="IsMatching">True: this node is bringing tasks and agents together.</param>
    internal sealed record StandView(bool IsDriven, DateTimeOffset Now, double Speed, long DueNow, DateTimeOffset? NextAt, bool IsMatching);

    public static IEndpointRouteBuilder MapClock(this IEndpointRouteBuilder routes)
    {
        var clock = routes.MapGroup("/clock").WithTags("Operations").Needs(Permissions.ClockDrive);
        clock.MapGet("", StandAsync).WithSummary("Where the product's time stands, and whether something is to be done at this moment.");
        clock.MapPut("", Drive).WithSummary("Moves the product's time forward on this node; refused where time is real.");
        return routes;
    }

    private static async Task<Ok<StandView>> StandAsync(TimeDesk desk, Queues queues, CancellationToken ct)
    {
        // In this order: what a look at a queue leaves behind is work.
        var isMatching = !queues.IsQuiet();
        var stand = await desk.StandAsync(ct);
        return TypedResults.Ok(new StandView(stand.IsDriven, stand.Now, stand.Speed, stand.DueNow, stand.NextAt, isMatching));
    }

    private static Ok<PaceView> Drive(PaceRequest? request, TimeDesk desk) =>
        TypedResults.Ok(
            new PaceView(
                desk.Drive(
                    request?.Now ?? throw new RequestException("clock.now", "'now' is missing: say where time is to stand."),
                    request.At,
                    request.Speed
                )
            )
        );
}
