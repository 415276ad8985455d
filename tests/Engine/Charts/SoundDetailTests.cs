using System.Text.Json.Nodes;
using ServiceLoop.Engine.Graph;
using ServiceLoop.TestKit;

namespace ServiceLoop.Engine.Tests.Charts;

/// <summary>Corners of the sound joins that the recorded and the random charts touch little.</summary>
public sealed class SoundDetailTests
{
    [Fact]
    public void Wait_any_drops_the_tokens_on_its_other_edges()
    {
        // J goes round: what b brought before the first turn must not fire the second.
        var run = Started("S>a S>b a>J b>J J>Z", Draw.Wait("a"), Draw.Wait("b"), Draw.Join("J", "WaitAny"));

        run.Resume("a");

        run.Lines.ShouldBe(["S", "Z"]);
        run.Waiting.ShouldBeEmpty();
        run.Status.ShouldBe("Finished/Finished");
    }

    [Fact]
    public void Wait_any_takes_the_first_token_when_both_come_in_one_burst()
    {
        var run = Started("S>a S>b a>J b>J J>Z", Draw.Join("J", "WaitAny"));

        run.Lines.ShouldBe(["S", "a", "b", "Z"]);
        run.Status.ShouldBe("Finished/Finished");
    }

    [Fact]
    public void Wait_any_lets_a_late_branch_run_but_not_fire_again()
    {
        var run = Started("S>a S>b b>B1 B1>J a>J J>Z", Draw.Wait("Z"), Draw.Join("J", "WaitAny"));

        run.Lines.ShouldBe(["S", "a", "b", "B1"]);
        run.Waiting.ShouldBe(["Z"]);
        run.Resume("Z");
        run.Status.ShouldBe("Finished/Finished");
    }

    [Fact]
    public void Joins_that_wait_only_for_each_other_fire_oldest_first_with_all_filled_edges()
    {
        // J and K wait for one another (rule 3); both filled edges of J are taken at once.
        var run = Started("S>a S>b S>c a>J b>J c>K J>K K>J K>Z", Draw.Join("J", "WaitAll"), Draw.Join("K", "WaitAll"));

        run.Lines.Count(l => l == "Z").ShouldBe(1);
        run.Status.ShouldBe("Finished/Finished");
    }

    [Theory]
    [InlineData(0, "first")]
    [InlineData(1, "second")]
    public void Which_of_two_waiters_of_one_activity_goes_first_is_up_to_the_host(int which, string expected)
    {
        var run = new ChartRun(
            Draw.Of("Elsa.ParallelForEach", "each")
                .With("items", Draw.Literal("Object", "[\"first\",\"second\"]"))
                .With("body", Draw.Sequence("s", Draw.Wait("w"), Draw.Line("L", "get CurrentValue")))
                .Graph()
        );
        run.Take(new Stimulus.Start());
        run.State.Bookmarks.Length.ShouldBe(2);

        run.Take(new Stimulus.Resume(run.State.Bookmarks[which].Id));

        run.Lines.ShouldBe([expected]);
        run.Status.ShouldBe("Running/Suspended");
    }

    [Fact]
    public void End_cancels_a_nested_chart_that_has_not_begun()
    {
        var run = Started("S>c S>X", Draw.Chart("a>b").With("id", "c"), Draw.Of("Elsa.End", "X"));

        run.Lines.ShouldBe(["S"]);
        run.Status.ShouldBe("Finished/Finished");
    }

    [Fact]
    public void End_cancels_a_nested_chart_that_waits()
    {
        var run = Started("S>c S>w w>X", Draw.Chart("a>b", Draw.Wait("b")).With("id", "c"), Draw.Wait("w"), Draw.Of("Elsa.End", "X"));
        run.Waiting.ShouldBe(["b", "w"]);

        var step = Resumed(run, "w");

        run.Lines.ShouldBe(["S", "a"]);
        step.Effects.OfType<Effect.BookmarkBurned>().Count().ShouldBe(2);
        run.Status.ShouldBe("Finished/Finished");
        run.State.Bookmarks.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(FlowSemantics.Sound)]
    [InlineData(FlowSemantics.ElsaCounter)]
    [InlineData(FlowSemantics.ElsaToken)]
    public void A_connection_that_is_drawn_twice_counts_once(FlowSemantics semantics)
    {
        var run = new ChartRun(Draw.Chart("S>a S>a a>b").Graph(semantics));

        run.Take(new Stimulus.Start());

        run.Lines.ShouldBe(["S", "a", "b"]);
    }

    [Fact]
    public void A_loop_with_two_entries_ends()
    {
        // S enters the circle at a and at b: neither edge dominates, so neither is a back edge.
        var run = new ChartRun(
            Draw.Chart("S>a S>b a>b b>d d.True>a d.False>Z", Draw.If("d", "count n 2")).AsDefinition(variables: Draw.Variable("n")).Graph()
        );

        run.Take(new Stimulus.Start());

        run.Lines[0].ShouldBe("S");
        run.Lines[^1].ShouldBe("Z");
        run.Status.ShouldBe("Finished/Finished");
    }

    [Fact]
    public void Wait_all_with_a_dead_edge_drops_what_it_holds_and_the_chart_ends()
    {
        var run = Started("S>a S>d a>J d.True>b d.False>Y b>J J>Z", Draw.If("d", "value 2"), Draw.Join("J", "WaitAll"));

        run.Lines.ShouldBe(["S", "a", "Y"]);
        run.Status.ShouldBe("Finished/Finished");
    }

    private static Step Resumed(ChartRun run, string activityId)
    {
        run.Resume(activityId).ShouldBeTrue();
        return run.History[^1].Step;
    }

    private static ChartRun Started(string connections, params IReadOnlyList<JsonObject> steps)
    {
        var run = new ChartRun(Draw.Chart(connections, steps).Graph());
        run.Take(new Stimulus.Start());
        return run;
    }
}
