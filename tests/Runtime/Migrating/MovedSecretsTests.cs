using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Migrating;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Tasks;
using ServiceLoop.Runtime.Tests.Secrets;
using ServiceLoop.Runtime.Tests.Store;
using ServiceLoop.Runtime.Tests.Work;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Migrating;

/// <summary>An instance leaves its secrets behind: it moves to a version that has none. What it had before shows nowhere.</summary>
public sealed class MovedSecretsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const string Secret = "4711-swordfish-0815";
    private const string Steps = """
        { "id": "Wait", "type": "Elsa.Event", "eventName": "card", "result": { "typeName": "Object", "memoryReference": { "id": "v" } } },
        { "id": "Say", "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "Variable", "value": { "id": "v" } } } },
        { "id": "More", "type": "Elsa.Event", "eventName": "go" },
        { "id": "Again", "type": "Elsa.Event", "eventName": "again" }
        """;

    private NpgsqlDataSource database = null!;
    private PostgresStore rows = null!;
    private World world = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.OpenAsync(Ct);
        await StoreUnderTest.ClearAsync(database, Ct);
        rows = StoreUnderTest.Open(database, null, new RunTaskWriter(), new RunTaskEndWriter(), new MovedInstanceWriter());
        world = new World(new SealedStore(rows, new TestCipher()), more: parts => parts.AddSingleton(database).AddInstanceMigration());
    }

    public ValueTask DisposeAsync() => rows.DisposeAsync();

    [Fact]
    public async Task It_stays_encrypted_and_masked_on_a_version_without_secrets()
    {
        await MoveAsync();
        await world.EventAsync("go");
        await world.Node.PumpAsync();

        Encoding.Latin1.GetString((await rows.FindInstanceAsync("i-1", Ct)).ShouldNotBeNull().State.Span).ShouldNotContain(Secret);
        var view = (await world.Runtime.FindAsync("i-1", Ct)).ShouldNotBeNull();
        view.Graph.ShouldNotBeNull().HoldsSecrets.ShouldBeFalse();
        Encoding.UTF8.GetString(StateJson.Write(view.State)).ShouldContain(Secret);
        (await ShownAsync(world.Node)).ShouldNotContain(Secret);
        (await ShownAsync(world.Join())).ShouldNotContain(Secret);
        (await new Replay(world.Store, world.Join().Graphs).RunAsync("i-1", Ct)).Difference.ShouldBeNull();
    }

    [Fact]
    public async Task Without_its_journal_no_value_of_it_is_shown()
    {
        await MoveAsync();
        await StoreUnderTest.RunAsync(database, "delete from journal where instance_id = 'i-1'", Ct);

        var node = world.Join();

        (await ShownAsync(node)).ShouldNotContain(Secret);
        (await node.Get<Secrecy>().OfAsync("i-1", Ct)).HidesPast.ShouldBeTrue();
    }

    [Fact]
    public async Task Its_name_in_lists_tells_nothing_either()
    {
        await MoveAsync(name: $"Card {Secret}");

        (await world.InstancesAsync()).ShouldHaveSingleItem().Name.ShouldBe(SecretMask.Dots);
    }

    private async Task MoveAsync(string? name = null)
    {
        await world.PublishAsync("main", Steps, Card("ServiceLoop.EncryptedStorageDriver, ServiceLoop"));
        await world.Runtime.StartAsync(new StartInstanceRequest("main") { InstanceId = "i-1", Name = name }, Ct);
        await world.EventAsync("card", Secret);
        await world.Node.PumpAsync();
        await world.PublishAsync("main", Steps, Card("Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core"));
        var target = (await world.Store.FindDefinitionAsync("main", 0, Ct)).ShouldNotBeNull();
        var service = world.Node.Get<MigrationService>();
        var run = await service.CreateAsync(new(target.Id), Ct);
        await service.StartAsync(run.Id, null, Ct);
        await world.Node.PumpAsync();
        (await world.StateAsync("i-1")).DefinitionVersionId.ShouldBe(target.Id);
    }

    private static string Card(string driver) =>
        $$""" "id": "", "variables": [ { "id": "v", "name": "card", "typeName": "String", "storageDriverTypeName": "{{driver}}" } ], """;

    /// <summary>All that is shown of it.</summary>
    private static async Task<string> ShownAsync(Node node)
    {
        var secrecy = node.Get<Secrecy>();
        var shown = await secrecy.ShownAsync((await node.Runtime.FindAsync("i-1", Ct)).ShouldNotBeNull(), Ct);
        var mask = await secrecy.OfAsync("i-1", Ct);
        var lines = (await node.Runtime.ReadHistoryAsync("i-1", Ct)).Select(e => Secrecy.Shown(e, mask).Message);
        var variables = (await node.Runtime.ListVariablesAsync(shown.State, Ct)).Select(v => v.Value);
        var file = await node.Get<InstanceFiles>().ExportAsync("i-1", Ct);
        return string.Join(
            '\n',
            [Encoding.UTF8.GetString(StateJson.Write(shown.State)), .. lines, .. variables, Encoding.UTF8.GetString(file!)]
        );
    }
}
