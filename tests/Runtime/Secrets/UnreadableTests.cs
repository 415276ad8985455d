using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tests.InMemory;
using ServiceLoop.Runtime.Tests.Work;

namespace ServiceLoop.Runtime.Tests.Secrets;

/// <summary>Some of what stands encrypted cannot be read; all else goes on.</summary>
public sealed class UnreadableTests
{
    private readonly InMemoryStore rows = new();
    private readonly World world;

    public UnreadableTests() => world = new World(new SealedStore(rows, new TestCipher()));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_that_cannot_be_read_is_buried_alone_and_operators_see_it()
    {
        await world.PublishAsync("main", HostUnderTest.Event("go"));
        await world.StartAsync("main", "i-1");

        // It was encrypted with a key that is lost.
        await new SealedStore(rows, new TestCipher()).EnqueueAsync(
            [
                new NewWork
                {
                    Key = "p:lost",
                    Kind = WorkKind.Publish,
                    DueAt = World.Noon,
                    Payload = "{}"u8.ToArray(),
                    IsSealed = true,
                },
            ],
            Ct
        );
        await world.EventAsync("go", "a payload");

        await world.Node.PumpAsync();

        (await world.StateAsync("i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await world.WorkAsync()).ShouldBeEmpty();
        var buried = (await world.WorkAsync(isBuried: true)).ShouldHaveSingleItem();
        buried.IsSealed.ShouldBeTrue();
        buried.Error.ShouldNotBeNull().ShouldContain("work:p:lost");
    }

    [Fact]
    public async Task A_message_stands_encrypted_while_it_waits()
    {
        await world.Runtime.SendAsync("letters", "4711-swordfish-0815", "m-1", Ct);

        var queued = (await rows.ListWorkAsync(isBuried: false, null, 0, 10, Ct)).ShouldHaveSingleItem();

        System.Text.Encoding.Latin1.GetString(queued.Payload.Span).ShouldNotContain("swordfish");
        (await world.WorkAsync()).ShouldHaveSingleItem().IsSealed.ShouldBeTrue();
    }

    [Fact]
    public async Task Others_who_wait_for_the_same_go_on_and_the_caller_hears_of_the_one_that_cannot_be_read()
    {
        await world.PublishAsync("main", HostUnderTest.Event("go"));
        await world.StartAsync("main", "i-1");
        await world.StartAsync("main", "i-2");
        await DamageAsync("i-1");
        var waiter = (await world.Store.FindBookmarksAsync(new(InstanceId: "i-2"), Ct)).ShouldHaveSingleItem();

        // A node that remembers nothing.
        var error = await Should.ThrowAsync<SecretUnreadableException>(() => world.Join().Runtime.DeliverAsync(new(waiter.Hash), Ct));

        error.Place.ShouldBe("state:i-1");
        (await world.StateAsync("i-2")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_waiter_that_cannot_be_read_is_found_with_the_others()
    {
        await world.PublishAsync("main", HostUnderTest.Event("go"));
        await world.StartAsync("main", "i-2");
        await world.StartAsync("main", "i-1");
        await DamageAsync("i-1", withWaiter: true);
        var hash = (await world.Store.FindBookmarksAsync(new(InstanceId: "i-2"), Ct)).ShouldHaveSingleItem().Hash;

        var found = await world.Store.FindBookmarksAsync(new(hash), Ct);

        found.Count.ShouldBe(3);
        found.Where(b => b.IsSealed).ShouldHaveSingleItem().InstanceId.ShouldBe("i-1");
    }

    /// <summary>Puts the state of an instance, or a waiter of it, under a key that is lost.</summary>
    private async Task DamageAsync(string instanceId, bool withWaiter = false)
    {
        var row = (await rows.FindInstanceAsync(instanceId, Ct)).ShouldNotBeNull();
        var waiter = (await rows.FindBookmarksAsync(new(InstanceId: instanceId), Ct)).ShouldHaveSingleItem();
        var lost = new SealedStore(rows, new TestCipher());
        await lost.CommitAsync(
            new InstanceCommit
            {
                InstanceId = instanceId,
                ExpectedVersion = row.RowVersion,
                DefinitionId = row.DefinitionId,
                VersionId = row.VersionId,
                SubStatus = WorkflowSubStatus.Suspended,
                State = row.State,
                Now = World.Noon,
                IsSealed = true,
                Added = withWaiter
                    ? [new(waiter.Id + 100, waiter.Hash, waiter.Name, waiter.ActivityId, waiter.NodeId, null, "{}"u8.ToArray())]
                    : [],
            },
            Ct
        );
    }
}
