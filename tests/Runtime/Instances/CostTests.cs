using ServiceLoop.Runtime.Tests.Work;

namespace ServiceLoop.Runtime.Tests.Instances;

/// <summary>What the hot path costs: a resume that runs a few activities and waits again.</summary>
public sealed class CostTests
{
    /// <summary>Measured: 12.5 kB, rows of the store in memory included. Three activities begin and end in between.</summary>
    private const int MaxBytes = 20_000;

    private const int Resumes = 500;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_resume_costs_one_commit_no_load_and_few_allocations()
    {
        var world = new World();
        await world.PublishAsync(
            "main",
            """{ "type": "Elsa.While", "condition": true, "body": { "type": "Elsa.Sequence", "activities": [ { "type": "Elsa.Event", "eventName": "go" }, { "type": "Elsa.Correlate", "correlationId": "c" } ] } }"""
        );
        var through = new StoreThrough(world.Store);
        var runtime = world.Join(through).Runtime;
        var state = (await runtime.StartAsync(new("main") { InstanceId = "i-1" }, Ct)).State!;
        state = (await runtime.ResumeAsync("i-1", state.Bookmarks[0].Id, null, null, Ct)).State!;
        var (loads, commits) = (through.Loads, through.Commits);

        // All of it completes at once, on this thread.
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < Resumes; i++)
            state = (await runtime.ResumeAsync("i-1", state.Bookmarks[0].Id, null, null, Ct)).State!;

        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / Resumes;

        (through.Loads - loads).ShouldBe(0);
        (through.Commits - commits).ShouldBe(Resumes);
        each.ShouldBeInRange(1, MaxBytes);
    }
}
