using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tests.InMemory;
using ServiceLoop.Runtime.Tests.Work;
using ServiceLoop.TestKit.Chance;

namespace ServiceLoop.Runtime.Tests.Instances;

public sealed class ReplayTests
{
    private const int Lives = 150;
    private const int Happenings = 25;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Random_lives_come_out_the_same_when_they_are_lived_again()
    {
        var (replayed, bursts, refused) = (0, 0, 0);

        for (var seed = 1ul; seed <= Lives; seed++)
        {
            var life = new RandomLife(seed);

            if (!await life.LiveAsync())
            {
                refused++;
                continue;
            }

            // By a node that remembers nothing of it.
            var result = await new Replay(life.World.Store, life.World.Join().Graphs).RunAsync("i-1", Ct);
            result.Difference.ShouldBeNull($"seed {seed}");
            replayed++;
            bursts += result.Bursts;
        }

        replayed.ShouldBeGreaterThan(Lives / 2, $"{refused} were refused");
        bursts.ShouldBeGreaterThan(replayed * 3);
    }

    [Fact]
    public async Task A_state_that_was_tampered_with_is_found()
    {
        var world = new World();
        await world.PublishAsync("main", $"{HostUnderTest.Line("a")}, {HostUnderTest.Event("go")}");
        var state = await world.StartAsync("main", "i-1");
        await world.Store.CommitAsync(
            new InstanceCommit
            {
                InstanceId = "i-1",
                ExpectedVersion = 1,
                DefinitionId = state.DefinitionId,
                VersionId = state.DefinitionVersionId,
                SubStatus = state.SubStatus,
                State = StateJson.Write(state with { Name = "forged" }),
                Now = World.Noon,
            },
            Ct
        );

        var result = await new Replay(world.Store, world.Node.Graphs).RunAsync("i-1", Ct);

        result.IsEqual.ShouldBeFalse();
        result.Difference!.ShouldContain("committed 2 times");
    }

    [Fact]
    public async Task Nobody_can_be_replayed_who_does_not_exist()
    {
        var world = new World();

        await Should.ThrowAsync<InstanceNotFoundException>(() => new Replay(world.Store, world.Node.Graphs).RunAsync("none", Ct));
    }

    /// <summary>One random workflow under random stimuli, through all doors of the runtime.</summary>
    private sealed class RandomLife
    {
        private readonly RandomWorkflow workflow;
        private readonly Dice dice;

        public RandomLife(ulong seed)
        {
            workflow = RandomWorkflow.Of(seed);
            dice = new Dice(seed ^ 0xBEEF);
            var services = new TestServices(new Dice(seed ^ 0xF00D));
            World = new World(new InMemoryStore(), RandomWorkflow.Compiler, parts => parts.AddSingleton(services));
        }

        public World World { get; }

        /// <summary>False when the random definition cannot be published.</summary>
        public async Task<bool> LiveAsync()
        {
            try
            {
                foreach (var definition in workflow.Subs.Append(workflow.Main))
                {
                    definition["customProperties"] = new JsonObject { ["flowSemantics"] = NameOf(workflow.Semantics) };
                    var read = ElsaJson.Read(JsonSerializer.SerializeToUtf8Bytes(definition));
                    await World.Definitions.SaveDraftAsync(read, Ct);
                    await World.Definitions.PublishAsync(read.DefinitionId, null, Ct);
                }
            }
            catch (WorkflowCompilationException)
            {
                return false;
            }

            await World.Runtime.StartAsync(
                new StartInstanceRequest("main") { InstanceId = "i-1", Inputs = SampleValues.Bag(dice, "in1", "in2", "IN1") },
                Ct
            );

            for (var i = 0; i < Happenings; i++)
                await HappenAsync();

            return true;
        }

        private async Task HappenAsync()
        {
            World.Clock.Advance(TimeSpan.FromSeconds(dice.Below(100)));
            var state = await World.StateAsync("i-1");
            var node = dice.Percent(20) ? World.Join() : World.Node;

            try
            {
                switch (dice.Weighted(50, 25, 10, 5, 10))
                {
                    case 0 when !state.Bookmarks.IsEmpty:
                        await node.Runtime.ResumeAsync("i-1", dice.Of<Bookmark>(state.Bookmarks).Id, Input(), null, Ct);
                        break;
                    case 1:
                        await node.PumpAsync();
                        break;
                    case 2:
                        await node.Runtime.RetryAsync("i-1", null, Ct);
                        break;
                    case 3 when dice.Percent(30):
                        await node.Runtime.CancelAsync("i-1", dice.Percent(50), Ct);
                        break;
                    case 4:
                        await node.Runtime.AlterAsync("i-1", [Alteration(state)], Ct);
                        break;
                }
            }
            catch (AlterationException)
            {
                // Random changes are often not possible; nothing was changed then.
            }
        }

        private IReadOnlyDictionary<string, object?> Input() =>
            SampleValues.Bag(dice, "__EventPayloadWorkflowInput", "RunTaskInput", "answer");

        private Alteration Alteration(WorkflowState state) =>
            dice.Below(4) switch
            {
                0 => new Alteration.ModifyVariable(dice.Of("x", "v1", "v2", "var4"), SampleValues.Any(dice)),
                1 => new Alteration.CancelActivity(null, AnyFrame(state)),
                2 => new Alteration.ScheduleActivity("none"),
                _ => new Alteration.Skip(AnyFrame(state), dice.Percent(70) ? [] : [dice.Of("Done", "Other")]),
            };

        private long AnyFrame(WorkflowState state) => state.Frames.IsEmpty ? 1 : dice.Of<FrameState>(state.Frames).Id;

        private static string NameOf(FlowSemantics semantics) =>
            semantics switch
            {
                FlowSemantics.Sound => "sound",
                FlowSemantics.ElsaCounter => "elsa-counter",
                _ => "elsa-token",
            };
    }
}
