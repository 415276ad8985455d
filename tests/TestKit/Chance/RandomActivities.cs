using System.Text.Json.Nodes;

namespace ServiceLoop.TestKit.Chance;

/// <summary>Activities of a random definition: everything but flowcharts.</summary>
internal sealed partial class RandomDefinition
{
    private const int MaxDepth = 5;

    private JsonObject Step(int depth)
    {
        left--;

        if (left > 1 && depth < MaxDepth && dice.Percent(35))
            return dice.Percent(30) ? Flowchart(depth + 1) : Composite(depth + 1);

        return Leaf();
    }

    private JsonArray Steps(int depth, int least, int most)
    {
        var list = new JsonArray();

        for (var i = dice.Between(least, most); i > 0 && (left > 0 || list.Count < least); i--)
            list.Add(Step(depth));

        Compensate(list);
        return list;
    }

    /// <summary>Gives some activities another one of the list, or a workflow, that undoes them.</summary>
    private void Compensate(JsonArray list)
    {
        foreach (var item in list.OfType<JsonObject>())
        {
            if (!dice.Percent(12))
                continue;

            var other = (JsonObject)list[dice.Below(list.Count)]!;

            if (dice.Percent(25))
                Custom(item)["compensation"] = new JsonObject { ["workflow"] = "undo-definition" };
            else if (!ReferenceEquals(other, item) && (string?)other["id"] != (string?)item["id"])
                Custom(item)["compensation"] = new JsonObject { ["activity"] = (string?)other["id"] };
        }
    }

    private JsonObject Composite(int depth)
    {
        JsonObject json;

        switch (dice.Below(12))
        {
            case 0 or 1:
                json = Activity("Elsa.Sequence");
                json["variables"] = Variables();
                json["activities"] = Steps(depth, 0, 5);
                return json;
            case 2:
                json = Activity("Elsa.Parallel");
                json["variables"] = Variables();
                json["activities"] = Steps(depth, 0, 4);
                return json;
            case 3:
                json = Activity("Elsa.If");
                json["condition"] = Condition();
                json["then"] = Maybe(depth);
                json["else"] = Maybe(depth);
                return json;
            case 4:
                json = Activity("Elsa.Switch");
                json["mode"] = Fixed("SwitchMode", dice.Of("MatchFirst", "MatchAny"));
                json["cases"] = Cases(depth, withActivity: true);
                json["default"] = Maybe(depth);
                return json;
            case 5:
                json = Activity("Elsa.Fork");
                json["joinMode"] = dice.Of("WaitAny", "WaitAll");
                json["branches"] = Steps(depth, 0, 4);
                return json;
            case 6:
                json = Activity("Elsa.For");
                json["start"] = Fixed("Int32", dice.Between(-1, 2));
                json["end"] = dice.Percent(90) ? Fixed("Int32", dice.Between(0, 3)) : Anything("Int32");
                json["step"] = Fixed("Int32", dice.Percent(95) ? dice.Of(1, 2, -1) : 0);
                json["outerBoundInclusive"] = Fixed("Boolean", dice.Percent(70));
                return Loop(json, depth);
            case 7 or 8:
                json = Activity(dice.Percent(50) ? "Elsa.ForEach" : "Elsa.ParallelForEach");
                json["items"] = dice.Percent(60) ? Fixed("Object", dice.Of("[1,2,3]", "[]", "[\"a\",{\"b\":1}]", "one")) : Anything();
                return Loop(json, depth);
            case 9:
                json = Activity("Elsa.While");
                json["condition"] = dice.Percent(90) ? Script("Boolean", $"count {CounterName()} {dice.Between(1, 3)}") : Condition();
                return Loop(json, depth);
            case 10:
                json = Activity("Elsa.FlowNode");
                json["body"] = dice.Percent(60) ? Flowchart(depth + 1) : Maybe(depth);
                return json;
            default:
                json = Activity(dice.Percent(80) ? "Test.HostParent" : "Test.Reluctant");
                json["body"] = Maybe(depth);
                return json;
        }
    }

    private JsonObject? Maybe(int depth) => dice.Percent(85) ? Step(depth) : null;

    private JsonObject Loop(JsonObject json, int depth)
    {
        loops++;
        json["body"] = Maybe(depth);
        loops--;

        if (dice.Percent(30))
            json["currentValue"] = new JsonObject { ["typeName"] = "Object", ["memoryReference"] = Target() };

        return json;
    }

    private JsonArray Cases(int depth, bool withActivity)
    {
        var cases = new JsonArray();

        for (var i = dice.Below(4); i > 0; i--)
        {
            var @case = new JsonObject { ["label"] = dice.Of("a", "b", "c"), ["condition"] = Condition()["expression"]!.DeepClone() };

            if (withActivity)
                @case["activity"] = Maybe(depth);

            cases.Add(@case);
        }

        return cases;
    }

    private JsonObject Target() =>
        new() { ["id"] = dice.Percent(75) ? dice.Of<(string Id, string Name)>(variables).Id : dice.Of("out1", "out2") };

