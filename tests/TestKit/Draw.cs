using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.TestKit.Chance;

namespace ServiceLoop.TestKit;

/// <summary>Small definitions in few words: <c>Draw.Chart("S>a S>d d.True>S", Draw.Wait("a"), Draw.If("d", "count n 2"))</c>.</summary>
public static class Draw
{
    /// <summary>A flowchart. Steps that are not given are WriteLines that print their own id; ids are letters, digits and underscores.</summary>
    /// <param name="connections">Pairs <c>source>target</c>, or <c>source.port>target</c>, with blanks between them; a lone id is a step.</param>
    /// <param name="steps">Steps that are something else.</param>
    public static JsonObject Chart(string connections, params IReadOnlyList<JsonObject> steps)
    {
        var list = new JsonArray();
        var edges = new JsonArray();
        var known = steps.ToDictionary(s => (string)s["id"]!);
        var added = new HashSet<string>();

        foreach (var word in connections.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = word.Split('>');
            var source = ends[0].Split('.');
            Add(source[0]);

            if (ends.Length == 1)
                continue;

            Add(ends[1]);
            edges.Add(
                new JsonObject
                {
                    ["source"] = new JsonObject { ["activity"] = source[0], ["port"] = source.Length > 1 ? source[1] : "Done" },
                    ["target"] = new JsonObject { ["activity"] = ends[1], ["port"] = "In" },
                }
            );
        }

        foreach (var id in known.Keys)
            Add(id);

        return new JsonObject
        {
            ["id"] = "chart-" + (list.Count > 0 ? (string?)list[0]!["id"] : "empty"),
            ["type"] = "Elsa.Flowchart",
            ["version"] = 1,
            ["activities"] = list,
            ["connections"] = edges,
        };

        void Add(string id)
        {
            if (added.Add(id))
                list.Add(known.GetValueOrDefault(id) ?? Line(id));
        }
    }

    public static JsonObject Line(string id, string? words = null)
    {
        var line = Of("Elsa.WriteLine", id);
        line["text"] = words is null ? Literal("String", id) : Script("String", words);
        return line;
    }

    /// <summary>Any activity.</summary>
    public static JsonObject Of(string type, string id) =>
        new()
        {
            ["id"] = id,
            ["type"] = type,
            ["version"] = 1,
        };

    /// <summary>Waits for an event that has its id for a name.</summary>
    public static JsonObject Wait(string id) => Of("Elsa.Event", id).With("eventName", Literal("String", id));

    public static JsonObject Join(string id, string mode) => Of("Elsa.FlowJoin", id).With("mode", Literal("FlowJoinMode", mode));

    public static JsonObject If(string id, string words) => Of("Elsa.FlowDecision", id).With("condition", Script("Boolean", words));

    public static JsonObject Fault(string id) => Of("Elsa.Fault", id).With("message", Literal("String", "on purpose"));

    public static JsonObject Sequence(string id, params IReadOnlyList<JsonObject> steps) =>
        Of("Elsa.Sequence", id).With("activities", new JsonArray([.. steps]));

    public static JsonObject Many(string type, string id, string member, params IReadOnlyList<JsonObject> steps) =>
        Of(type, id).With(member, new JsonArray([.. steps]));

    public static JsonObject Literal(string typeName, JsonNode? value) =>
        new()
        {
            ["typeName"] = typeName,
            ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = value },
        };

    public static JsonObject Script(string typeName, string words) =>
        new()
        {
            ["typeName"] = typeName,
            ["expression"] = new JsonObject { ["type"] = "JavaScript", ["value"] = words },
        };

    extension(JsonObject activity)
    {
        public JsonObject With(string member, JsonNode? value)
        {
            activity[member] = value;
            return activity;
        }

        /// <summary>Sets a custom property.</summary>
        public JsonObject Custom(string name, JsonNode? value)
        {
            var custom = (JsonObject)(activity["customProperties"] ??= new JsonObject());
            custom[name] = value;
            return activity;
        }

        /// <summary>Names the activity that undoes this one.</summary>
        public JsonObject UndoneBy(string id) => activity.Custom("compensation", new JsonObject { ["activity"] = id });

        /// <summary>The definition that has this root.</summary>
        public JsonObject AsDefinition(
            bool goesOnWithIncidents = false,
            string? commit = null,
            params IReadOnlyList<JsonObject> variables
        ) =>
            new()
            {
                ["id"] = "d1v1",
                ["definitionId"] = "d1",
                ["version"] = 1,
                ["variables"] = new JsonArray([.. variables]),
                ["options"] = new JsonObject
                {
                    ["incidentStrategyType"] = goesOnWithIncidents ? "ContinueWithIncidentsStrategy" : null,
                    ["commitStrategyName"] = commit,
                },
                ["root"] = activity,
            };

        /// <summary>The graph of the definition, or of a definition with this root.</summary>
        public WorkflowGraph Graph(FlowSemantics semantics = FlowSemantics.Sound) => activity.Compiled(semantics).GraphOrThrow();

        public CompileResult Compiled(FlowSemantics semantics = FlowSemantics.Sound)
        {
            var definition = activity.ContainsKey("root") ? activity : activity.AsDefinition();
            return RandomWorkflow.Compiler.Compile(ElsaJson.Read(JsonSerializer.SerializeToUtf8Bytes(definition)), semantics: semantics);
        }
    }

    public static JsonObject Variable(string name, string typeName = "Object", JsonNode? value = null) =>
        new()
        {
            ["id"] = name,
            ["name"] = name,
            ["typeName"] = typeName,
            ["value"] = value,
        };
}
