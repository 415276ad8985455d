using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Definitions;

/// <summary>Writes activities. The compiler has read them before: it knows their types and has numbered those without id.</summary>
internal sealed class ActivityModelWriter
{
    private static readonly HashSet<string> Common = new(StringComparer.OrdinalIgnoreCase)
    {
        "id",
        "nodeId",
        "name",
        "type",
        "version",
        "customProperties",
        "metadata",
        "canStartWorkflow",
        "runAsynchronously",
    };

    private static readonly HashSet<string> Languages = new(StringComparer.Ordinal)
    {
        "Literal",
        "Object",
        "Json",
        "Variable",
        "Input",
        "JavaScript",
        "Liquid",
        "CSharp",
        "Python",
        "Delegate",
        "Secret",
    };

    private readonly Utf8JsonWriter writer;
    private readonly WorkflowDefinition definition;
    private readonly Activity? root;
    private readonly Dictionary<string, Activity> byPath = new(StringComparer.Ordinal);

    public ActivityModelWriter(Utf8JsonWriter writer, WorkflowDefinition definition, ActivityCatalog catalog, IDefinitionSource source)
    {
        this.writer = writer;
        this.definition = definition;
        var errors = new List<CompileError>();
        var workflow = new ActivityReader(catalog, source, FlowSemantics.ElsaCounter, errors).ReadWorkflow(definition);
        new GraphBuilder(catalog, new Dictionary<string, IExpressionLanguage>(), FlowSemantics.ElsaCounter, errors).Build(workflow);
        root = workflow.Root;
        Remember(workflow.Node);
    }

    public void WriteRoot()
    {
        if (root is null)
            writer.WriteNullValue();
        else if (definition.Root.ValueKind == JsonValueKind.Object)
            Write(definition.Root, "$.root");
        else
            WriteActivity(default, root, "$");
    }

    private void Remember(Node node)
    {
        byPath.TryAdd(node.Activity.Path, node.Activity);

        if (node.Activity is not WorkflowCall)
            foreach (var child in node.Children)
                Remember(child);
    }

    /// <summary>Any value; an activity wherever the compiler found one.</summary>
    private void Write(JsonElement json, string path)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object when byPath.TryGetValue(path, out var activity):
                WriteActivity(json, activity, path);
                break;
            case JsonValueKind.Object when ElsaJson.Find(json, "$values") is { ValueKind: JsonValueKind.Array } wrapped:
                Write(wrapped, path);
                break;
            case JsonValueKind.Object:
                writer.WriteStartObject();

