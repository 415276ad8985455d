using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Nodes;

/// <summary>A state of a <see cref="StateMachine"/>.</summary>
/// <param name="Name">Name; compared exactly.</param>
/// <param name="Entry">Runs when the state is entered.</param>
/// <param name="Exit">Runs when it is left.</param>
public sealed record MachineState(string Name, Activity? Entry = null, Activity? Exit = null);

/// <summary>A way from one state to another.</summary>
/// <param name="Name">Name, for people.</param>
/// <param name="From">State that it leaves.</param>
/// <param name="To">State that it enters.</param>
/// <param name="Trigger">What it waits for.</param>
/// <param name="Condition">What must be true then; null is always.</param>
/// <param name="Action">Runs on the way.</param>
public sealed record MachineTransition(
    string Name,
    string From,
    string To,
    Activity? Trigger = null,
    ExpressionDefinition? Condition = null,
    Activity? Action = null
)
{
    internal InputBinding? Binding { get; set; }
}

/// <summary>States, and triggers that lead from one to another.</summary>
/// <remarks>
/// <code>
/// enter a state        entry, then the triggers of all transitions out of it are armed, in list order
/// a trigger completes  condition false: it is armed again, the others stay
///                      condition true: the others are cancelled; action, exit of the source, then the target is entered
/// no trigger to arm, or an unknown state: the machine completes
/// </code>
/// Where it stands is kept with the execution, never in the shared definition.
/// </remarks>
[Activity("Elsa", "Flow", "States, and triggers that lead from one to another.", DisplayName = "State Machine")]
public sealed class StateMachine : Activity
{
    internal const string StateKey = "State";
    internal const string TransitionKey = "Transition";

    // What a child was scheduled for stands in its tag: the phase, and for triggers the number of the transition.
    private const long Entry = 1L << 32;
    private const long Armed = 2L << 32;
    private const long Action = 3L << 32;
    private const long Exit = 4L << 32;

    /// <summary>The states.</summary>
    public IReadOnlyList<MachineState> States { get; set; } = [];

    /// <summary>The transitions, in the order in which their triggers are armed.</summary>
    public IReadOnlyList<MachineTransition> Transitions { get; set; } = [];

    /// <summary>The state to begin in; the first when empty.</summary>
    [Input(Description = "The state to begin in.")]
    public string? InitialState { get; set; }

    /// <summary>The state that it stands in.</summary>
    [Output(Description = "The state that it stands in.")]
    public Output<string> CurrentState { get; set; } = new();

    /// <summary>True for a trigger that waits as a way out of the present state.</summary>
    internal static bool IsArmed(long tag) => (tag & ~0xFFFFFFFFL) == Armed;

    /// <summary>True for what runs on the way from one state to another.</summary>
    internal static bool IsOnTransition(long tag) => (tag & ~0xFFFFFFFFL) is Action or Exit;

    internal static int TransitionOf(long tag) => (int)(tag & 0xFFFFFFFFL);

    internal static long ArmedTag(int transition) => Armed | (uint)transition;

    internal override void CollectChildren(List<Activity> children)
    {
        children.AddRange(States.SelectMany(s => new[] { s.Entry, s.Exit }).OfType<Activity>());
        children.AddRange(Transitions.SelectMany(t => new[] { t.Trigger, t.Action }).OfType<Activity>());
    }

    internal override void ReadMembers(ActivityReader reader, JsonElement json)
    {
        States = ReadList(
            json,
            "states",
            (s, path) => new MachineState(NameIn(s, "name"), Child(reader, s, "entry", path), Child(reader, s, "exit", path))
        );
        Transitions = ReadList(
            json,
            "transitions",
            (t, path) =>
                new MachineTransition(
                    NameIn(t, "name"),
                    NameIn(t, "from"),
                    NameIn(t, "to"),
                    Child(reader, t, "trigger", path),
                    ElsaJson.Find(t, "condition") is { } condition ? reader.ReadExpression(condition, $"{path}.condition") : null,
                    Child(reader, t, "action", path)
                )
        );
    }

