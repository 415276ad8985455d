using System.Text.Json.Nodes;
using ServiceLoop.TestKit.Chance;

namespace ServiceLoop.Engine.Tests.Migration;

/// <summary>Makes a version that means the same and has every node at another place: steps change places, and new ones that nothing leads to push them on.</summary>
internal static class Shuffle
{
    public static JsonObject Of(JsonObject definition, Dice dice)
    {
        var copy = (JsonObject)definition.DeepClone();
        (copy["id"], copy["version"]) = ("mainv2", 2);
        Visit(copy["root"], dice);
        return copy;
    }

    private static void Visit(JsonNode? node, Dice dice)
    {
        switch (node)
        {
            case JsonArray list:
                foreach (var item in list)
                    Visit(item, dice);

                break;
            case JsonObject json:
                foreach (var (_, member) in json.ToList())
                    Visit(member, dice);

                if ((string?)json["type"] == "Elsa.Flowchart" && json["activities"] is JsonArray steps)
                    Reorder(json, steps, dice);

                break;
        }
    }

    /// <summary>Joins keep their order, which decides who goes first; so do those that a chart may begin with.</summary>
    private static void Reorder(JsonObject chart, JsonArray steps, Dice dice)
    {
        var targets = (chart["connections"] as JsonArray ?? []).Select(c => (string?)c!["target"]!["activity"]).ToList();
        var free = new List<int>();

        var start = steps.ToList().FindIndex(s => !targets.Contains((string?)s!["id"]));

        // Where every step has a connection into it, a chart begins with the first.
        for (var i = 1; i < steps.Count; i++)
            if (
                (string?)steps[i]!["type"] is not ("Elsa.FlowJoin" or "Elsa.Start")
                && steps[i]!["canStartWorkflow"] is null
                && targets.Count(t => t == (string?)steps[i]!["id"]) == 1
            )
                free.Add(i);

        var taken = free.Select(i => steps[i]!.DeepClone()).ToList();

        foreach (var i in free)
        {
            var chosen = dice.Below(taken.Count);
            steps[i] = taken[chosen];
            taken.RemoveAt(chosen);
        }

        for (var i = start < 0 ? 0 : dice.Below(3); i > 0; i--)
            steps.Insert(
                dice.Between(start + 1, steps.Count),
                new JsonObject
                {
                    ["id"] = $"extra{i}-{(string?)chart["id"]}",
                    ["type"] = "Elsa.WriteLine",
                    ["version"] = 1,
                }
            );
    }
}