                foreach (var member in json.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    Write(member.Value, $"{path}.{member.Name}");
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                var i = 0;

                foreach (var item in json.EnumerateArray())
                    Write(item, $"{path}[{i++}]");

                writer.WriteEndArray();
                break;
            default:
                json.WriteTo(writer);
                break;
        }
    }

    private void WriteActivity(JsonElement json, Activity activity, string path)
    {
        var outer = json;

        // Written where its type was unknown; it is known here.
        if (
            activity is not NotFoundActivity
            && ElsaJson.Text(ElsaJson.Find(json, "type")) == NotFoundActivity.TypeName
            && ElsaJson.Text(ElsaJson.Find(json, "originalActivityJson")) is { } original
        )
            json = JsonDocument.Parse(original, new JsonDocumentOptions { MaxDepth = ElsaJson.MaxDepth }).RootElement;

        writer.WriteStartObject();

        switch (activity)
        {
            case NotFoundActivity missing:
                WriteNotFound(json, missing);
                break;
            case Flowchart chart:
                WriteCommon(json, outer, chart);
                WriteChart(json, chart, path);
                break;
            default:
                var written = activity is WorkflowCall call ? WriteArguments(json, call) : WriteMembers(json, activity, path);
                WriteUnknown(json, written, path);
                WriteCommon(json, outer, activity);
                break;
        }

        writer.WriteEndObject();
    }

    private HashSet<string> WriteMembers(JsonElement json, Activity activity, string path)
    {
        var written = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var descriptor = activity.Node.Descriptor;

        foreach (var input in descriptor.Inputs)
            if (!input.IsReadByActivity && written.Add(input.Name))
                if (input.CreateCase is not null)
                    WriteList(input.Name, json, path);
                else
                    WriteInput(input, ElsaJson.Find(json, input.Name));

        foreach (var port in descriptor.Ports)
            if (written.Add(port.PropertyName))
                WritePort(port, json, path);

        if (activity is Container && written.Add("variables"))
            ElsaModel.WriteList(writer, json, "variables", ElsaModel.WriteVariable);

        foreach (var output in descriptor.Outputs)
            if (written.Add(output.Name))
                WriteOutput(output, ElsaJson.Find(json, output.Name));

        return written;
    }

    private void WriteInput(InputDescriptor input, JsonElement? json)
    {
        writer.WritePropertyName(Camel(input.Name));

        if (!input.IsWrapped)
        {
            if (json is { ValueKind: not JsonValueKind.Null } plain)
                plain.WriteTo(writer);
            else
                ValueJson.WritePlain(writer, PlainValue.Of(input.DefaultValue));

            return;
        }

        WriteWrapped(input.Type, json, input.DefaultValue, memoryId: null);
    }

    private void WriteWrapped(Type type, JsonElement? json, object? defaultValue, string? memoryId)
    {
        var typeName = json is { } file ? ElsaJson.Text(ElsaJson.Find(file, "typeName")) : null;
        var language = "Literal";
        JsonElement? value = null;

        switch (json)
        {
            case null when defaultValue is bool or int or long or double or Enum:
                break;
            case null or { ValueKind: JsonValueKind.Null }:
                writer.WriteNullValue();
                return;
            case { ValueKind: JsonValueKind.Object } wrapped:
                var expression = ElsaJson.Find(wrapped, "expression") ?? default;
                language = ElsaJson.Text(ElsaJson.Find(expression, "type")) ?? language;
                value = ElsaJson.Find(expression, "value");

                // Elsa reads neither as an input.
                if (typeName is null || expression.ValueKind != JsonValueKind.Object || !Languages.Contains(language))
                {
                    writer.WriteNullValue();
                    return;
                }

                break;
            default:
                value = json;
                break;
        }

        writer.WriteStartObject();
        writer.WriteString("typeName", TypeNameOf(type, typeName));
        writer.WriteStartObject("expression");
        writer.WriteString("type", language);
        writer.WritePropertyName("value");

        if (json is null)
            ValueJson.WritePlain(writer, PlainValue.Of(defaultValue));
        else if (value is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } text && language is "Literal" or "Object" or "Json")
            writer.WriteStringValue(value!.Value.GetRawText());
        else if (value is { ValueKind: not JsonValueKind.Undefined } given)
            given.WriteTo(writer);
        else
            writer.WriteNullValue();

        writer.WriteEndObject();

        if (memoryId is not null)
        {
            writer.WriteStartObject("memoryReference");
            writer.WriteString("id", memoryId);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    /// <summary>The alias of the declared type; where our type is wider than Elsa's, the file knows better.</summary>
    private static string TypeNameOf(Type type, string? fromFile) =>
        fromFile is not null && (type == typeof(object) || type.IsArray) && WorkflowTypes.Find(fromFile) is not null
            ? fromFile
            : WorkflowTypes.AliasOf(type);

    private void WriteOutput(OutputDescriptor output, JsonElement? json)
    {
        writer.WritePropertyName(Camel(output.Name));

        if (json is not { ValueKind: JsonValueKind.Object } file || ElsaJson.Text(ElsaJson.Find(file, "typeName")) is not { } typeName)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("typeName", TypeNameOf(output.Type, typeName));

        foreach (var member in file.EnumerateObject())
            if (!string.Equals(member.Name, "typeName", StringComparison.OrdinalIgnoreCase))
                member.WriteTo(writer);

        writer.WriteEndObject();
    }

    /// <summary>The member of a name in any case, as the file spells it: paths do so, too.</summary>
    private static JsonProperty MemberOf(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object
            ? json.EnumerateObject().LastOrDefault(m => string.Equals(m.Name, name, StringComparison.OrdinalIgnoreCase))
            : default;

    private void WriteList(string name, JsonElement json, string path)
    {
        var member = MemberOf(json, name);
        writer.WriteStartArray(Camel(name));
        var i = 0;

        if (member.Value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
            foreach (var item in ElsaJson.Items(member.Value))
                Write(item, $"{path}.{member.Name}[{i++}]");

        writer.WriteEndArray();
    }

    private void WritePort(PortDescriptor port, JsonElement json, string path)
    {
        if (port.IsList)
        {
            WriteList(port.PropertyName, json, path);
            return;
        }

        var member = MemberOf(json, port.PropertyName);
        writer.WritePropertyName(Camel(port.PropertyName));

        if (member.Value.ValueKind == JsonValueKind.Object)
            Write(member.Value, $"{path}.{member.Name}");
        else
            writer.WriteNullValue();
    }

    private HashSet<string> WriteArguments(JsonElement json, WorkflowCall call)
    {
        var written = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "root" };

        foreach (var input in call.Definition.Inputs)
        {
            var name = ElsaJson.Find(json, "_" + input.Name) is null ? input.Name : "_" + input.Name;

            if (Common.Contains(name) || ElsaJson.Find(json, name) is not { } member || !written.Add(name))
                continue;

            writer.WritePropertyName(name.StartsWith('_') ? "_" + Camel(input.Name) : Camel(name));
            WriteWrapped(WorkflowTypes.Find(input.TypeName) ?? typeof(object), member, null, $"{call.Id}:input-{Camel(input.Name)}");
        }

        return written;
    }

    private void WriteUnknown(JsonElement json, HashSet<string> written, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return;

        foreach (var member in json.EnumerateObject())
        {
            if (Common.Contains(member.Name) || written.Contains(member.Name))
                continue;

            writer.WritePropertyName(Camel(member.Name));
            Write(member.Value, $"{path}.{member.Name}");
        }
    }

    private void WriteCommon(JsonElement json, JsonElement outer, Activity activity)
    {
        var isChart = activity is Flowchart;
        writer.WriteString("id", activity.Id);
        writer.WriteString("nodeId", activity.Node.NodeId);

        if (isChart)
            ElsaModel.WriteText(writer, "name", activity.Name);
        else
            writer.WriteString("name", activity.Name);

        writer.WriteString("type", ElsaJson.Text(ElsaJson.Find(json, "type")) ?? activity.Node.Descriptor.TypeName);
        writer.WriteNumber("version", Math.Max(1, activity.RequestedVersion));
        WriteCustomProperties(json, activity);

        // A restored activity stands where its stand-in was put.
        ElsaModel.WriteObject(writer, "metadata", ElsaJson.Find(outer, "metadata"));
    }

    private void WriteCustomProperties(JsonElement json, Activity activity)
    {
        var custom = ElsaJson.Find(json, "customProperties") ?? default;
        writer.WriteStartObject("customProperties");

        if (activity is Flowchart chart)
        {
            writer.WriteStartArray("notFoundConnections");
            WriteConnections(json, chart, lost: true);
            writer.WriteEndArray();
        }

        if (custom.ValueKind == JsonValueKind.Object)
            foreach (var member in custom.EnumerateObject())
                if (member.Name.ToUpperInvariant() is not ("CANSTARTWORKFLOW" or "RUNASYNCHRONOUSLY" or "NOTFOUNDCONNECTIONS"))
                    member.WriteTo(writer);

        writer.WriteBoolean("canStartWorkflow", activity.CanStartWorkflow);
        writer.WriteBoolean("runAsynchronously", activity.RunAsynchronously ?? activity.Node.Descriptor.RunAsynchronously);
        writer.WriteEndObject();
    }

    private void WriteChart(JsonElement json, Flowchart chart, string path)
    {
        WritePort(chart.Node.Descriptor.Ports.First(p => p.PropertyName == nameof(Flowchart.Activities)), json, path);
        ElsaModel.WriteList(writer, json, "variables", ElsaModel.WriteVariable);
        writer.WriteStartArray("connections");
        WriteConnections(json, chart, lost: false);
        writer.WriteEndArray();
        WriteUnknown(json, new(StringComparer.OrdinalIgnoreCase) { "activities", "variables", "connections" }, path);
    }

    /// <summary>Connections in the object form; those that start at a missing activity are kept apart until it is found.</summary>
    private void WriteConnections(JsonElement json, Flowchart chart, bool lost)
    {
        var all = new[]
        {
            ElsaJson.Find(json, "connections"),
            ElsaJson.Find(ElsaJson.Find(json, "customProperties") ?? default, "notFoundConnections"),
        };
        var seen = new HashSet<(string?, string?, string?, string?)>();

        foreach (var connection in all.OfType<JsonElement>().SelectMany(ElsaJson.Items))
        {
            var (source, port) = FlowConnections.EndPoint(connection, "source", "sourcePort");
            var (target, targetPort) = FlowConnections.EndPoint(connection, "target", "targetPort");
            var from = chart.Activities.FirstOrDefault(a => a.Id == source);

            if (
                from is null
                || chart.Activities.All(a => a.Id != target)
                || from is NotFoundActivity != lost
                || !seen.Add((source, port, target, targetPort))
            )
                continue;

            writer.WriteStartObject();
            WriteEnd("source", source, port, connection);
            WriteEnd("target", target, targetPort, connection);
            writer.WritePropertyName("vertices");

            if (ElsaJson.Find(connection, "vertices") is { ValueKind: JsonValueKind.Array } vertices)
                vertices.WriteTo(writer);
            else
            {
                writer.WriteStartArray();
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }
    }

    private void WriteEnd(string name, string? activity, string? port, JsonElement connection)
    {
        writer.WriteStartObject(name);
        writer.WriteString("activity", activity);
        ElsaModel.WriteText(writer, "port", port);

        if (ElsaJson.Find(connection, name) is { ValueKind: JsonValueKind.Object } end && ElsaJson.Find(end, "position") is { } position)
        {
            writer.WritePropertyName("position");
            position.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private void WriteNotFound(JsonElement json, NotFoundActivity missing)
    {
        var isWrapped = ElsaJson.Text(ElsaJson.Find(json, "type")) == NotFoundActivity.TypeName;
        writer.WriteString("missingTypeName", missing.MissingTypeName);
        writer.WriteNumber("missingTypeVersion", 0);
        writer.WriteString(
            "originalActivityJson",
            isWrapped ? ElsaJson.Text(ElsaJson.Find(json, "originalActivityJson")) : CompactText(json)
        );
        writer.WriteString("id", missing.Id);
        writer.WriteString("nodeId", missing.Node.NodeId);
        writer.WriteString("name", missing.Name);
        writer.WriteString("type", NotFoundActivity.TypeName);
        writer.WriteNumber("version", 1);
        writer.WriteStartObject("customProperties");
        writer.WriteBoolean("canStartWorkflow", missing.CanStartWorkflow);
        writer.WriteBoolean("runAsynchronously", missing.RunAsynchronously ?? false);
        writer.WriteEndObject();
        writer.WriteStartObject("metadata");

        if (ElsaJson.Find(json, "metadata") is { ValueKind: JsonValueKind.Object } metadata)
            foreach (var member in metadata.EnumerateObject())
                if (member.Name is not ("displayText" or "description"))
                    member.WriteTo(writer);

        writer.WriteString("displayText", $"Not Found: {missing.MissingTypeName}");
        writer.WriteString("description", $"Could not find activity type {missing.MissingTypeName} with version 0");
        writer.WriteEndObject();
    }

    private static string CompactText(JsonElement json)
    {
        var buffer = new ArrayBufferWriter<byte>();

        using (var compact = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            json.WriteTo(compact);

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Camel(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
