using System.Text.Json.Nodes;
using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests;

/// <summary>The shipped definitions in Elsa Studio, as a process owner sees them first.</summary>
public sealed class ShippedDefinitionsTests(House house)
{
    private readonly Doors doors = new(house.Client);

    [Fact]
    public Task All_shipped_definitions_open_in_Studio_with_every_step_and_line_and_nothing_lies_on_or_crosses_anything() =>
        house.VisitAsync(
            async visit =>
            {
                var editor = new FlowEditor(visit);
                var collisions = new List<string>();

                // Studio learns once what can be used as an activity.
                foreach (var model in Shipped())
                    await doors.SaveAsync(model, publish: true);

                await visit.OpenStudioAsync("/studio/");

                foreach (var model in Shipped())
                {
                    var id = IdOf(model);
                    var root = model["root"]!;
                    var steps = root["activities"]!.AsArray().Count;
                    var lines = root["connections"]!.AsArray().Count;
                    await visit.MoveStudioAsync($"/studio/workflows/definitions/{id}/edit");
                    await editor.IsThereAsync();
                    await Assertions.Expect(editor.Nodes).ToHaveCountAsync(steps, new() { Timeout = Visit.PatienceMs });
                    await Assertions.Expect(editor.Lines).ToHaveCountAsync(lines, new() { Timeout = Visit.PatienceMs });
                    collisions.AddRange((await Drawing.CollisionsAsync(visit.Page)).Select(c => $"{id}: {c}"));
                    await visit.ShowAsync($"definition-{id}", $"The shipped definition {id}");
                }

                collisions.ShouldBeEmpty();

                // The other tests have lists of their own. What is used as an activity goes after those that use it.
                foreach (var isUsed in new[] { false, true })
                    await doors.PostAsync(
                        "/elsa/api/bulk-actions/delete/workflow-definitions/by-definition-id",
                        new JsonObject
                        {
                            ["definitionIds"] = new JsonArray([
                                .. Shipped().Where(m => IsUsed(m) == isUsed).Select(m => JsonValue.Create(IdOf(m))),
                            ]),
                        }
                    );
            },
            new()
            {
                Size = new() { Width = 2400, Height = 1300 },
            }
        );

    /// <summary>Those that others use as activities come first.</summary>
    private static IEnumerable<JsonObject> Shipped() =>
        Directory
            .GetFiles(Path.Combine(AppContext.BaseDirectory, "definitions"), "*.json")
            .Order(StringComparer.Ordinal)
            .Select(p => JsonNode.Parse(File.ReadAllText(p))!.AsObject())
            .OrderByDescending(IsUsed);

    private static bool IsUsed(JsonObject model) => model["options"]?["usableAsActivity"]?.GetValue<bool>() == true;

    private static string IdOf(JsonObject model) => model["definitionId"]!.GetValue<string>();
}
