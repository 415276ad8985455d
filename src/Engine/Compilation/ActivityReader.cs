using System.Text.Json;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Compilation;

/// <summary>Turns the JSON of activities into activity objects. Reports every error and goes on.</summary>
internal sealed class ActivityReader(
    ActivityCatalog catalog,
    IDefinitionSource definitions,
    FlowSemantics semantics,
    List<CompileError> errors
)
{
    /// <summary>Containers inside each other; deeper ones are refused.</summary>
    private const int MaxNesting = 100;

    /// <summary>Activities of one definition, sub-workflows included.</summary>
    private const int MaxActivities = 50_000;

    private readonly List<string> openDefinitions = [];
    private Dictionary<WorkflowDefinition, int>? sizes;
    private int nesting;
    private int count;

    public FlowSemantics Semantics => semantics;

    /// <summary>True when there are more activities than a definition may have.</summary>
    public bool IsTooMany => count > MaxActivities;

    /// <summary>True when some sub-workflow was met again while only sizes were asked for, and was not read again.</summary>
    public bool HasLeftOut { get; private set; }

    /// <summary>
    /// Reads every sub-workflow once, however often it is used, and only counts the others: 30 levels that use the next one twice are 30 readings and
    /// not 2³⁰. What it gives is complete when nothing was left out.
    /// </summary>
    public Workflow Survey(WorkflowDefinition definition)
    {
        sizes = new(ReferenceEqualityComparer.Instance);
        return ReadWorkflow(definition);
    }

    public void Report(CompileError error) => errors.Add(error);

    /// <summary>Reads a definition with its root.</summary>
    public Workflow ReadWorkflow(WorkflowDefinition definition, string path = "$.root")
    {
        openDefinitions.Add(definition.DefinitionId);
        var workflow = new Workflow { Definition = definition, Variables = ReadVariables(definition.Variables, path[..^"$.root".Length]) };
        workflow.Root = definition.Root.ValueKind == JsonValueKind.Object ? Read(definition.Root, path) : new Sequence();
        openDefinitions.RemoveAt(openDefinitions.Count - 1);
        return workflow;
    }

    /// <summary>Reads one activity; null when it is not one.</summary>
    public Activity? Read(JsonElement json, string path)
    {
        if (json.ValueKind == JsonValueKind.Null)
            return null;

        if (json.ValueKind != JsonValueKind.Object)
        {
            errors.Add(new("activity.not-an-object", path, "An activity is an object with at least \"type\"."));
            return null;
        }

        if (nesting >= MaxNesting)
        {
            errors.Add(
                new("activity.too-deep", path, $"Containers nest deeper than {MaxNesting} levels. Move the inner ones into sub-workflows.")
            );
            return null;
        }

        if (!Count(1, path))
            return null;

        nesting++;
        var activity = ReadKnown(json, path);
        nesting--;
        return activity;
    }

    /// <summary>False when there are too many; the first time that is an error.</summary>
    private bool Count(int more, string path)
    {
        if (IsTooMany)
            return false;

        count = Math.Min(count + more, MaxActivities + 1);

        if (IsTooMany)
            errors.Add(
                new(
                    "activity.too-many",
                    path,
                    $"With this one the definition has more than {MaxActivities:N0} activities, as each use of a sub-workflow counts all that is in it. Use it fewer times, or start it with DispatchWorkflow instead."
                )
            );

        return !IsTooMany;
    }

    /// <summary>Reads a list of activities in any of its forms.</summary>
    public List<Activity> ReadList(JsonElement json, string path)
    {
        var list = new List<Activity>();
        var i = 0;

        foreach (var item in ElsaJson.Items(json))
            if (Read(item, $"{path}[{i++}]") is { } activity)
                list.Add(activity);

        return list;
    }

    /// <summary>Reads the variables of a container.</summary>
    public List<Variable> ReadVariables(JsonElement json, string path)
    {
        var i = 0;
        return ReadVariables([
            .. ElsaJson.Items(json).Where(v => v.ValueKind == JsonValueKind.Object).Select(v => ElsaJson.ReadVariable(v, $"{path}[{i++}]")),
        ]);
    }

    /// <summary>Reads <c>{type, value}</c>; null when it is neither that nor a plain value.</summary>
    public ExpressionDefinition? ReadExpression(JsonElement json, string path) =>
        json.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => null,
            JsonValueKind.Object when ElsaJson.Find(json, "expression") is { ValueKind: JsonValueKind.Object } inner =>
                ExpressionDefinition.Read(inner, path),
            JsonValueKind.Object => ExpressionDefinition.Read(json, path),
            _ => new ExpressionDefinition("Literal", PlainValue.Of(json), path),
        };

    private List<Variable> ReadVariables(IReadOnlyList<VariableDefinition> declared, string around = "")
    {
        var variables = new List<Variable>(declared.Count);

        foreach (var variable in declared)
        {
            var type = WorkflowTypes.Find(variable.TypeName);

            if (type is null)
            {
                // Elsa drops such a variable without a word; we keep it as an object.
                errors.Add(
                    new(
                        "variable.unknown-type",
                        around + variable.Path,
                        $"Variable '{variable.Name}' has the type '{variable.TypeName}', which is not known; it is kept as an object. Use one of: String, Int32, Boolean, DateTimeOffset, Object …",
                        CompileSeverity.Warning
                    )
                );
                type = typeof(object);
            }

            variables.Add(
                new Variable(variable.Name, variable.IsArray ? type.MakeArrayType() : type, variable.Value, variable.Id)
                {
                    IsSensitive = variable.IsSensitive,
                }
            );
        }

        return variables;
    }

    private Activity ReadKnown(JsonElement json, string path)
    {
        var typeName = ElsaJson.Text(ElsaJson.Find(json, "type")) ?? "";
        var version = ElsaJson.Integer(ElsaJson.Find(json, "version")) ?? 0;

        if (typeName.Length == 0)
            errors.Add(new("activity.no-type", path, "The activity has no \"type\"."));

        // A file written where the type was unknown: is it known here?
        if (
            typeName == NotFoundActivity.TypeName
            && ElsaJson.Text(ElsaJson.Find(json, "originalActivityJson")) is { Length: > 1 } original
            && TryParse(original) is { } inner
            && ElsaJson.Text(ElsaJson.Find(inner, "type")) is { } missing
            && (catalog.Find(missing) is not null || FindDefinition(inner, missing) is not null)
        )
            return ReadKnown(inner, path);

        var descriptor = catalog.Find(typeName, version);

        if (descriptor?.ClrType is { IsPublic: false } hidden && hidden.Assembly == typeof(Activity).Assembly)
            descriptor = null;

        var activity =
            descriptor?.Create()
            ?? (FindDefinition(json, typeName) is { } definition ? ReadCall(definition, json, path) : NotFound(json, typeName, path));

        activity.Path = path;
        activity.RequestedVersion = version;
        activity.Id = ElsaJson.Text(ElsaJson.Find(json, "id")) ?? "";
        activity.Name = ElsaJson.Text(ElsaJson.Find(json, "name"));
        ReadCommon(activity, json);

        if (descriptor is not null)
            ReadMembers(activity, descriptor, json, path);

        activity.ReadMembers(this, json);
        return activity;
    }

    private static JsonElement? TryParse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = ElsaJson.MaxDepth });
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void ReadCommon(Activity activity, JsonElement json)
    {
        if (ElsaJson.Find(json, "customProperties") is { ValueKind: JsonValueKind.Object } custom)
            activity.CustomProperties = custom;

        activity.DisplayText = DisplayText(json);

        // Older files carry the flags at top level.
        activity.CanStartWorkflow =
            (
                Property(activity, "canStartWorkflow") is { } start
                    ? ElsaJson.Flag(start)
                    : ElsaJson.Flag(ElsaJson.Find(json, "canStartWorkflow"))
            ) ?? false;
        activity.RunAsynchronously = Property(activity, "runAsynchronously") is { } async
            ? ElsaJson.Flag(async)
            : ElsaJson.Flag(ElsaJson.Find(json, "runAsynchronously"));
    }

    private static string? DisplayText(JsonElement json) =>
        ElsaJson.Find(json, "metadata") is { ValueKind: JsonValueKind.Object } metadata
            ? ElsaJson.Text(ElsaJson.Find(metadata, "displayText"))
            : null;

    private static JsonElement? Property(Activity activity, string name) =>
        activity.CustomProperties.ValueKind == JsonValueKind.Object ? ElsaJson.Find(activity.CustomProperties, name) : null;

    private void ReadMembers(Activity activity, ActivityDescriptor descriptor, JsonElement json, string path)
    {
        foreach (var member in json.EnumerateObject())
        {
            if (descriptor.InputsByName.TryGetValue(member.Name, out var input))
                ReadInput(activity, input, member.Value, $"{path}.{member.Name}");
            else if (descriptor.OutputsByName.TryGetValue(member.Name, out var output))
                ReadOutput(activity, output, member.Value);
            else if (descriptor.PortsByName.TryGetValue(member.Name, out var port))
                port.Set(
                    activity,
                    port.IsList ? ReadList(member.Value, $"{path}.{member.Name}") : Read(member.Value, $"{path}.{member.Name}")
                );
        }
    }

    private void ReadInput(Activity activity, InputDescriptor input, JsonElement json, string path)
    {
        if (input.CreateCase is not null)
        {
            input.Set(activity, ReadCases(input, json, path));
            return;
        }

        if (!input.IsWrapped)
        {
            if (json.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) && ReadPlain(input, json, path, out var value))
                input.Set(activity, value);

            return;
        }

        input.Set(activity, ReadInput(input.Name, json, path, activity));
    }

    private Array ReadCases(InputDescriptor input, JsonElement json, string path)
    {
        var cases = new List<ActivityCase>();
        var i = 0;

        foreach (var item in ElsaJson.Items(json))
        {
            var place = $"{path}[{i++}]";
            var @case = input.CreateCase!();

            if (@case.InvokeTryRead(PlainValue.Of(item)))
            {
                @case.Activity = ElsaJson.Find(item, "activity") is { } activity ? Read(activity, $"{place}.activity") : null;
                cases.Add(@case);
            }
            else
                errors.Add(
                    new(
                        "input.value",
                        place,
                        $"'{ExpressionDefinition.Literal(PlainValue.Of(item)).Quoted}' is not an item of '{input.Name}'. Use an object such as {{ \"statusCode\": 404, \"activity\": {{ … }} }}."
                    )
                );
        }

        var array = Array.CreateInstance(input.Type.GetElementType()!, cases.Count);
        cases.ToArray().CopyTo(array, 0);
        return array;
    }

    private bool ReadPlain(InputDescriptor input, JsonElement json, string path, out object? value)
    {
        // Some writers wrap what is not wrapped.
        var inner =
            json.ValueKind == JsonValueKind.Object && ElsaJson.Find(json, "expression") is { ValueKind: JsonValueKind.Object } expression
                ? ElsaJson.Find(expression, "value") ?? json
                : json;

        if (ValueConverter.TryConvert(PlainValue.Of(inner), input.Type, out value))
            return true;

        var allowed = input.Type.IsEnum ? $" Use one of: {string.Join(", ", Enum.GetNames(input.Type))}." : "";
        errors.Add(
            new(
                "input.value",
                path,
                $"'{ExpressionDefinition.Literal(PlainValue.Of(inner)).Quoted}' is not a value for '{input.Name}' ({WorkflowTypes.AliasOf(input.Type)}).{allowed}"
            )
        );
        return false;
    }

    internal ExpressionDefinition? ReadInput(string name, JsonElement json, string path, Activity activity)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Null or JsonValueKind.Undefined:
                return null;
            case not JsonValueKind.Object:
                return new ExpressionDefinition(
                    "Literal",
                    json.ValueKind == JsonValueKind.Array ? json.GetRawText() : PlainValue.Of(json),
                    path
                );
        }

        var expression = ElsaJson.Find(json, "expression");

        // Elsa asks only whether the member is there; Elsa Studio writes null for an input that was never set before.
        if (ElsaJson.Find(json, "typeName") is null)
        {
            Unreadable(
                "input.no-type-name",
                path,
                $"Input '{name}' of '{activity.Id}' has no \"typeName\", so Elsa reads it as null. Add \"typeName\".",
                activity
            );

            if (semantics != FlowSemantics.Sound)
                return null;
        }

        return expression is { ValueKind: JsonValueKind.Object } body ? ExpressionDefinition.Read(body, $"{path}.expression") : null;
    }

    private void Unreadable(string code, string path, string message, Activity activity) =>
        errors.Add(
            new(code, path, message, semantics == FlowSemantics.Sound ? CompileSeverity.Error : CompileSeverity.Warning, activity.Id)
        );

    private static void ReadOutput(Activity activity, OutputDescriptor output, JsonElement json)
    {
        if (
            ElsaJson.Find(json, "memoryReference") is { ValueKind: JsonValueKind.Object } reference
            && ElsaJson.Text(ElsaJson.Find(reference, "id")) is { Length: > 0 } id
        )
            output.GetOrCreate(activity).Target = id;
    }

    private WorkflowDefinition? FindDefinition(JsonElement json, string typeName)
    {
        var version = ElsaJson.Integer(ElsaJson.Find(json, "version")) ?? 0;
        var versionId = ElsaJson.Text(ElsaJson.Find(json, "workflowDefinitionVersionId"));
        var definitionId = ElsaJson.Text(ElsaJson.Find(json, "workflowDefinitionId"));

        return (versionId is { Length: > 0 } ? definitions.FindVersion(versionId) : null)
            ?? definitions.FindByTypeName(typeName, version)
            ?? (definitionId is { Length: > 0 } ? definitions.FindByDefinitionId(definitionId, version) : null);
    }

    private Activity ReadCall(WorkflowDefinition definition, JsonElement json, string path)
    {
        if (openDefinitions.Contains(definition.DefinitionId))
        {
            errors.Add(
                new(
                    "workflow.cycle",
                    path,
                    $"Workflow '{definition.DefinitionId}' contains itself: {string.Join(" → ", openDefinitions)} → {definition.DefinitionId}. Start it with DispatchWorkflow instead."
                )
            );
            return new NotFoundActivity { MissingTypeName = definition.DefinitionId };
        }

        if (sizes is not null && sizes.TryGetValue(definition, out var size))
        {
            HasLeftOut = true;
            Count(size, path);
            return new NotFoundActivity { MissingTypeName = definition.DefinitionId };
        }

        var before = count;
        var call = new WorkflowCall
        {
            Definition = definition,
            Root = ReadWorkflow(definition, $"{path}{CompileError.Inside}{definition.DefinitionId}:$.root"),
        };
        sizes?.Add(definition, count - before);
        call.DeclareArguments(this, json, path);
        return call;
    }

    private NotFoundActivity NotFound(JsonElement json, string typeName, string path)
    {
        var nearest = catalog.Nearest(typeName);
        var hint = nearest is null ? "Register it, or publish the workflow of that name as activity." : $"Did you mean '{nearest}'?";

        if (typeName.Length > 0 && typeName != NotFoundActivity.TypeName)
            errors.Add(
                new(
                    "activity.unknown-type",
                    path,
                    $"Activity '{ElsaJson.Text(ElsaJson.Find(json, "id"))}' has the type '{typeName}', which is not registered; it fails when it is reached. {hint}",
                    CompileSeverity.Warning,
                    ElsaJson.Text(ElsaJson.Find(json, "id"))
                )
                {
                    ActivityName = DisplayText(json),
                }
            );

        return new NotFoundActivity
        {
            WasUnknownWhenWritten = typeName == NotFoundActivity.TypeName,
            MissingTypeName =
                typeName == NotFoundActivity.TypeName ? ElsaJson.Text(ElsaJson.Find(json, "missingTypeName")) ?? typeName : typeName,
        };
    }
}
