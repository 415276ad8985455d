using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceLoop.ServiceDesk.Tasks;
using ServiceLoop.Workflows.Replay;

namespace ServiceLoop.Workflows.Tests.Replay;

public sealed class ChanceTests
{
    [Fact]
    public void A_draw_depends_on_the_seed_and_its_purpose_and_not_on_the_order()
    {
        var one = new Chance(7);
        var other = new Chance(7);
        _ = other.Next("something else");

        other.Next("case 1").ShouldBe(one.Next("case 1"));
        new Chance(8).Next("case 1").ShouldNotBe(one.Next("case 1"));
        one.Next("case 2").ShouldNotBe(one.Next("case 1"));
    }

    [Fact]
    public void Draws_are_spread_as_they_should_be()
    {
        var chance = new Chance(1);
        var draws = Enumerable.Range(0, 10_000).Select(i => chance.Next($"draw {i}")).ToList();
        var spans = Enumerable.Range(0, 10_000).Select(i => chance.Around($"span {i}", TimeSpan.FromMinutes(10))).Order().ToList();
        var heads = Enumerable.Range(0, 10_000).Count(i => chance.Weighted<string>($"coin {i}", [("heads", 3), ("tails", 1)]) == "heads");

        draws.Average().ShouldBe(0.5, 0.02);
        draws.ShouldAllBe(d => d >= 0 && d < 1);
        spans[5000].TotalMinutes.ShouldBe(10, 0.5);
        heads.ShouldBeInRange(7300, 7700);
    }

    [Fact]
    public void A_form_is_filled_in_so_that_it_fits_its_schema()
    {
        const string form = """
            {
              "type": "object",
              "properties": {
                "intent": { "type": "string" },
                "code": { "type": "string", "enum": ["solved", "rejected"] },
                "score": { "type": "integer", "minimum": 3, "maximum": 5 },
                "share": { "type": "number", "minimum": 0.25, "maximum": 0.5 },
                "isLate": { "type": "boolean" },
                "why": { "type": "string", "minLength": 80, "maxLength": 90 },
                "day": { "type": "string", "format": "date" },
                "steps": { "type": "array", "minItems": 2, "items": { "type": "object", "properties": { "what": { "type": "string" } }, "required": ["what"] } },
                "left": { "type": "string" }
              },
              "required": ["intent", "code", "score", "share", "isLate", "why", "day", "steps"]
            }
            """;
        var known = new Dictionary<string, JsonNode?>(StringComparer.Ordinal) { ["intent"] = "card_arrival" };
        var schemas = new FormSchemas();

        for (var i = 0; i < 50; i++)
        {
            var answer = FormAnswer.Of(JsonElement.Parse(form), known, new Chance(i), "work:1:solve:1");

            schemas.Check(form, answer.ToJsonString()).ShouldBeEmpty();
            answer["intent"]!.GetValue<string>().ShouldBe("card_arrival");
            answer.ContainsKey("left").ShouldBeFalse();
        }
    }
}
