using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Tests.InMemory;
using ServiceLoop.Runtime.Tests.Secrets;
using ServiceLoop.Runtime.Tests.Work;

namespace ServiceLoop.Runtime.Tests.Access;

/// <summary>Whoever has the right to do a thing needs no other one for it, and whoever lacks it is refused.</summary>
public sealed class LeastRightsTests
{
    private const string Secret = "4711-swordfish-0815";
    private const string Driver = "ServiceLoop.EncryptedStorageDriver, ServiceLoop";
    private const string Card =
        $$""" "variables": [ { "id": "v", "name": "card", "typeName": "String", "storageDriverTypeName": "{{Driver}}" } ], """;
    private const string Steps = """
        { "id": "Wait", "type": "Elsa.Event", "eventName": "card", "result": { "typeName": "Object", "memoryReference": { "id": "v" } } },
        { "id": "More", "type": "Elsa.Event", "eventName": "go" }
        """;

    private readonly Acting acting = new();
    private readonly Trail trail = new();
    private readonly World world;

    public LeastRightsTests() =>
        world = new World(
            new SealedStore(new InMemoryStore(), new TestCipher()),
            more: parts => parts.AddSingleton<IAccess>(new GuardedAccess(acting, trail))
        );

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_may_start_is_shown_what_came_of_it()
    {
        await LiveAsync();
        using var starter = As(Permissions.InstancesStart);

        var result = await world.Runtime.StartAsync(new StartInstanceRequest("main"), Ct);
        var (state, graph) = await world.Join().Get<Secrecy>().ShownAsync(result, Ct);

        state.ShouldNotBeNull().InstanceId.ShouldBe(result.InstanceId);
        graph.ShouldNotBeNull().DefinitionId.ShouldBe("main");
        await Should.ThrowAsync<AccessDeniedException>(() => world.Node.Get<Histories>().FindAsync("i-1", Ct));
    }

    [Fact]
    public async Task Who_may_export_exports()
    {
        await LiveAsync();
        using var exporter = As(Permissions.InstancesExport);

        var file = await world.Join().Get<InstanceFiles>().ExportAsync("i-1", Ct);

        System.Text.Encoding.UTF8.GetString(file.ShouldNotBeNull()).ShouldNotContain(Secret);
    }

    [Theory]
    [InlineData("variables/card")]
    [InlineData("executions/WAIT/outputs/Result")]
    public async Task Who_may_reveal_reveals(string what)
    {
        await LiveAsync();
        var history = (await world.Join().Get<Histories>().LookAsync("i-1", Ct)).ShouldNotBeNull();
        var wait = history.Executions().Single(e => e.Node.Id == "Wait");
        what = what.Replace("WAIT", $"{wait.FrameId}", StringComparison.Ordinal);
        using var auditor = As(Permissions.ValuesReveal);

        (await world.Join().Get<Reveals>().RevealAsync("i-1", what, "a customer asks", Ct)).ShouldBe(Secret);
    }

    [Fact]
    public async Task Who_may_look_sees_the_variables()
    {
        await LiveAsync();
        using var reader = As(Permissions.InstancesRead);
        var view = (await world.Runtime.FindAsync("i-1", Ct)).ShouldNotBeNull();

        (await world.Runtime.ListVariablesAsync(view.State, Ct)).ShouldHaveSingleItem().Name.ShouldBe("card");
    }

    [Theory]
    [InlineData(Permissions.ValuesReveal)]
    [InlineData(Permissions.InstancesExport)]
    public async Task A_file_with_secrets_wants_both_rights(string only)
    {
        await LiveAsync();
        using var half = As(only);

        await Should.ThrowAsync<AccessDeniedException>(() => world.Node.Get<InstanceFiles>().ExportWithSecretsAsync("i-1", "a move", Ct));
    }

    [Fact]
    public async Task A_file_with_secrets_wants_a_reason_which_is_in_the_audit_log_before()
    {
        await LiveAsync();
        using var both = As(Permissions.ValuesReveal, Permissions.InstancesExport);
        var files = world.Node.Get<InstanceFiles>();

        await Should.ThrowAsync<RevealRefusedException>(() => files.ExportWithSecretsAsync("i-1", " ", Ct));
        trail.Begun.ShouldNotContain(d => d.Action == Reveals.Action);
        var file = await files.ExportWithSecretsAsync("i-1", "a move", Ct);

        using var json = JsonDocument.Parse(file.ShouldNotBeNull());
        json.RootElement.GetProperty("state").GetRawText().ShouldContain(Secret);
        trail.Begun.ShouldContain(d => d.Action == Reveals.Action && d.Wanted["reason"] == "a move" && d.Wanted["what"] == "export");
    }

    [Fact]
    public async Task An_event_and_a_message_are_in_the_audit_log_before_as_no_journal_tells_of_them()
    {
        using var sender = As(Permissions.EventsPublish);

        await world.EventAsync("go");
        await world.Runtime.SendAsync("letters", "body", "m-1", Ct);

        trail.Begun.Select(d => d.Action).ShouldBe(["event.publish", "message.send"]);
    }

    [Fact]
    public async Task A_file_that_says_nothing_new_is_refused_to_who_may_not_publish()
    {
        var definition = HostUnderTest.Definition("filed", HostUnderTest.Line("a"), "");

        using (As([.. Permissions.All]))
            await world.Definitions.ImportFileAsync(definition, "filed.json", Ct);

        using var stranger = As(Permissions.InstancesRead);

        await Should.ThrowAsync<AccessDeniedException>(() => world.Definitions.ImportFileAsync(definition, "filed.json", Ct));
    }

    private async Task LiveAsync()
    {
        using var all = acting.As(Actor.System);
        await world.PublishAsync("main", Steps, Card);
        await world.StartAsync("main", "i-1");
        await world.EventAsync("card", Secret);
        await world.Node.PumpAsync();
    }

    private IDisposable As(params string[] permissions) =>
        acting.As(new Actor(ActorKind.Key, "k", "key") { Permissions = permissions.ToFrozenSet(StringComparer.Ordinal) });

    private sealed class Trail : IAuditTrail
    {
        private readonly List<Deed> begun = [];

        public IReadOnlyList<Deed> Begun => begun;

        public ValueTask<long> WriteAsync(AuditNote note, CancellationToken ct)
        {
            begun.Add(note.Deed);
            return new(begun.Count);
        }

        public void Post(AuditNote note) { }
    }
}
