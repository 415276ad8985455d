using Bunit;
using Microsoft.AspNetCore.Components.Web;
using ServiceLoop.Designer.Admin.Diagrams;
using ServiceLoop.Engine.Comparison;
using ServiceLoop.Engine.Definitions;

namespace ServiceLoop.Designer.Tests.Admin;

public sealed class DiagramTests : IAsyncDisposable
{
    private readonly Page page = new();

    public ValueTask DisposeAsync() => page.DisposeAsync();

    [Fact]
    public void Boxes_stand_where_the_designer_placed_them()
    {
        var layout = DiagramLayout.Of(Chart("""{"x":10,"y":20}""", """{"x":300,"y":40}"""));

        layout.Boxes.Select(b => (b.X, b.Y)).ShouldBe([(10, 20), (300, 40)]);
        layout.Lines.ShouldHaveSingleItem().Source.ShouldBe("A");
    }

    [Fact]
    public void What_has_no_place_is_laid_out_from_left_to_right()
    {
        var layout = DiagramLayout.Of(Chart("""{"x":10,"y":20}""", null));

        layout.Boxes[1].X.ShouldBeGreaterThan(layout.Boxes[0].X + layout.Boxes[0].Width);
        layout.Boxes[1].Y.ShouldBe(layout.Boxes[0].Y);
    }

    [Fact]
    public void A_loop_without_places_is_laid_out_too()
    {
        var layout = DiagramLayout.Of(
            Read(
                """
                { "id": "f", "type": "Elsa.Flowchart", "activities": [ { "id": "A", "type": "X.Y" }, { "id": "B", "type": "X.Y" }, { "id": "C", "type": "X.Y" } ],
                  "connections": [ { "source": { "activity": "A" }, "target": { "activity": "B" } }, { "source": { "activity": "B" }, "target": { "activity": "A" } },
                                   { "source": { "activity": "B" }, "target": { "activity": "C" } } ] }
                """
            )
        );

        layout.Boxes.Select(b => b.X).ShouldBe([0, 290, 580]);
    }

    [Fact]
    public void Marks_are_said_in_words_too()
    {
        var shown = page.Render<Diagram>(p =>
            p.Add(d => d.Root, Chart(null, null))
                .Add(d => d.Label, "Version 1")
                .Add(d => d.Marks, new Dictionary<string, DiagramMark> { ["f:B"] = DiagramMark.Of(ChangeKind.Removed, "Removed") })
        );

        var box = shown.FindAll(".diagram-box")[1];
        box.ClassList.ShouldContain("removed");
        box.GetAttribute("aria-label").ShouldBe("B, WriteLine, Removed");
        box.QuerySelector(".diagram-sign")!.TextContent.ShouldBe("−");
    }

    [Fact]
    public void A_container_is_opened_by_a_click_or_a_key_and_left_by_the_trail()
    {
        var root = Read(
            """{ "id": "s", "type": "Elsa.Sequence", "activities": [ { "id": "Each", "type": "Elsa.ForEach", "body": { "id": "in", "type": "Elsa.WriteLine" } } ] }"""
        );
        string? open = null;
        var shown = page.Render<Diagram>(p => p.Add(d => d.Root, root).Add(d => d.Label, "x").Bind(d => d.Open, open, v => open = v));

        shown.Find(".diagram-box").KeyDown(new KeyboardEventArgs { Key = "Enter" });

        open.ShouldBe("s:Each");
        shown.Render(p => p.Add(d => d.Open, open));
        shown.Find(".diagram-name").TextContent.ShouldBe("in");
        shown.FindAll(".diagram-step")[0].Click();
        open.ShouldBeNull();
    }

    [Fact]
    public void A_version_without_activities_says_so()
    {
        page.Render<Diagram>(p => p.Add(d => d.Root, null).Add(d => d.Label, "x"))
            .Find(".nothing")
            .TextContent.ShouldContain("no activities");
    }

    private static ActivityOutline Chart(string? placeOfA, string? placeOfB) =>
        Read(
            $$"""
            { "id": "f", "type": "Elsa.Flowchart", "activities": [ {{Activity("A", placeOfA)}}, {{Activity("B", placeOfB)}} ],
              "connections": [ { "source": { "activity": "A", "port": "Done" }, "target": { "activity": "B", "port": "In" } } ] }
            """
        );

    private static string Activity(string id, string? place) =>
        $$"""{ "id": "{{id}}", "type": "Elsa.WriteLine" {{(place is null ? "" : $", \"metadata\": {{ \"designer\": {{ \"position\": {place} }} }}")}} }""";

    private static ActivityOutline Read(string root) =>
        DefinitionTree.Of(ElsaJson.Read(System.Text.Encoding.UTF8.GetBytes($$"""{ "root": {{root}} }"""))).Root!;
}
