using ServiceLoop.Engine;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Runtime.Instances;

/// <summary>What a host activity answered, looked at before it goes into the engine.</summary>
internal static class HostAnswer
{
    /// <summary>The fault of a burst that does not end.</summary>
    public static FaultDetail Runaway { get; } =
        new(
            $"More than {Bursts.MaxInvocations:N0} activities of the host ran in one burst: most likely an endless loop. Put a wait or a condition into the loop."
        )
        {
            Kind = IncidentKind.Runaway,
        };

    /// <summary>The answer, or a fault when it asks for an effect that only the engine may give.</summary>
    public static Stimulus Checked(Stimulus answer)
    {
        if (answer is Stimulus.Returned returned)
            foreach (var action in returned.Recorded)
                if (
                    action is HostAction.Emit
                    {
                        Effect: Effect.Invoke or Effect.BookmarkAdded or Effect.BookmarkBurned or Effect.Ended
                    } emit
                )
                    return new Stimulus.Threw(
                        returned.FrameId,
                        new FaultDetail(
                            $"The activity asked for the effect {emit.Effect.GetType().Name}, which only the engine gives. Use a method of the context instead."
                        )
                    );

        return answer;
    }
}
