using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Tests.Charts;
using ServiceLoop.TestKit;

namespace ServiceLoop.Engine.Tests.States;

/// <summary>States as they were written before (<c>tests/Golden/state</c>) can be read, and what they stand for goes on.</summary>
/// <remarks>
/// The files are never changed. A new member is fine as long as old files still read; a format that cannot read them needs a new version number, an
/// upgrade and new files beside the old ones. <see cref="Todays_states_are_written_as_in_the_newest_files"/> says when that day has come.
/// </remarks>
public sealed class StateFileTests
{
    private static readonly ImmutableDictionary<string, string> Day = ImmutableDictionary<string, string>.Empty.Add("reason", "call back");

    public static TheoryData<string, string> Files =>
        new()
        {
            { "v1-suspended", "S first second Z" },
            { "v1-faulted", "S A Z" },
            { "v1-executing", "A C B" },
            { "v1-undoing", "A B undoA" },
        };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_state_that_was_written_before_goes_on(string name, string lines)
    {
        var (graph, before) = Lives(name);
        var state = StateJson.Read(File.ReadAllBytes(PathOf(name)));

        var after = new List<string>(before.Lines);

        for (var i = 0; i < 9 && Next(state) is { } stimulus; i++)
        {
            var step = WorkflowEngine.Advance(graph, state, stimulus, ChartRun.Noon);
            after.AddRange(step.Effects.OfType<Effect.WriteLine>().Select(l => l.Text));
            state = step.State;
        }

        string.Join(' ', after).ShouldBe(lines);
        state.SubStatus.ShouldBe(name == "v1-undoing" ? WorkflowSubStatus.Cancelled : WorkflowSubStatus.Finished);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Todays_states_are_written_as_in_the_newest_files(string name, string lines)
    {
        var (_, run) = Lives(name);

        Encoding.UTF8.GetString(StateJson.Write(run.State)).ShouldBe(File.ReadAllText(PathOf(name)).TrimEnd(), lines);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_state_that_is_read_is_written_back_byte_for_byte(string name, string lines)
    {
        var text = File.ReadAllText(PathOf(name)).TrimEnd();

        Encoding.UTF8.GetString(StateJson.Write(StateJson.Read(Encoding.UTF8.GetBytes(text)))).ShouldBe(text, lines);
    }

    /// <summary>The instance behind a file, as it stood when the file was written.</summary>
    private static (WorkflowGraph Graph, ChartRun Run) Lives(string name)
    {
        var definition = name switch
        {
            "v1-suspended" => Draw.Chart(
                    "S>e S>t e>J t>J J>Z",
                    Draw.Of("Elsa.ParallelForEach", "e")
                        .With("items", Draw.Literal("Object", "[\"first\",\"second\"]"))
                        .With("body", Draw.Sequence("s", Draw.Wait("w"), Draw.Line("L", "get CurrentValue"))),
                    Draw.Of("Elsa.RunTask", "t")
                        .With("taskName", Draw.Literal("String", "call back"))
                        .With("payload", Draw.Script("Object", "get map")),
                    Draw.Join("J", "WaitAll")
                )
                .AsDefinition(
                    variables:
                    [
                        Draw.Variable("text", "String", "Grüße"),
                        Draw.Variable("whole", "Int32", 7),
                        Draw.Variable("share", "Decimal", "12.50"),
                        Draw.Variable("ratio", "Double", 2.0),
                        Draw.Variable("at", "DateTimeOffset", "2026-01-05T12:00:00+02:00"),
                        Draw.Variable("span", "TimeSpan", "1.02:03:04"),
                        Draw.Variable("key", "Guid", "0f8fad5b-d9cb-469f-a165-70867728950e"),
                        Draw.Variable("bytes", "ByteArray", "AQL/"),
                        Draw.Variable("list", "String[]", new JsonArray("a", "b")),
                        Draw.Variable("map", "Object", """{"a":1,"b":2.5,"$type":"own","c":[true,null]}"""),
                        Draw.Variable("nothing"),
                    ]
                ),
            "v1-faulted" => Draw.Chart("S>w S>f w>A f>J A>J J>Z", Draw.Wait("w"), Draw.Fault("f"), Draw.Join("J", "WaitAll"))
                .AsDefinition(),
            "v1-executing" => Draw.Many(
                    "Elsa.Parallel",
                    "p",
                    "activities",
                    Draw.Line("A"),
                    Draw.Sequence("s", Draw.Of("Test.HostAnswer", "H"), Draw.Line("B")),
                    Draw.Line("C")
                )
                .AsDefinition(),
            _ => Draw.Chart(
                    "A>B B>w",
                    Draw.Line("A").UndoneBy("undoA"),
                    Draw.Line("B").UndoneBy("undoB"),
                    Draw.Wait("w"),
                    Draw.Line("undoA"),
                    Draw.Wait("undoB")
                )
                .AsDefinition(),
        };

        var run = new ChartRun(definition.Graph());
        run.Take(
            new Stimulus.Start
            {
                CorrelationId = "case-17",
                Name = "A name",
                ParentInstanceId = "wf-0",
                Inputs = new Dictionary<string, object?> { ["note"] = "urgent", ["count"] = 3 },
            }
        );

        if (name == "v1-undoing")
            run.Take(new Stimulus.Cancel(Compensate: true));

        return (run.Graph, run);
    }

    private static Stimulus? Next(WorkflowState state) =>
        state.Frames.FirstOrDefault(f => f.Status == ActivityStatus.Faulted) is { } faulted
            ? new Stimulus.Alter([new Alteration.Skip(faulted.Id, [])])
        : state.Frames.FirstOrDefault(f => f.Invoking) is { } called
            ? new Stimulus.Returned(called.Id, [new HostAction.SetVariable("x", 5), new HostAction.Complete(Outcomes.Default)])
        : state.Bookmarks.IsEmpty ? null
        : new Stimulus.Resume(state.Bookmarks[0].Id) { Input = Day.ToDictionary(d => d.Key, d => (object?)d.Value) };

    private static string PathOf(string name) => GoldenFile.PathOf(Path.Combine("state", name + ".json"));
}
