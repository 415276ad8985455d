using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Tests.Store;

public abstract partial class WorkflowStoreTests
{
    [Fact]
    public async Task Version_is_stored_whole()
    {
        var version = Version("refund", 1, isPublished: true, name: "Refund request");
        await SaveAsync(version);

        var row = (await Store.FindDefinitionAsync("refund-1", Ct)).ShouldNotBeNull();

        (row with { Content = version.Content, Pins = version.Pins, Warnings = version.Warnings }).ShouldBe(version);
        Text(row.Content).ShouldBe("{\"v\":1}");
        Text(row.Pins).ShouldBe("{\"pin\":\"1\"}");
    }

    [Fact]
    public async Task Versions_are_found_by_number_published_and_latest()
    {
        await SaveAsync(
            Version("refund", 1, isLatest: false),
            Version("refund", 2, isPublished: true, isLatest: false),
            Version("refund", 3),
            Version("other", 1, isPublished: true)
        );

        (await Store.FindDefinitionAsync("refund", 1, Ct))!.Id.ShouldBe("refund-1");
        (await Store.FindDefinitionAsync("refund", 0, Ct))!.Id.ShouldBe("refund-2");
        (await Store.FindDefinitionAsync("refund", -1, Ct))!.Id.ShouldBe("refund-3");
        (await Store.FindDefinitionAsync("refund", 4, Ct)).ShouldBeNull();
        (await Store.FindDefinitionAsync("nobody", 0, Ct)).ShouldBeNull();
        (await Store.FindDefinitionAsync("nobody-1", Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Versions_are_found_by_the_type_name_of_their_activity()
    {
        await SaveAsync(
            Version("a", 1, isPublished: true, isLatest: false, name: "Refund request"),
            Version("a", 2, name: "Refund request"),
            Version("plain-id", 1)
        );

        (await Store.FindDefinitionByTypeNameAsync("RefundRequest", 0, Ct))!.Id.ShouldBe("a-1");
        (await Store.FindDefinitionByTypeNameAsync("RefundRequest", 2, Ct))!.Id.ShouldBe("a-2");
        (await Store.FindDefinitionByTypeNameAsync("PlainId", 1, Ct))!.Id.ShouldBe("plain-id-1");
        (await Store.FindDefinitionByTypeNameAsync("PlainId", 0, Ct)).ShouldBeNull();
        (await Store.FindDefinitionByTypeNameAsync("refundrequest", 0, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Versions_that_are_used_as_activities_are_listed_with_content_drafts_too()
    {
        await SaveAsync(
            Version("a", 1, isLatest: false, name: "A") with
            {
                UsableAsActivity = true,
                PublishedAt = Noon,
            },
            Version("a", 2, name: "A") with
            {
                UsableAsActivity = true,
                PublishedAt = null,
            },
            Version("b", 1, isPublished: true, name: "B") with
            {
                UsableAsActivity = true,
            },
            Version("c", 1, isPublished: true, name: "C")
        );
        await SaveAsync(Version("a", 2, isLatest: false) with { Id = "a-2~x", IsSnapshot = true, UsableAsActivity = true });

        (await Store.ListActivityDefinitionsAsync(null, Ct)).Select(v => v.Id).ShouldBe(["a-1", "a-2", "b-1"]);
        var line = await Store.ListActivityDefinitionsAsync("a", Ct);
        line.Select(v => Text(v.Content)).ShouldBe(["{\"v\":1}", "{\"v\":2}"]);
    }

    [Fact]
    public async Task Lines_are_listed_without_content()
    {
        await SaveAsync(Version("b", 1), Version("a", 2), Version("a", 1, isLatest: false));

        var all = await Store.ListDefinitionsAsync(null, Ct);

        all.Select(d => d.Id).ShouldBe(["a-1", "a-2", "b-1"]);
        all.ShouldAllBe(d => d.Content.IsEmpty && d.Pins.IsEmpty);
        (await Store.ListDefinitionsAsync("b", Ct)).ShouldHaveSingleItem().Note.ShouldBe("note");
    }

    [Fact]
    public async Task Draft_may_change()
    {
        await SaveAsync(Version("a", 1));

        await SaveAsync(Version("a", 1) with { Content = Utf8("new"), Name = "New" });

        Text((await Store.FindDefinitionAsync("a-1", Ct))!.Content).ShouldBe("new");
        (await Store.FindDefinitionByTypeNameAsync("New", 1, Ct)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Published_content_never_changes()
    {
        await SaveAsync(Version("a", 1, isPublished: true));
        await SaveAsync(Version("a", 1) with { PublishedAt = Noon, IsPublished = false });

        var error = await Should.ThrowAsync<InvalidOperationException>(() =>
            SaveAsync(Version("b", 1), Version("a", 1) with { Content = Utf8("new") })
        );

        error.Message.ShouldContain("Version 1 of definition 'a' was published");
        Text((await Store.FindDefinitionAsync("a-1", Ct))!.Content).ShouldBe("{\"v\":1}");
        (await Store.FindDefinitionAsync("b-1", Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Publishing_moves_the_flags_in_any_order_of_rows()
    {
        await SaveAsync(Version("a", 1, isPublished: true));

        await SaveAsync(Version("a", 2, isPublished: true), Version("a", 1) with { IsLatest = false, PublishedAt = Noon.AddHours(1) });

        (await Store.FindDefinitionAsync("a", 0, Ct))!.Version.ShouldBe(2);
        (await Store.FindDefinitionAsync("a", -1, Ct))!.Version.ShouldBe(2);
    }

    [Fact]
    public async Task Version_in_use_is_not_removed()
    {
        await SaveAsync(Version("refund", 1));
        await CommitAsync(Burst("a"));

        (await Store.DeleteDefinitionAsync("refund-1", Ct)).ShouldBeFalse();
        (await Store.FindDefinitionAsync("refund-1", Ct)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Version_that_nobody_uses_is_removed()
    {
        await SaveAsync(Version("refund", 2));
        await CommitAsync(Burst("a"));

        (await Store.DeleteDefinitionAsync("refund-2", Ct)).ShouldBeTrue();
        (await Store.FindDefinitionAsync("refund-2", Ct)).ShouldBeNull();
        (await Store.DeleteDefinitionAsync("nobody", Ct)).ShouldBeTrue();
    }

    [Fact]
    public async Task Triggers_of_a_line_are_replaced_and_others_left()
    {
        await ReplaceTriggersAsync("a", Trigger("a", "n1", "h1"), Trigger("a", "n2", "h2"));
        await ReplaceTriggersAsync("b", Trigger("b", "n1", "h1"));

        await ReplaceTriggersAsync("a", Trigger("a", "n3", "h1"), Trigger("a", "n3", "h3"));

        (await Store.FindTriggersAsync("h1", Ct)).Select(t => (t.DefinitionId, t.NodeId)).ShouldBe([("a", "n3"), ("b", "n1")]);
        (await Store.FindTriggersAsync("h2", Ct)).ShouldBeEmpty();
        (await Store.ListTriggersAsync("Event", Ct)).Count.ShouldBe(3);
        (await Store.ListTriggersAsync("Other", Ct)).ShouldBeEmpty();
        var row = (await Store.FindTriggersAsync("h3", Ct)).ShouldHaveSingleItem();
        row.VersionId.ShouldBe("a-1");
        row.ActivityId.ShouldBe("Start1");
        Text(row.Payload).ShouldBe("\"p\"");
    }

    [Fact]
    public async Task Timers_of_triggers_are_replaced_with_them()
    {
        await Store.SaveDefinitionsAsync(new([], "a", [], [Job("g1", instance: "a", kind: WorkKind.TriggerTimer)]), Ct);
        await Store.SaveDefinitionsAsync(new([], "b", [], [Job("g2", instance: "b", kind: WorkKind.TriggerTimer)]), Ct);
        await EnqueueAsync(Job("other", instance: "a"));

        await Store.SaveDefinitionsAsync(new([], "a", [], [Job("g3", instance: "a", kind: WorkKind.TriggerTimer)]), Ct);

        (await AliveAsync()).ShouldBe(["g2", "other", "g3"], ignoreOrder: true);
    }

    [Fact]
    public async Task Saving_without_triggers_leaves_them()
    {
        await ReplaceTriggersAsync("a", Trigger("a", "n1", "h1"));

        await SaveAsync(Version("a", 1));

        (await Store.FindTriggersAsync("h1", Ct)).Count.ShouldBe(1);
    }

    private Task ReplaceTriggersAsync(string line, params TriggerRow[] triggers) =>
        Store.SaveDefinitionsAsync(new([], line, [.. triggers]), Ct);

    private static TriggerRow Trigger(string line, string node, string hash) =>
        new(line, $"{line}-1", "Start1", node, "Event", hash, Utf8("\"p\""));
}
