using System.Text.Json.Nodes;

namespace ServiceLoop.TestKit.Chance;

/// <summary>Flowcharts of a random definition: forks, joins, decisions, loops back, and now and then nonsense.</summary>
internal sealed partial class RandomDefinition
{
    private JsonObject Flowchart(int depth)
    {
        var chart = Activity("Elsa.Flowchart", "Chart");
        chart["variables"] = Variables();
        var steps = new List<JsonObject>();

        if (dice.Percent(30))
            steps.Add(Activity("Elsa.Start"));

        for (var i = dice.Between(1, 7); i > 0 && (left > 0 || steps.Count == 0); i--)
            Add(FlowStep(depth));

        var connections = new JsonArray();

        // A tree in which everything can be reached, then more forward edges, then some back.
        for (var i = 1; i < steps.Count; i++)
            if (dice.Percent(95))
                Connect(steps[dice.Percent(60) ? i - 1 : dice.Below(i)], steps[i]);

        for (var i = dice.Below(steps.Count + 1); i > 0; i--)
        {
            var (from, to) = (dice.Below(steps.Count), dice.Below(steps.Count));

            if (from < to || dice.Percent(10))
                Connect(steps[from], steps[to]);
        }

        if (steps.Count > 2 && dice.Percent(45))
            LoopBack();

        var list = new JsonArray([.. steps.Select(s => (JsonNode)s)]);
        Compensate(list);
        chart["activities"] = list;
        chart["connections"] = connections;
        return chart;

        void Connect(JsonObject from, JsonObject to, string? port = null)
        {
            connections.Add(
                new JsonObject
                {
                    ["source"] = new JsonObject { ["activity"] = (string?)from["id"], ["port"] = port ?? Port(from) },
                    ["target"] = new JsonObject { ["activity"] = (string?)to["id"], ["port"] = "In" },
                }
            );

            if (dice.Percent(4))
                connections.Add(connections[^1]!.DeepClone());
        }

        void LoopBack()
        {
            var (first, last) = (dice.Below(steps.Count - 1), dice.Between(1, steps.Count - 1));
            var decision = Activity("Elsa.FlowDecision", "Again");
            decision["condition"] = Script("Boolean", $"count {CounterName()} {dice.Between(1, 3)}");
            Connect(steps[last], decision);
            Connect(decision, steps[first], "True");

            if (dice.Percent(70))
                Connect(decision, steps[dice.Below(steps.Count)], "False");

            Add(decision);
        }

        // An id may come twice in a definition, but not in one chart.
        void Add(JsonObject step)
        {
            while (steps.Exists(s => (string?)s["id"] == (string?)step["id"]))
                step["id"] = (string?)step["id"] + "'";

            steps.Add(step);
        }
    }

    private JsonObject FlowStep(int depth)
    {
        JsonObject json;

        switch (dice.Weighted(60, 10, 7, 9, 14))
        {
            case 0:
                json = Step(depth);
                break;
            case 1:
                json = Activity("Elsa.FlowDecision", "If");
                json["condition"] = Condition();
                break;
            case 2:
                json = Activity("Elsa.FlowSwitch", "Switch");
                json["mode"] = Fixed("SwitchMode", dice.Of("MatchFirst", "MatchAny"));
                json["cases"] = Cases(0, withActivity: false);
                break;
            case 3:
                json = Activity("Elsa.FlowFork", "Fork");
                json["branches"] = Fixed("String[]", dice.Of("[\"a\",\"b\"]", "[\"a\",\"b\",\"c\"]", "[]"));
                break;
            default:
                json = Activity("Elsa.FlowJoin", "Join");
                json["mode"] = dice.Percent(95)
                    ? Fixed("FlowJoinMode", dice.Of("WaitAny", "WaitAll", "WaitAllActive"))
                    : Anything("FlowJoinMode");
                break;
        }

        if (dice.Percent(8))
            Custom(json)["mergeMode"] = dice.Of("Stream", "Merge", "Converge", "Cascade", "Race");

        return json;
    }

    private string? Port(JsonObject from) =>
        (string?)from["type"] switch
        {
            "Elsa.FlowDecision" => dice.Of("True", "False"),
            "Elsa.FlowSwitch" or "Elsa.FlowFork" => dice.Of("a", "b", "c", "Default"),
            _ => dice.Weighted(80, 12, 8) switch
            {
                0 => "Done",
                1 => null,
                _ => "Other",
            },
        };
}
