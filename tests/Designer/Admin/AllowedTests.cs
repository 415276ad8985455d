using System.Collections.Frozen;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using ServiceLoop.Designer.Admin.Definitions;
using ServiceLoop.Designer.Admin.Instances;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Designer.Tests.Admin;

/// <summary>What somebody may not do has no button.</summary>
public sealed class AllowedTests : IAsyncDisposable
{
    private const string Wait =
        """{ "id": "Ask", "type": "Elsa.Event", "eventName": { "typeName": "String", "expression": { "type": "Literal", "value": "answer" } } }""";

    private readonly Acting acting = new();
    private readonly Page page;

    public AllowedTests() => page = new Page(null, services => services.AddSingleton<IAccess>(new GuardedAccess(acting, new Silence())));

    public ValueTask DisposeAsync() => page.DisposeAsync();

    [Theory]
    [InlineData(Permissions.InstancesStart, "Start an instance")]
    [InlineData(Permissions.DefinitionsWrite, "Edit in Studio")]
    public async Task A_definition_offers_what_one_may_do_with_it(string permission, string words)
    {
        await PublishAsync();

        Buttons<DefinitionPage>([Permissions.DefinitionsRead], p => p.Add(d => d.Id, "flow"), "section.card").ShouldNotContain(words);
        Buttons<DefinitionPage>([Permissions.DefinitionsRead, permission], p => p.Add(d => d.Id, "flow"), "section.card")
            .ShouldContain(words);
    }

    [Theory]
    [InlineData(Permissions.InstancesCancel, "Cancel instance")]
    [InlineData(Permissions.EventsPublish, "Resume")]
    [InlineData(Permissions.InstancesRepair, "Cancel step")]
    public async Task An_instance_offers_what_one_may_do_with_it(string permission, string part)
    {
        await PublishAsync();
        string id;

        using (acting.As(Actor.System))
            id = await page.StartAsync("flow");

        string[] reading = [Permissions.InstancesRead, Permissions.DefinitionsRead];
        Buttons<InstanceDetailsPage>(reading, p => p.Add(d => d.Id, id), ".incident").ShouldNotContain(b => b.StartsWith(part));
        Buttons<InstanceDetailsPage>([.. reading, permission], p => p.Add(d => d.Id, id), ".incident")
            .ShouldContain(b => b.StartsWith(part));
    }

    [Theory]
    [InlineData(Permissions.InstancesMigrate)]
    [InlineData(Permissions.InstancesRepair)]
    public async Task A_rollback_offers_for_running_instances_what_one_may_do_with_them(string permission)
    {
        string[] publishing = [Permissions.DefinitionsRead, Permissions.DefinitionsPublish];

        (await WaysAsync(publishing)).ShouldBe(1);
        (await WaysAsync([.. publishing, permission])).ShouldBe(2);
    }

    private async Task<int> WaysAsync(string[] permissions)
    {
        using var scope = acting.As(new Actor(ActorKind.Person, "p", "ann") { Permissions = permissions.ToFrozenSet() });
        var dialogs = page.Render<MudDialogProvider>();
        var parameters = new DialogParameters<RollbackDialog>
        {
            { d => d.Version, 1 },
            { d => d.InForce, 2 },
            {
                d => d.Loads,
                new Dictionary<int, long> { [2] = 7 }
            },
        };
        await dialogs.InvokeAsync(() => page.Services.GetRequiredService<IDialogService>().ShowAsync<RollbackDialog>("", parameters));
        dialogs.WaitForElement("input[type=radio]");
        var ways = dialogs.FindAll("input[type=radio]").Count;
        dialogs.Dispose();
        return ways;
    }

    private async Task PublishAsync()
    {
        using var scope = acting.As(Actor.System);
        await page.PublishAsync("flow", Wait);
    }

    private List<string> Buttons<T>(string[] permissions, Action<ComponentParameterCollectionBuilder<T>> parameters, string sign)
        where T : Microsoft.AspNetCore.Components.IComponent
    {
        using var scope = acting.As(new Actor(ActorKind.Person, "p", "ann") { Permissions = permissions.ToFrozenSet() });
        var shown = page.Render(parameters);
        shown.WaitForElement(sign);
        return [.. shown.FindAll("button, a.mud-button-root").Select(b => b.TextContent.Trim())];
    }

    private sealed class Silence : IAuditTrail
    {
        public ValueTask<long> WriteAsync(AuditNote note, CancellationToken ct) => ValueTask.FromResult(1L);

        public void Post(AuditNote note) { }
    }
}
