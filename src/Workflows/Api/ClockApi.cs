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
    /// <param name="DueNow">Pieces of work that are due, of all nodes, or in hand of this one.</param>
    /// <param name="NextAt">When the next one is due; null for never.</param>
    /// <param name="IsMatching">True: this node is bringing tasks and agents together.</param>
    internal sealed record StandView(bool IsDriven, DateTimeOffset Now, double Speed, long DueNow, DateTimeOffset? NextAt, bool IsMatching);

    private const int MostPatience = 30_000;
    private const int Soon = 40;
    private static readonly TimeSpan LookSoon = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LookLater = TimeSpan.FromMilliseconds(8);

    public static IEndpointRouteBuilder MapClock(this IEndpointRouteBuilder routes)
    {
        var clock = routes.MapGroup("/clock").WithTags("Operations").Needs(Permissions.ClockDrive);
        clock
            .MapGet("", StandAsync)
            .WithSummary(
                "Where the product's time stands, and whether something is to be done at this moment; 'patience' waits so many milliseconds until nothing is."
            );
        clock.MapPut("", Drive).WithSummary("Moves the product's time forward on this node; refused where time is real.");
        return routes;
    }

    private static async Task<Ok<StandView>> StandAsync(int? patience, TimeDesk desk, Queues queues, CancellationToken ct)
    {
        if (patience is < 0 or > MostPatience)
            throw new RequestException("clock.patience", $"'patience' is {patience}. Give milliseconds, 0 to {MostPatience}.");

        var since = TimeProvider.System.GetTimestamp();

        while (true)
        {
            // As long as this node knows that it has something in hand, the database need not be asked.
            while (patience > 0 && (desk.InHand > 0 || !queues.IsQuiet()) && Waited() < patience)
                await Task.Delay(LookSoon, TimeProvider.System, ct);

            // In this order: what a look at a queue leaves behind is work.
            var isMatching = !queues.IsQuiet();
            var stand = await desk.StandAsync(ct);

            if ((stand.DueNow == 0 && !isMatching) || Waited() >= (patience ?? 0))
                return TypedResults.Ok(new StandView(stand.IsDriven, stand.Now, stand.Speed, stand.DueNow, stand.NextAt, isMatching));

            // In real time, and the longer the more there seems to be.
            await Task.Delay(Waited() < Soon ? LookSoon : LookLater, TimeProvider.System, ct);
        }

        double Waited() => TimeProvider.System.GetElapsedTime(since).TotalMilliseconds;
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