    private JsonObject With(JsonObject json, string name, JsonNode? value)
    {
        json[name] = value;

        if (dice.Percent(40))
            json["result"] = new JsonObject { ["typeName"] = "Object", ["memoryReference"] = Target() };

        return json;
    }

    private JsonObject Leaf()
    {
        switch (dice.Weighted(18, 10, 4, 3, 2, 9, 5, 3, 4, 5, 4, 2, 2, 2, 3, 5, 4, 16, 5, 2))
        {
            case 0:
                var line = Activity("Elsa.WriteLine", "W");
                return With(line, "text", dice.Percent(70) ? Fixed("String", (string?)line["id"]) : Anything("String"));
            case 1:
                return With(
                    With(Activity("Elsa.SetVariable"), "variable", Reference()),
                    "value",
                    dice.Percent(30) ? Fixed("Object", Literal()?.ToString()) : Anything()
                );
            case 2:
                return With(
                    With(Activity("Elsa.SetOutput"), "outputName", Fixed("String", dice.Of("out1", "out2", "Out1", "other"))),
                    "outputValue",
                    Anything()
                );
            case 3:
                return With(Activity("Elsa.Correlate"), "correlationId", Anything("String"));
            case 4:
                return With(Activity("Elsa.SetName"), "value", Anything("String"));
            case 5:
                var wait = With(Activity("Elsa.Event"), "eventName", Fixed("String", dice.Of("a", "b", "c")));

                if (dice.Percent(30))
                    Custom(wait)["canStartWorkflow"] = true;

                return wait;
            case 6:
                return With(Activity("Elsa.Delay"), "timeSpan", dice.Percent(80) ? Fixed("TimeSpan", "00:01:00") : Anything("TimeSpan"));
            case 7:
                return With(Activity("Elsa.Timer"), "interval", Fixed("TimeSpan", "00:00:10"));
            case 8:
                return With(Activity("Elsa.StartAt"), "dateTime", Fixed("DateTimeOffset", dice.Of("2020-01-01T00:00:00Z", "2031-01-01")));
            case 9:
                return With(With(Activity("Elsa.RunTask"), "taskName", Fixed("String", "task")), "payload", Anything());
            case 10:
                return With(With(Activity("Elsa.PublishEvent"), "eventName", Anything("String")), "payload", Anything());
            case 11:
                return Activity("Elsa.Start");
            case 12:
                return Activity("Elsa.End");
            case 13:
                return Activity(dice.Percent(50) ? "Elsa.Finish" : "Elsa.Complete");
            case 14:
                return With(
                    Activity("Elsa.Complete"),
                    "outcomes",
                    dice.Percent(50) ? Fixed("Object", dice.Of("Other", "[\"Other\",\"Done\"]", "")) : Anything()
                );
            case 15:
                return dice.Percent(50)
                    ? With(Activity("Elsa.Fault"), "message", dice.Percent(70) ? Fixed("String", "on purpose") : Anything("String"))
                    : With(
                        Activity("Elsa.RunJavaScript"),
                        "script",
                        dice.Percent(70)
                            ? Fixed("String", dice.Of("outcomes Other", "value 3", "out W1", "throw", "random"))
                            : Anything("String")
                    );
            case 16:
                return Activity(loops > 0 || dice.Percent(20) ? "Elsa.Break" : "Elsa.WriteLine");
            case 17:
                return Hosted();
            case 18:
                return Call();
            default:
                return Activity(dice.Percent(60) ? "Elsa.FlowNode" : "Missing.Kind");
        }
    }

    private JsonObject Hosted()
    {
        var json = Activity(
            "Test."
                + dice.Of("HostAnswer", "HostAnswer", "HostWait", "HostJob", "HostTask", "Checked", "Listener", "Forgetful", "Reluctant")
        );

        if ((string?)json["type"] == "Test.HostTask" && dice.Percent(60))
            Custom(json)["runAsynchronously"] = dice.Percent(70);

        if ((string?)json["type"] == "Test.HostAnswer")
            json["question"] = Anything();

        if ((string?)json["type"] == "Test.Checked")
            json["may"] = dice.Percent(70) ? Fixed("Boolean", true) : Condition();

        return With(json, "label", null);
    }

    private JsonObject Call()
    {
        if (subs.Count == 0)
            return Hosted();

        var sub = subs[dice.Below(subs.Count)];
        var name = (string)sub["name"]!;
        var json = Activity(char.ToUpperInvariant(name[0]) + name[1..], "Call");

        foreach (var input in sub["inputs"]!.AsArray())
            if (dice.Percent(60))
                json[(string)input!["name"]!] = Anything();

        foreach (var output in sub["outputs"]!.AsArray())
            if (dice.Percent(60))
                json[(string)output!["name"]!] = new JsonObject { ["typeName"] = "Object", ["memoryReference"] = Target() };

        return json;
    }
}