    internal override void Prepare(GraphBuilder builder)
    {
        foreach (var transition in Transitions)
        {
            if (transition.Condition is not null)
                transition.Binding = builder.Bind(Node, $"Transitions[{transition.Name}].Condition", typeof(bool), transition.Condition);

            foreach (var state in new[] { transition.From, transition.To })
                if (States.All(s => s.Name != state))
                    builder.Report(
                        new(
                            "state-machine.unknown-state",
                            $"{Path}.transitions",
                            $"Transition '{transition.Name}' of '{Id}' names the state '{state}', which does not exist. The machine completes when it gets there.",
                            CompileSeverity.Warning,
                            Id
                        )
                    );
        }
    }

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context) =>
        Enter(
            context,
            InitialState is { Length: > 0 } ? InitialState
                : States.Count > 0 ? States[0].Name
                : null
        );

    /// <inheritdoc/>
    protected override void OnChildCompleted(ActivityExecutionContext context, ActivityCompletion completion)
    {
        switch (completion.Tag & ~0xFFFFFFFFL)
        {
            case Entry:
                Arm(context);
                break;
            case Armed:
                Fire(context, (int)(completion.Tag & 0xFFFFFFFFL));
                break;
            case Action:
                Leave(context);
                break;
            default:
                Enter(context, Current(context).To);
                break;
        }
    }

    private void Enter(ActivityExecutionContext context, string? name)
    {
        if (States.FirstOrDefault(s => s.Name == name) is not { } state)
        {
            context.Complete();
            return;
        }

        context.SetProperty(StateKey, state.Name);
        CurrentState.Set(context, state.Name);

        if (state.Entry is not null)
            context.Schedule(state.Entry, tag: Entry);
        else
            Arm(context);
    }

    private void Arm(ActivityExecutionContext context)
    {
        var state = context.GetProperty<string>(StateKey);
        var armed = false;

        for (var i = 0; i < Transitions.Count; i++)
            if (Transitions[i].From == state && Transitions[i].Trigger is { } trigger)
            {
                context.Schedule(trigger, tag: Armed | (uint)i);
                armed = true;
            }

        if (!armed)
            context.Complete();
    }

    private void Fire(ActivityExecutionContext context, int index)
    {
        var transition = Transitions[index];
        var machine = (Frame)context;

        if (transition.Binding is not null && !ValueConverter.To<bool>(machine.EvaluateBinding(transition.Binding)))
        {
            context.Schedule(transition.Trigger!, tag: Armed | (uint)index);
            return;
        }

        machine.Run.CancelChildren(machine);
        context.SetProperty(TransitionKey, index);

        if (transition.Action is not null)
            context.Schedule(transition.Action, tag: Action);
        else
            Leave(context);
    }

    private void Leave(ActivityExecutionContext context)
    {
        var transition = Current(context);

        if (States.FirstOrDefault(s => s.Name == transition.From)?.Exit is { } exit)
            context.Schedule(exit, tag: Exit);
        else
            Enter(context, transition.To);
    }

    private MachineTransition Current(ActivityExecutionContext context) => Transitions[context.GetProperty<int>(TransitionKey)];

    private List<T> ReadList<T>(JsonElement json, string name, Func<JsonElement, string, T> read)
    {
        var i = 0;
        return ElsaJson.Find(json, name) is { } list
            ? [.. ElsaJson.Items(list).Where(s => s.ValueKind == JsonValueKind.Object).Select(s => read(s, $"{Path}.{name}[{i++}]"))]
            : [];
    }

    private static string NameIn(JsonElement json, string member) => ElsaJson.Text(ElsaJson.Find(json, member)) ?? "";

    private static Activity? Child(ActivityReader reader, JsonElement json, string member, string path) =>
        ElsaJson.Find(json, member) is { ValueKind: JsonValueKind.Object } child ? reader.Read(child, $"{path}.{member}") : null;
}
