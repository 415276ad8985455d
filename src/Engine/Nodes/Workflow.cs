using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Nodes;

/// <summary>The workflow itself: the outermost activity, or the inside of a workflow used as activity.</summary>
[Activity("Elsa", "Workflows", "A workflow.", IsBrowsable = false)]
internal sealed class Workflow : Composite
{
    public WorkflowDefinition? Definition { get; init; }

    public IReadOnlyList<Variable> Variables { get; init; } = [];

    public IncidentStrategy IncidentStrategy { get; init; }

    public int StepBudget { get; init; } = 10_000;

    internal override IReadOnlyList<Variable> DeclaredVariables => Variables;

    protected override void OnChildCompleted(ActivityExecutionContext context, ActivityCompletion completion)
    {
        // Undo steps are children of the workflow too; the engine leads them.
        if (ReferenceEquals(completion.Child, Root))
            context.Complete(((Execution.Frame)context).ChosenOutcomes is { IsDefault: false } chosen ? chosen : Outcomes.Default);
    }
}

/// <summary>A workflow used as activity: its inputs are variables inside, its outputs and outcomes those of the activity.</summary>
[Activity("ServiceLoop", "Workflows", "A workflow used as activity.", IsBrowsable = false)]
internal sealed class WorkflowCall : Composite
{
    private readonly List<Variable> variables = [];
    private readonly List<(string Name, Type Type, ExpressionDefinition? Expression)> arguments = [];
    private readonly Dictionary<string, string?> outputTargets = new(StringComparer.OrdinalIgnoreCase);

    public WorkflowDefinition Definition { get; init; } = null!;

    internal override IReadOnlyList<Variable> DeclaredVariables => variables;

    public void DeclareArguments(ActivityReader reader, JsonElement json, string path)
    {
        foreach (var input in Definition.Inputs)
        {
            var type = TypeOf(input);
            variables.Add(
                new Variable(input.Name, type, input.DefaultValue, $"{Id}:input-{input.Name}") { IsSensitive = input.IsSensitive }
            );
            var member = Member(json, input.Name);
            var expression = member is { } value ? reader.ReadInput(input.Name, value, $"{path}.{input.Name}", this) : null;
            arguments.Add((input.Name, type, expression));
        }

        foreach (var output in Definition.Outputs)
            if (
                Member(json, output.Name) is { ValueKind: JsonValueKind.Object } member
                && ElsaJson.Find(member, "memoryReference") is { ValueKind: JsonValueKind.Object } reference
            )
                outputTargets[output.Name] = ElsaJson.Text(ElsaJson.Find(reference, "id"));
    }

    public InputBinding[] BindArguments(GraphBuilder builder) =>
        [.. arguments.Select(a => builder.Bind(Node, a.Name, a.Type, a.Expression))];

    public OutputBinding[] BindOutputs() =>
        [.. Definition.Outputs.Select(o => GraphBuilder.BindOutput(Node, o.Name, TypeOf(o), outputTargets.GetValueOrDefault(o.Name)))];

    /// <summary>True when a value was given for the input at this position; otherwise its default stands.</summary>
    public bool IsGiven(int index) => arguments[index].Expression is not null;

    protected override void OnChildCompleted(ActivityExecutionContext context, ActivityCompletion completion) =>
        context.Complete(completion.Outcomes);

    /// <summary>Names that collide with members of every activity have an underscore in front.</summary>
    private static JsonElement? Member(JsonElement json, string name) =>
        ElsaJson.Find(json, "_" + name) ?? (IsReserved(name) ? null : ElsaJson.Find(json, name));

    private static bool IsReserved(string name) =>
        name.ToUpperInvariant() is "ID" or "NODEID" or "NAME" or "TYPE" or "VERSION" or "CUSTOMPROPERTIES" or "METADATA";

    private static Type TypeOf(ArgumentDefinition argument)
    {
        var type = WorkflowTypes.Find(argument.TypeName) ?? typeof(object);
        return argument.IsArray ? type.MakeArrayType() : type;
    }
}

/// <summary>Stands for an activity of a type that is not registered. Fails when it is reached.</summary>
[Activity("Elsa", "System", "Stands for an activity whose type is not known here.", IsBrowsable = false)]
internal sealed class NotFoundActivity : Activity
{
    public const string TypeName = "Elsa.NotFoundActivity";

    [Input(Description = "Name of the type.", IsBrowsable = false)]
    [ReadByActivity]
    public string MissingTypeName { get; init; } = "";

    [Input(Description = "Version of the type.", IsBrowsable = false)]
    [ReadByActivity]
    public int MissingTypeVersion { get; init; }

    [Input(Description = "The activity as it was.", IsBrowsable = false)]
    [ReadByActivity]
    public string OriginalActivityJson { get; init; } = "";

    /// <summary>True: the file already says that its writer did not know the type.</summary>
    public bool WasUnknownWhenWritten { get; init; }

    protected override void Execute(ActivityExecutionContext context) =>
        throw new WorkflowFaultException($"Activity type '{MissingTypeName}' version '0' could not be found.");
}

/// <summary>An undo step that runs a workflow and waits for its end.</summary>
[Activity("ServiceLoop", "Compensation", "Runs a workflow that undoes a step.", IsBrowsable = false)]
internal sealed class UndoWorkflow : Activity
{
    public string DefinitionId { get; init; } = "";

    public Activity Of { get; init; } = null!;

    protected override void Execute(ActivityExecutionContext context)
    {
        var child = $"{context.WorkflowInstanceId}-{context.ExecutionId}";
        context.CreateBookmark(
            new BookmarkRequest("Elsa.ExecuteWorkflow")
            {
                Payload = new Dictionary<string, object?>(StringComparer.Ordinal) { ["ChildInstanceId"] = child },
                CallbackName = nameof(OnChildEnded),
            }
        );
        context.Emit(
            new Effect.Dispatch
            {
                DefinitionId = DefinitionId,
                ChildInstanceId = child,
                CorrelationId = context.CorrelationId,
                Inputs = [new("Compensated", context.GetVariable("Compensated"))],
                Wait = true,
            }
        );
    }

    private void OnChildEnded(ActivityExecutionContext context) => context.Complete();
}
