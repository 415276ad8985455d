using System.Collections.Frozen;
using System.Collections.Immutable;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using ServiceLoop.Designer.Admin.Instances;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Secrets;

namespace ServiceLoop.Designer.Tests.Admin;

/// <summary>A secret on the page of an instance: masked, and shown for a reason to who may see it.</summary>
public sealed class RevealButtonTests : IAsyncDisposable
{
    private const string Secret = "4711-swordfish-0815";
    private const string Wait =
        """{ "id": "Ask", "type": "Elsa.Event", "eventName": { "typeName": "String", "expression": { "type": "Literal", "value": "answer" } } }""";
    private const string Card =
        """ "variables": [ { "id": "v", "name": "card", "typeName": "String", "storageDriverTypeName": "ServiceLoop.EncryptedStorageDriver, ServiceLoop" } ], """;

    private static readonly string[] Reading = [Permissions.InstancesRead, Permissions.DefinitionsRead];

    private readonly Trail trail = new();
    private readonly Gate gate;
    private readonly Page page;

    public RevealButtonTests()
    {
        gate = new Gate(trail);
        page = new Page(null, services => services.AddSingleton<IAccess>(gate));
    }

    public ValueTask DisposeAsync() => page.DisposeAsync();

    [Fact]
    public async Task Who_may_not_see_secrets_sees_a_mask_and_no_button()
    {
        var (shown, _) = await OpenAsync(Reading);

        shown.Find(".variables pre").TextContent.ShouldBe(SecretMask.Dots);
        shown.FindAll("button").ShouldNotContain(b => b.TextContent.Trim() == "Reveal");
        shown.Markup.ShouldNotContain(Secret);
    }

    [Fact]
    public async Task A_secret_is_shown_once_a_reason_is_given_and_that_is_written_down_before()
    {
        var (shown, dialogs) = await OpenAsync([.. Reading, Permissions.ValuesReveal]);
        shown.Markup.ShouldNotContain(Secret);

        await shown.PressAsync("Reveal");
        dialogs.WaitForAssertion(() => ConfirmOf(dialogs).HasAttribute("disabled").ShouldBeTrue());
        await dialogs.UseAsync("textarea", e => e.Input("  "));
        ConfirmOf(dialogs).HasAttribute("disabled").ShouldBeTrue();
        await dialogs.UseAsync("textarea", e => e.Input(" a customer asks "));
        await dialogs.PressAsync("Reveal");

        shown.WaitForAssertion(() => shown.Find(".variables .revealed").TextContent.ShouldBe(Secret));
        var begun = trail.Written.ShouldHaveSingleItem().Deed;
        begun.Action.ShouldBe(Reveals.Action);
        begun.Wanted["what"].ShouldBe("variables/v");
        begun.Wanted["reason"].ShouldBe("a customer asks");
    }

