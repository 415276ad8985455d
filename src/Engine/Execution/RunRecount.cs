using System.Collections.Immutable;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Engine.Execution;

/// <summary>What an execution that waits would ask for if it began once more; nothing of it is kept.</summary>
internal sealed partial class Run
{
    /// <summary>Lets an execution begin again in a private copy of its instance.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="state">The instance.</param>
    /// <param name="frameId">The execution; one that runs inside the engine.</param>
    /// <param name="began">The moment at which it is taken to begin.</param>
    /// <returns>The waiters that it asks for, and the inputs that it reads; null inputs are constant.</returns>
    /// <exception cref="Exception">What the activity throws: its inputs cannot be read, for example.</exception>
    public static (ImmutableArray<Bookmark> Waiters, ImmutableArray<object?> Inputs) Recount(
        WorkflowGraph graph,
        WorkflowState state,
        long frameId,
        DateTimeOffset began
    )
    {
        var run = new Run(graph, state, began);
        run.Thaw(state);
        var frame = run.FindFrame(frameId) ?? throw new InvalidOperationException($"Execution {frameId} does not live.");
        run.bookmarks.Clear();
        frame.EvaluateInputs();

        // It must not end, whatever it does: what follows would run too.
        frame.IsCompleting = true;
        frame.Node.Activity.InvokeExecute(frame);
        return (
            [.. run.bookmarks.Where(b => b.FrameId == frameId)],
            frame.Inputs is null || ReferenceEquals(frame.Inputs, frame.Node.ConstantInputs) ? [] : [.. frame.Inputs]
        );
    }
}
