using System.Collections.Immutable;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;

namespace ServiceLoop.TestKit.Chance;

/// <summary>One thing that happened to an instance, and what came of it.</summary>
public sealed record HistoryStep(WorkflowState Before, Stimulus Stimulus, DateTimeOffset Now, Step Step);

/// <summary>The life of one instance under random stimuli, sensible ones and others.</summary>
public sealed class RandomHistory
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    private readonly Dice dice;
    private readonly TestServices services;
    private readonly List<Stimulus> answers = [];
    private int runaways;

    public RandomHistory(WorkflowGraph graph, Dice dice)
    {
        Graph = graph;
        this.dice = dice;
        services = new TestServices(dice);
        State = WorkflowState.New("wf-1", graph);
    }

    public WorkflowGraph Graph { get; }

    public WorkflowState State { get; private set; }

    public DateTimeOffset Now { get; private set; } = Noon;

    public List<HistoryStep> Steps { get; } = [];

    /// <summary>Changes by hand that the engine refused.</summary>
    public int Refused { get; private set; }

    /// <summary>What went wrong on the way: an exception that must not leave the engine.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The stimulus that it went wrong with.</summary>
    public Stimulus? Last { get; private set; }

    /// <summary>Lives for so many stimuli, or until the engine fails.</summary>
    public static RandomHistory Of(WorkflowGraph graph, ulong seed, int length)
    {
        var history = new RandomHistory(graph, new Dice(seed ^ 0xC0FFEE));

        while (history.Steps.Count + history.Refused < length && history.Take(history.Next())) { }

        return history;
    }

    /// <summary>Applies a stimulus; false when the engine failed.</summary>
    public bool Take(Stimulus stimulus)
    {
        Last = stimulus;
        Now += TimeSpan.FromSeconds(dice.Below(100));

        try
        {
            var step = WorkflowEngine.Advance(Graph, State, stimulus, Now);
            Steps.Add(new(State, stimulus, Now, step));
            State = step.State;

            if (!State.Incidents.IsEmpty && State.Incidents[^1].Kind == IncidentKind.Runaway)
                runaways++;

            return true;
        }
        catch (AlterationException) when (stimulus is Stimulus.Alter)
        {
            Refused++;
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Failure = e;
            return false;
        }
    }

    /// <summary>What happens next.</summary>
    public Stimulus Next()
    {
        if (Steps.Count == 0 && dice.Percent(97))
            return Start();

        // A loop that runs away grows with every retry; once is enough.
        if (runaways > 1 && State.SubStatus == WorkflowSubStatus.Faulted)
            return new Stimulus.Cancel(dice.Percent(50));

        var step = Steps.Count > 0 ? Steps[^1].Step : null;

        // Mostly the host does what it was asked to do.
        if (step?.Invocation is not null && dice.Percent(85))
            return Answer(State.Frames.First(f => f.Invoking && !f.Background).Id);

        if (step is { IsCheckpoint: true } && dice.Percent(85))
            return new Stimulus.Continue();

        switch (dice.Weighted(45, 14, 4, 5, 5, 6, 3, 12))
        {
            case 0 when !State.Bookmarks.IsEmpty:
                return Resume(dice.Of<Bookmark>(State.Bookmarks).Id);
            case 1 when State.Frames.Any(f => f.Invoking):
                return Answer(dice.Of<FrameState>([.. State.Frames.Where(f => f.Invoking)]).Id);
            case 2:
                return new Stimulus.Continue();
            case 3:
                return Resume(dice.Below((int)State.NextId + 2));
            case 4:
                return answers.Count == 0 ? new Stimulus.Threw(dice.Below((int)State.NextId + 2), Fault()) : dice.Of<Stimulus>(answers);
            case 5:
                return new Stimulus.Retry(State.Incidents.IsEmpty || dice.Percent(60) ? null : dice.Of<Incident>(State.Incidents).Id);
            case 6:
                return dice.Percent(20) ? Start() : new Stimulus.Cancel(dice.Percent(50));
            case 7:
                return Alter();
            default:
                return State.Status == WorkflowStatus.Finished ? new Stimulus.Retry()
                    : State.Bookmarks.IsEmpty ? new Stimulus.Continue()
                    : Resume(State.Bookmarks[0].Id);
        }
    }

    private Stimulus Start()
    {
        var trigger = Graph.Nodes.FirstOrDefault(n => n.Activity.CanStartWorkflow);
        return new Stimulus.Start
        {
            Inputs = SampleValues.Bag(dice, "in1", "in2", "IN1"),
            CorrelationId = dice.Percent(30) ? "start" : null,
            Name = dice.Percent(20) ? "named" : null,
            TriggerActivityId = trigger is not null && dice.Percent(60) ? trigger.Id : null,
            TriggerInput = SampleValues.Bag(dice, "__EventPayloadWorkflowInput"),
            ParentInstanceId = dice.Percent(10) ? "wf-0" : null,
        };
    }

    private Stimulus Resume(long bookmark) =>
        new Stimulus.Resume(bookmark) { Input = SampleValues.Bag(dice, "__EventPayloadWorkflowInput", "RunTaskInput", "answer") };

    private Stimulus Answer(long frameId)
    {
        if (dice.Percent(8))
            return Kept(new Stimulus.Threw(frameId, Fault()));

        // The activity's own code runs; these complete at once.
        var call = HostInvocation.RunAsync(Graph, State, frameId, services, Now, CancellationToken.None);
        return Kept(call.AsTask().GetAwaiter().GetResult());
    }

    private Stimulus Kept(Stimulus answer)
    {
        answers.Add(answer);
        return answer;
    }

    private FaultDetail Fault() =>
        new("The host failed.", "System.Exception", Code: dice.Percent(50) ? "TEST-2" : null)
        {
            Kind = dice.Percent(30) ? IncidentKind.Interrupted : IncidentKind.Fault,
        };

    private Stimulus Alter()
    {
        var alterations = ImmutableArray.CreateBuilder<Alteration>();

        for (var i = dice.Weighted(5, 75, 20); i > 0; i--)
            alterations.Add(
                dice.Below(4) switch
                {
                    0 => new Alteration.ModifyVariable(VariableName(), SampleValues.Any(dice)),
                    1 when dice.Percent(50) => new Alteration.CancelActivity(dice.Of<Node>(Graph.Nodes).Id),
                    1 => new Alteration.CancelActivity(null, AnyFrame()),
                    2 => new Alteration.ScheduleActivity(dice.Of<Node>(Graph.Nodes).Id),
                    _ => new Alteration.Skip(AnyFrame(), dice.Percent(70) ? [] : [dice.Of("Done", "Other", "True", "a")]),
                }
            );

        return new Stimulus.Alter(alterations.DrainToImmutable());
    }

    private string VariableName() => dice.Of("x", "x-main", "v1", "v2", "v3", "var4", "none");

    private long AnyFrame() => State.Frames.IsEmpty || dice.Percent(10) ? dice.Below(20) : dice.Of<FrameState>(State.Frames).Id;
}