    [Fact]
    public async Task Who_thinks_better_of_it_sees_nothing()
    {
        var (shown, dialogs) = await OpenAsync([.. Reading, Permissions.ValuesReveal]);

        await shown.PressAsync("Reveal");
        await dialogs.UseAsync("textarea", e => e.Input("a customer asks"));
        await dialogs.PressAsync("Cancel");

        dialogs.WaitForAssertion(() => dialogs.FindAll("textarea").ShouldBeEmpty());
        shown.Find(".variables pre").TextContent.ShouldBe(SecretMask.Dots);
        trail.Written.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_right_that_was_taken_away_while_the_page_was_open_is_missed_and_the_attempt_written_down()
    {
        var (shown, dialogs) = await OpenAsync([.. Reading, Permissions.ValuesReveal]);

        await shown.PressAsync("Reveal");
        await dialogs.UseAsync("textarea", e => e.Input("a customer asks"));
        gate.May = Reading.ToFrozenSet();
        await dialogs.PressAsync("Reveal");

        shown.WaitForAssertion(() => trail.Posted.ShouldContain(n => n.End == DeedEnd.Denied && n.Deed.Action == Reveals.Action));
        shown.FindAll(".revealed").ShouldBeEmpty();
        shown.Markup.ShouldNotContain(Secret);
    }

    [Fact]
    public async Task What_was_shown_is_masked_again_when_the_instance_has_moved()
    {
        var (shown, dialogs) = await OpenAsync([.. Reading, Permissions.ValuesReveal, Permissions.InstancesRepair]);
        await shown.PressAsync("Reveal");
        await dialogs.UseAsync("textarea", e => e.Input("a customer asks"));
        await dialogs.PressAsync("Reveal");
        shown.WaitForElement(".variables .revealed");

        await page.Runtime.ModifyVariableAsync(shown.Instance.Id, "v", "another secret", default);
        page.Clock.Advance(TimeSpan.FromSeconds(4));

        shown.WaitForAssertion(() => shown.FindAll(".revealed").ShouldBeEmpty());
        shown.Find(".variables pre").TextContent.ShouldBe(SecretMask.Dots);
        shown.Markup.ShouldNotContain(Secret);
        shown.Markup.ShouldNotContain("another secret");
    }

    private async Task<(IRenderedComponent<InstanceDetailsPage> Shown, IRenderedComponent<MudDialogProvider> Dialogs)> OpenAsync(
        string[] permissions
    )
    {
        await page.PublishAsync("flow", Wait, Card);
        var id = await page.StartAsync("flow");
        await page.Runtime.ModifyVariableAsync(id, "v", Secret, default);
        trail.Clear();
        gate.May = permissions.ToFrozenSet();
        var (shown, dialogs) = page.Open<InstanceDetailsPage>(p => p.Add(x => x.Id, id));
        shown.WaitForElement(".variables pre");
        return (shown, dialogs);
    }

    private static AngleSharp.Dom.IElement ConfirmOf(IRenderedComponent<MudDialogProvider> dialogs) =>
        dialogs.FindAll("button").Single(b => b.TextContent.Trim() == "Reveal");

    /// <summary>Somebody whose rights change.</summary>
    private sealed class Gate(IAuditTrail trail) : IAccess
    {
        public FrozenSet<string> May { get; set; } = Permissions.All.ToFrozenSet();

        public Actor Actor => new(ActorKind.Person, "p", "ann") { Permissions = May };

        public IDisposable AsSystem() => new Acting().As(Actor.System);

        public void Demand(string permission) => Now(a => a.Demand(permission));

        public async Task<T> ActAsync<T>(
            Deed deed,
            Func<Task<T>> change,
            Func<T, ImmutableSortedDictionary<string, string?>>? after,
            CancellationToken ct
        )
        {
            var acting = new Acting();
            using var scope = acting.As(Actor);
            return await new GuardedAccess(acting, trail).ActAsync(deed, change, after, ct);
        }

        private void Now(Action<GuardedAccess> ask)
        {
            var acting = new Acting();
            using var scope = acting.As(Actor);
            ask(new GuardedAccess(acting, trail));
        }
    }

    private sealed class Trail : IAuditTrail
    {
        private readonly Lock gate = new();
        private readonly List<AuditNote> written = [];
        private readonly List<AuditNote> posted = [];

        public IReadOnlyList<AuditNote> Written => Copy(written);

        public IReadOnlyList<AuditNote> Posted => Copy(posted);

        public ValueTask<long> WriteAsync(AuditNote note, CancellationToken ct)
        {
            lock (gate)
                written.Add(note);

            return new(1L);
        }

        public void Post(AuditNote note)
        {
            lock (gate)
                posted.Add(note);
        }

        public void Clear()
        {
            lock (gate)
            {
                written.Clear();
                posted.Clear();
            }
        }

        private List<AuditNote> Copy(List<AuditNote> notes)
        {
            lock (gate)
                return [.. notes];
        }
    }
}
