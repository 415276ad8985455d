using System.Text;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tests.Work;

namespace ServiceLoop.Runtime.Tests.Secrets;

public sealed class SealedStoreTests
{
    private const string Secret = "4711-swordfish-0815";
    private const string Card =
        """ "variables": [ { "id": "v", "name": "card", "typeName": "String", "storageDriverTypeName": "DRIVER" } ], """;
    private const string Steps = """
        { "id": "Wait", "type": "Elsa.Event", "eventName": "card", "result": { "typeName": "Object", "memoryReference": { "id": "v" } } },
        { "id": "Say", "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "Variable", "value": { "id": "v" } } } },
        { "id": "More", "type": "Elsa.Event", "eventName": "go" }
        """;

    private readonly InMemoryStore rows = new();
    private readonly World world;

    public SealedStoreTests() => world = new World(new SealedStore(rows, new TestCipher()));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ServiceLoop.EncryptedStorageDriver, ServiceLoop", false)]
    [InlineData("Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core", true)]
    public async Task An_instance_with_a_secret_variable_stands_encrypted_in_the_store_and_lives_as_any_other(string driver, bool isOpen)
    {
        await RunAsync(driver);
        var stored = await StoredAsync();
        await world.EventAsync("go");
        await world.Node.PumpAsync();
        var after = await StoredAsync();

        (await world.LinesAsync("i-1")).ShouldBe([Secret]);
        (await world.StateAsync("i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        stored.Contains(Secret, StringComparison.Ordinal).ShouldBe(isOpen);
        after.Contains(Secret, StringComparison.Ordinal).ShouldBe(isOpen);
        (await new Replay(world.Store, world.Node.Graphs).RunAsync("i-1", Ct)).Difference.ShouldBeNull();
    }

    [Fact]
    public async Task An_event_that_waits_to_be_delivered_is_encrypted_with_all_that_comes_of_it()
    {
        await world.PublishAsync("main", Steps, Card.Replace("DRIVER", StorageDriver, StringComparison.Ordinal));
        await world.StartAsync("main", "i-1");
        await world.EventAsync("card", Secret);

        var queued = await rows.ListWorkAsync(isBuried: false, null, 0, 10, Ct);

        queued.ShouldHaveSingleItem().Payload.Span[0].ShouldNotBe((byte)'{');
        Text(queued[0].Payload).ShouldNotContain(Secret);
        (await world.WorkAsync()).ShouldHaveSingleItem().IsSealed.ShouldBeTrue();
        Text((await world.WorkAsync())[0].Payload).ShouldContain(Secret);
    }

    [Fact]
    public async Task A_state_that_was_moved_to_another_instance_in_the_database_is_refused()
    {
        await RunAsync(StorageDriver);
        await world.StartAsync("main", "i-2");
        var one = (await rows.FindInstanceAsync("i-1", Ct)).ShouldNotBeNull();
        var other = (await rows.FindInstanceAsync("i-2", Ct)).ShouldNotBeNull();
        await rows.CommitAsync(
            new InstanceCommit
            {
                InstanceId = "i-2",
                ExpectedVersion = other.RowVersion,
                DefinitionId = other.DefinitionId,
                VersionId = other.VersionId,
                SubStatus = WorkflowSubStatus.Suspended,
                State = one.State,
                Now = World.Noon,
            },
            Ct
        );

        var error = await Should.ThrowAsync<SecretUnreadableException>(() => world.Store.FindInstanceAsync("i-2", Ct));

        error.Message.ShouldContain("state:i-2");
    }

    [Fact]
    public async Task What_is_shown_of_an_instance_has_a_mask_in_place_of_the_secret_wherever_it_got_to()
    {
        await RunAsync(StorageDriver);
        var secrecy = world.Node.Get<Secrecy>();
        var view = (await world.Runtime.FindAsync("i-1", Ct)).ShouldNotBeNull();

        var shown = await secrecy.ShownAsync(view, Ct);
        var mask = await secrecy.OfAsync("i-1", Ct);
        var lines = (await world.Runtime.ReadHistoryAsync("i-1", Ct)).Select(e => Secrecy.Shown(e, mask)).ToList();
        var variables = await world.Runtime.ListVariablesAsync(shown.State, Ct);

        Encoding.UTF8.GetString(StateJson.Write(shown.State)).ShouldNotContain(Secret);
        variables.ShouldHaveSingleItem().Value.ShouldBe(SecretMask.Dots);
        variables[0].IsSensitive.ShouldBeTrue();
        lines.Where(l => l.Event is null).ShouldHaveSingleItem().Message.ShouldBe(SecretMask.Dots);
        mask.HidesPast.ShouldBeFalse();
    }

    [Fact]
    public async Task A_secret_that_was_overwritten_stays_masked_in_the_history_and_without_its_journal_all_texts_are()
    {
        await RunAsync(StorageDriver);
        await world.Runtime.ModifyVariableAsync("i-1", "card", "another secret", Ct);
        var mask = await world.Node.Get<Secrecy>().OfAsync("i-1", Ct);
        await rows.RetainAsync(new(null, World.Noon.AddYears(1), null), Ct);
        await world.Runtime.ModifyVariableAsync("i-1", "card", "a third one", Ct);

        var later = await world.Join().Get<Secrecy>().OfAsync("i-1", Ct);

        mask.Text($"it was {Secret}, now another secret").ShouldBe($"it was {SecretMask.Dots}, now {SecretMask.Dots}");
        later.HidesPast.ShouldBeTrue();
        later.Past("anything").ShouldBe(SecretMask.Dots);
        later.Text("a third one").ShouldBe(SecretMask.Dots);
    }

    private const string StorageDriver = "ServiceLoop.EncryptedStorageDriver, ServiceLoop";

    private async Task RunAsync(string driver)
    {
        await world.PublishAsync("main", Steps, Card.Replace("DRIVER", driver, StringComparison.Ordinal));
        await world.StartAsync("main", "i-1");
        await world.EventAsync("card", Secret);
        await world.Node.PumpAsync();
    }

    private async Task<string> StoredAsync()
    {
        var row = (await rows.FindInstanceAsync("i-1", Ct)).ShouldNotBeNull();
        var journal = await rows.ReadJournalAsync("i-1", Ct);
        return Text(row.State) + string.Concat(journal.Select(j => Text(j.Stimuli) + Text(j.Entries)));
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.Latin1.GetString(bytes.Span);
}
