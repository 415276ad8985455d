using System.Text;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tests.Work;

namespace ServiceLoop.Runtime.Tests.Secrets;

/// <summary>A secret goes to a child, comes back as its output, and goes out with an event: it stays one wherever who gets it says that it is one.</summary>
public sealed class HandedOnTests
{
    private const string Secret = "4711-swordfish-0815";
    private const string Encrypted = "ServiceLoop.EncryptedStorageDriver, ServiceLoop";
    private const string Plain = "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core";

    private readonly InMemoryStore rows = new();
    private readonly World world;

    public HandedOnTests() => world = new World(new SealedStore(rows, new TestCipher()));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Elsa.ExecuteWorkflow")]
    [InlineData("Elsa.DispatchWorkflow")]
    public async Task Who_gets_it_and_says_that_it_is_secret_keeps_it_encrypted_and_masked(string call)
    {
        await PublishAsync(call, Encrypted, Encrypted);
        var stored = await LiveAsync();
        var child = await ChildAsync();

        stored.ShouldNotContain(Secret);
        (await ShownAsync("parent")).ShouldNotContain(Secret);
        (await ShownAsync(child)).ShouldNotContain(Secret);
        (await ShownAsync("listener")).ShouldNotContain(Secret);
        var reveals = world.Node.Get<Reveals>();
        (await reveals.RevealAsync(child, "inputs/Pin", "test", Ct)).ShouldBe(Secret);
        (await reveals.RevealAsync(child, "outputs/Back", "test", Ct)).ShouldBe(Secret);
        (await reveals.RevealAsync("listener", "variables/heard", "test", Ct)).ShouldBe(Secret);
        Engine.Values.ValueJson.ToText(await reveals.RevealAsync("parent", "variables/got", "test", Ct)).ShouldContain(Secret);
    }

    [Fact]
    public async Task Who_gets_it_and_does_not_say_so_has_it_as_any_other_value()
    {
        await PublishAsync("Elsa.ExecuteWorkflow", Encrypted, Plain);
        await LiveAsync();

        Text((await rows.FindInstanceAsync("parent", Ct)).ShouldNotBeNull().State).ShouldNotContain(Secret);
        Text((await rows.FindInstanceAsync(await ChildAsync(), Ct)).ShouldNotBeNull().State).ShouldContain(Secret);
        Text((await rows.FindInstanceAsync("listener", Ct)).ShouldNotBeNull().State).ShouldContain(Secret);
    }

    [Fact]
    public async Task Why_a_child_failed_is_told_to_its_parent_without_the_secrets_of_the_child()
    {
        await world.PublishAsync(
            "child",
            $$"""{ "id": "Break", "type": "Elsa.Fault", "message": {{Of("Input", "Pin")}} }""",
            Input(Encrypted)
        );
        await world.PublishAsync(
            "main",
            $$"""
            { "id": "Call", "type": "Elsa.ExecuteWorkflow", "workflowDefinitionId": "child", "waitForCompletion": true, "input": {{Literal(
                $$"""{ "Pin": "{{Secret}}" }"""
            )}}, "childFault": { "typeName": "String", "memoryReference": { "id": "why" } } },
            { "id": "Hold", "type": "Elsa.Event", "eventName": "never" }
            """,
            """ "variables": [ { "id": "why", "name": "why", "typeName": "String" } ], """
        );
        await world.StartAsync("main", "parent");
        await world.Node.PumpAsync();

        var child = await world.StateAsync(await ChildAsync());
        var view = (await world.Runtime.FindAsync("parent", Ct)).ShouldNotBeNull();
        var why = await world.Runtime.ListVariablesAsync(view.State, Ct);

        child.Incidents.ShouldHaveSingleItem().Message.ShouldContain(Secret);
        why.ShouldHaveSingleItem().Value.ShouldBeOfType<string>().ShouldContain(SecretMask.Dots);
        ((string)why[0].Value!).ShouldNotContain(Secret);
    }

