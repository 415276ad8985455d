using System.Collections.Immutable;
using System.Globalization;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Compilation;

/// <summary>Turns a tree of activity objects into a graph: numbers the nodes, binds inputs and outputs, lets each activity prepare itself.</summary>
internal sealed class GraphBuilder(
    ActivityCatalog catalog,
    IReadOnlyDictionary<string, IExpressionLanguage> languages,
    FlowSemantics semantics,
    List<CompileError> errors
)
{
    private readonly List<Node> nodes = [];
    private readonly Dictionary<string, int> counters = new(StringComparer.Ordinal);
    private readonly HashSet<string> usedIds = new(StringComparer.Ordinal);
    private readonly HashSet<Activity> seen = [];
    private readonly Dictionary<Activity, UndoWorkflow> undoWorkflows = [];
    private readonly List<Activity> children = [];
    private readonly InputBinder binder = new(languages, semantics, errors);

    public FlowSemantics Semantics => semantics;

    public void Report(CompileError error) => errors.Add(error);

    public WorkflowGraph? Build(Workflow workflow)
    {
        var definition = workflow.Definition;
        Number(workflow);

        foreach (var node in nodes)
            BindVariables(node);

        foreach (var node in nodes)
        {
            BindInputs(node);
            BindOutputs(node);
            BindCustomProperties(node, definition?.CommitStrategy);
        }

        foreach (var node in nodes)
            node.Activity.Prepare(this);

        foreach (var node in nodes)
            BindUndo(node);

        var holdsSecrets = SecretMarks.Set(nodes);
        var interval = CommitNames.IntervalOf(definition?.CommitStrategy);

        if (definition?.CommitStrategy is { } strategy && interval is null && !CommitNames.IsStandard(strategy))
            errors.Add(
                new(
                    "options.commit-strategy",
                    "$.options.commitStrategyName",
                    $"'{strategy}' is not a commit strategy; the workflow commits at the end of each burst. Use WorkflowExecuting, WorkflowExecuted, ActivityExecuting, ActivityExecuted, or an interval such as 'Every 10 seconds'.",
                    CompileSeverity.Warning
                )
            );

        if (errors.Any(e => e.Severity == CompileSeverity.Error))
            return null;

        return new WorkflowGraph([.. nodes])
        {
            DefinitionVersionId = definition?.Id ?? "",
            DefinitionId = definition?.DefinitionId ?? "",
            Version = definition?.Version ?? 1,
            Name = definition?.Name,
            Semantics = semantics,
            IncidentStrategy = definition?.IncidentStrategy ?? workflow.IncidentStrategy,
            ActivationStrategy = definition?.ActivationStrategy ?? ActivationStrategy.Always,
            Inputs = definition?.Inputs ?? [],
            Outputs = definition?.Outputs ?? [],
            Outcomes = definition?.Outcomes ?? [],
            Warnings = CompileError.OncePerPlace(errors),
            ReadsOutputs = binder.ReadsOutputs,
            HoldsSecrets = holdsSecrets,
            StepBudget = workflow.StepBudget,
            CommitInterval = interval,
        };
    }

    /// <summary>Gives every activity its id and its place, and nothing more.</summary>
    public void Number(Workflow workflow)
    {
        CollectIds(workflow);
        GenerateIds(workflow);
        AddNode(workflow, null, 0);
    }

    /// <summary>Binds one expression as an input of the given type, seen from a node.</summary>
    public InputBinding Bind(
        Node node,
        string name,
        Type type,
        ExpressionDefinition? expression,
        bool autoEvaluate = true,
        bool isSensitive = false
    ) => binder.Bind(node, name, type, expression, autoEvaluate, isSensitive);

    /// <summary>Finds the variable with an id, looking outwards from a node.</summary>
    public static (Node? Node, int Slot) FindVariable(Node from, string id)
    {
        for (var node = from; node is not null; node = node.Parent)
            if (node.FindSlotById(id) is >= 0 and var slot)
                return (node, slot);

        return (null, -1);
    }

    private List<Activity> ChildrenOf(Activity activity)
    {
        children.Clear();

        var descriptor = catalog.Get(activity.GetType());

        foreach (var port in descriptor.Ports)
            switch (port.Get(activity))
            {
                case Activity child:
                    children.Add(child);
                    break;
                case IEnumerable<Activity> list:
                    children.AddRange(list);
                    break;
            }

        foreach (var input in descriptor.Inputs)
            if (input.CreateCase is not null && input.Get(activity) is ActivityCase[] cases)
                children.AddRange(cases.Select(c => c.Activity).OfType<Activity>());

        activity.CollectChildren(children);
        return [.. children];
    }

    private void CollectIds(Activity activity)
    {
        if (!seen.Add(activity))
            throw new InvalidOperationException($"Activity '{activity.Id}' stands in two places. Build a new object for each place.");

        if (activity.Id.Length > 0)
            usedIds.Add(activity.Id);

        foreach (var child in ChildrenOf(activity))
            CollectIds(child);
    }

    /// <summary>Children are numbered before their parents, as Elsa does.</summary>
    private void GenerateIds(Activity activity)
    {
        foreach (var child in ChildrenOf(activity))
            GenerateIds(child);

        if (activity.Id.Length > 0)
            return;

        var name = activity is Workflow ? "Workflow" : catalog.Get(activity.GetType()).Name;

        do
        {
            counters[name] = counters.GetValueOrDefault(name) + 1;
            activity.Id = name + counters[name].ToString(CultureInfo.InvariantCulture);
        } while (!usedIds.Add(activity.Id));
    }

    private Node AddNode(Activity activity, Node? parent, int ordinal)
    {
        if (activity.Node is not null)
            throw new InvalidOperationException($"Activity '{activity.Id}' was compiled before. Build a new object for each workflow.");

        var node = new Node(nodes.Count, activity, catalog.Get(activity.GetType()), parent)
        {
            NodeId = parent is null ? activity.Id : $"{parent.NodeId}:{activity.Id}",
            Ordinal = ordinal,
            Depth = parent is null ? 0 : parent.Depth + 1,
        };
        activity.Node = node;
        nodes.Add(node);

        var list = ChildrenOf(activity);

        if (activity is Workflow workflow)
            list.AddRange(UndoWorkflows(workflow));

        var result = ImmutableArray.CreateBuilder<Node>(list.Count);

        for (var i = 0; i < list.Count; i++)
            result.Add(AddNode(list[i], node, i));

        node.Children = result.MoveToImmutable();
        return node;
    }

    private void BindVariables(Node node)
    {
        var declared = node.Activity.DeclaredVariables;

        if (declared.Count == 0)
            return;

        var slots = new VariableSlot[declared.Count];
        var defaults = new object?[declared.Count];

        for (var i = 0; i < slots.Length; i++)
        {
            var variable = declared[i];
            var value = ValueConverter.Convert(variable.Value, variable.Type);

            // A default that is JSON text stands for the object that it describes.
            if (
                variable.Type == typeof(object)
                && value is string text
                && text.TrimStart() is ['{' or '[', ..]
                && ValueJson.TryParse(text, out var parsed)
            )
                value = parsed;

            value = SlotValue(value, variable.Type);
            slots[i] = new VariableSlot
            {
                Id = variable.Id,
                Name = variable.Name,
                Type = variable.Type,
                Default = value,
                IsSecret = variable.IsSensitive,
            };
            defaults[i] = value;
        }

        node.Variables = slots;
        node.VariableDefaults = defaults;
    }

    /// <summary>What a slot of the type may hold: the type's own value, or a plain one.</summary>
    internal static object? SlotValue(object? value, Type type) =>
        type == typeof(object) ? PlainValue.Of(value) : ValueConverter.Convert(value, type);

    private void BindInputs(Node node)
    {
        if (node.Activity is WorkflowCall call)
        {
            node.Inputs = call.BindArguments(this);
            return;
        }

        var descriptors = node.Descriptor.Inputs;
        var bindings = new List<InputBinding>(descriptors.Length);
        var allConstant = true;

        foreach (var descriptor in descriptors)
        {
            if (!descriptor.IsWrapped)
                continue;

            var input = descriptor.Get(node.Activity) as Input;
            var binding =
                descriptor.Hint == InputHints.Dictionary
                    ? binder.BindMembers(node, descriptor.Name, descriptor.Type, input?.Expression, descriptor.Attribute.IsSensitive)
                    : Bind(
                        node,
                        descriptor.Name,
                        descriptor.Type,
                        input?.Expression,
                        descriptor.Attribute.AutoEvaluate,
                        descriptor.Attribute.IsSensitive
                    );

            if (descriptor.Attribute.IsSensitive && !binding.IsSensitive)
                binding = binding with { IsSensitive = true };

            if (input is not null)
                input.Index = bindings.Count;

            if (!descriptor.Attribute.AutoEvaluate && binding.Kind != BindingKind.Constant)
                binding = binding with { AutoEvaluate = false };

            allConstant &= binding.Kind == BindingKind.Constant || !binding.AutoEvaluate;
            bindings.Add(binding);
        }

        node.Inputs = [.. bindings];

        if (allConstant && bindings.Count > 0)
            node.ConstantInputs = [.. bindings.Select(b => b.Constant)];
    }

    private void BindOutputs(Node node)
    {
        if (node.Activity is WorkflowCall call)
        {
            node.Outputs = call.BindOutputs();
            return;
        }

        var descriptors = node.Descriptor.Outputs;

        if (descriptors.Length == 0)
            return;

        node.Outputs = new OutputBinding[descriptors.Length];

        for (var i = 0; i < descriptors.Length; i++)
        {
            var output = descriptors[i].Get(node.Activity);

            if (output is not null)
                output.Index = i;

            node.Outputs[i] = BindOutput(node, descriptors[i].Name, descriptors[i].Type, output?.Target);
        }
    }

    internal static OutputBinding BindOutput(Node node, string name, Type type, string? target)
    {
        var (slotNode, slot) = target is null ? (null, -1) : FindVariable(node.Parent ?? node, target);
        return new OutputBinding
        {
            Name = name,
            Type = type,
            SlotNode = slotNode,
            Slot = slot,
            WorkflowOutput = slotNode is null ? target : null,
        };
    }

    private void BindCustomProperties(Node node, string? workflowStrategy)
    {
        var activity = node.Activity;
        node.RunsInBackground =
            node.Descriptor.Kind == ActivityKind.Job
            || (node.Descriptor.Kind == ActivityKind.Task && (activity.RunAsynchronously ?? node.Descriptor.RunAsynchronously));

        var own =
            activity.CustomProperties.ValueKind == System.Text.Json.JsonValueKind.Object
                ? ElsaJson.Text(ElsaJson.Find(activity.CustomProperties, "commitStrategyName"))
                : null;

        node.Commit = own switch
        {
            "CommitAlways" => CommitPoint.BeforeAndAfter,
            "CommitNever" => CommitPoint.Later,
            "Executing" => CommitPoint.Before,
            "Executed" => CommitPoint.After,
            _ when activity is Workflow => workflowStrategy == "WorkflowExecuting" ? CommitPoint.Before : CommitPoint.Later,
            _ when node.Descriptor.Commit != CommitPoint.Later => node.Descriptor.Commit,
            _ => workflowStrategy switch
            {
                "ActivityExecuting" => CommitPoint.Before,
                "ActivityExecuted" => CommitPoint.After,
                _ => CommitPoint.Later,
            },
        };
    }

    private IEnumerable<Activity> UndoWorkflows(Workflow workflow)
    {
        var names = new List<Activity>();
        Visit(workflow);
        return names;

        void Visit(Activity activity)
        {
            if (
                CompensationOf(activity) is { ValueKind: System.Text.Json.JsonValueKind.Object } json
                && ElsaJson.Text(ElsaJson.Find(json, "workflow")) is { Length: > 0 } definitionId
            )
            {
                var undo = undoWorkflows[activity] = new UndoWorkflow
                {
                    Id = $"undo-{activity.Id}",
                    DefinitionId = definitionId,
                    Of = activity,
                };
                names.Add(undo);
            }

            if (activity is not Workflow || ReferenceEquals(activity, workflow))
                foreach (var child in ChildrenOf(activity))
                    Visit(child);
        }
    }

    private static System.Text.Json.JsonElement? CompensationOf(Activity activity) =>
        activity.CustomProperties.ValueKind == System.Text.Json.JsonValueKind.Object
            ? ElsaJson.Find(activity.CustomProperties, "compensation")
            : null;

    private void BindUndo(Node node)
    {
        if (CompensationOf(node.Activity) is not { } json)
            return;

        var path = $"{node.Activity.Path}.customProperties.compensation";

        if (
            json.ValueKind != System.Text.Json.JsonValueKind.Object
            || (ElsaJson.Text(ElsaJson.Find(json, "activity")) ?? ElsaJson.Text(ElsaJson.Find(json, "workflow")))
                is not { Length: > 0 } target
        )
        {
            Report(
                new(
                    "compensation.shape",
                    path,
                    $"The compensation of '{node.Id}' must be {{ \"activity\": id }} or {{ \"workflow\": definition id }}.",
                    ActivityId: node.Id
                )
            );
            return;
        }

        node.Undo = ElsaJson.Find(json, "activity") is null
            ? undoWorkflows[node.Activity].Node
            : node.Parent?.Children.FirstOrDefault(n => n.Id == target)
                ?? nodes.FirstOrDefault(n => n.Id == target && n.Composite == node.Composite);

        if (node.Undo is null)
            Report(
                new(
                    "compensation.unknown-activity",
                    path,
                    $"Activity '{node.Id}' is undone by '{target}', which does not exist in its workflow. Name the id of an activity.",
                    ActivityId: node.Id
                )
            );
        else if (node.Undo == node)
            Report(
                new(
                    "compensation.itself",
                    path,
                    $"Activity '{node.Id}' is named as its own undo step. Name another activity.",
                    ActivityId: node.Id
                )
            );
    }

    /// <summary>Lets an activity that evaluates scripts itself keep outputs alive.</summary>
    public void MarkReadsOutputs() => binder.ReadsOutputs = true;

    /// <summary>The language of a name; null when it is not registered.</summary>
    public IExpressionLanguage? FindLanguage(string type) => languages.GetValueOrDefault(type);
}