    private async Task PublishAsync(string call, string own, string others)
    {
        await world.PublishAsync(
            "child",
            $$"""{ "id": "Give", "type": "Elsa.SetOutput", "outputName": "Back", "outputValue": {{Of("Input", "Pin")}} }""",
            Input(others) + """ "outputs": [ { "name": "Back", "type": "String" } ], """
        );
        await world.PublishAsync(
            "listener",
            $$"""
            { "id": "Hear", "type": "Elsa.Event", "eventName": "card", "result": { "typeName": "Object", "memoryReference": { "id": "heard" } } },
            { "id": "Hold", "type": "Elsa.Event", "eventName": "never" }
            """,
            Variables(others, "heard")
        );
        await world.PublishAsync(
            "main",
            $$"""
            { "id": "Get", "type": "Elsa.Event", "eventName": "first", "result": { "typeName": "Object", "memoryReference": { "id": "card" } } },
            { "id": "Call", "type": "{{call}}", "workflowDefinitionId": "child", "waitForCompletion": true,
              "input": {{Members}}, "result": { "typeName": "Object", "memoryReference": { "id": "got" } } },
            { "id": "Tell", "type": "Elsa.PublishEvent", "eventName": "card", "payload": { "typeName": "Object", "expression": { "type": "Variable", "value": { "id": "card" } } } },
            { "id": "Hold", "type": "Elsa.Event", "eventName": "never" }
            """,
            Variables(own, "card", "got")
        );
    }

    /// <summary>Lives it, and looks into the store after every bit of work.</summary>
    /// <returns>All that stood in it.</returns>
    private async Task<string> LiveAsync()
    {
        var seen = new StringBuilder();
        await world.StartAsync("listener", "listener");
        await world.StartAsync("main", "parent");
        await world.EventAsync("first", Secret);

        for (var work = await LookAsync(); work.Count > 0; work = await LookAsync())
        {
            var now = world.Clock.GetUtcNow();

            foreach (var due in await world.Store.LeaseDueAsync(now, now.AddSeconds(30), 1, Ct))
                await world.Node.DoAsync(due);
        }

        return seen.ToString();

        async Task<IReadOnlyList<WorkRow>> LookAsync()
        {
            var work = await rows.ListWorkAsync(isBuried: false, null, 0, 100, Ct);

            foreach (var row in work)
                seen.Append(Text(row.Payload));

            foreach (var instance in await rows.ListInstancesAsync(new InstanceFilter(), 0, 100, Ct))
            {
                seen.Append(instance.Name).Append(Text((await rows.FindInstanceAsync(instance.Id, Ct))!.State));

                foreach (var burst in await rows.ReadJournalAsync(instance.Id, Ct))
                    seen.Append(Text(burst.Stimuli)).Append(Text(burst.Entries));
            }

            return work;
        }
    }

    private async Task<string> ChildAsync() => (await world.InstancesAsync("child")).ShouldHaveSingleItem().Id;

    private async Task<string> ShownAsync(string id)
    {
        var secrecy = world.Node.Get<Secrecy>();
        var shown = await secrecy.ShownAsync((await world.Runtime.FindAsync(id, Ct)).ShouldNotBeNull(), Ct);
        var mask = await secrecy.OfAsync(id, Ct);
        var lines = (await world.Runtime.ReadHistoryAsync(id, Ct)).Select(e => Secrecy.Shown(e, mask).Message);
        return Encoding.UTF8.GetString(StateJson.Write(shown.State)) + string.Join('\n', lines);
    }

    private const string Members = """
        { "typeName": "ObjectDictionary", "expression": { "type": "Object", "value": { "Pin": { "type": "Variable", "value": { "id": "card" } } } } }
        """;

    private static string Variables(string driver, params string[] names) =>
        $$""" "variables": [ {{string.Join(
            ", ",
            names.Select(n => $$"""{ "id": "{{n}}", "name": "{{n}}", "typeName": "Object", "storageDriverTypeName": "{{driver}}" }""")
        )}} ], """;

    private static string Input(string driver) =>
        $$""" "inputs": [ { "name": "Pin", "type": "String", "storageDriverType": "{{driver}}" } ], """;

    private static string Of(string type, string name) =>
        $$"""{ "typeName": "String", "expression": { "type": "{{type}}", "value": { "name": "{{name}}" } } }""";

    private static string Literal(string value) =>
        $$"""{ "typeName": "ObjectDictionary", "expression": { "type": "Object", "value": {{value}} } }""";

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.Latin1.GetString(bytes.Span);
}
