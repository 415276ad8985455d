using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Tests.Store;

public abstract partial class WorkflowStoreTests
{
    [Theory]
    [InlineData("", "a-1 a-2 a-3 b-1 c-1 c-2")]
    [InlineData("AllVersions", "a-1 a-2 a-3 b-1 c-1 c-2")]
    [InlineData("latest", "a-3 b-1 c-2")]
    [InlineData("Published", "a-2 b-1")]
    [InlineData("LatestOrPublished", "a-2 a-3 b-1 c-2")]
    [InlineData("LatestAndPublished", "b-1")]
    [InlineData("Draft", "a-3 c-2")]
    [InlineData("1", "a-1 b-1 c-1")]
    public async Task Versions_are_listed_and_counted_by_option(string option, string expected)
    {
        await SaveLinesAsync();
        VersionOption.TryParse(option, out var versions).ShouldBeTrue();
        var filter = new DefinitionFilter { Versions = versions };

        (await ListAsync(filter)).Order(StringComparer.Ordinal).ShouldBe(expected.Split(' '));
        (await Store.CountDefinitionsAsync(filter, Ct)).ShouldBe(expected.Split(' ').Length);
    }

    [Fact]
    public async Task Lists_have_what_they_show_and_no_content()
    {
        await SaveAsync(
            Version("a", 1, name: "Refund") with
            {
                Description = "Gives money back.",
                ToolVersion = "3.8.0.0",
                IsReadonly = true,
                IsSystem = true,
                UsableAsActivity = true,
                PublishedBy = "mei",
                WarningCount = 2,
                Warnings = Utf8("[]"),
                Consumes = ["b"],
            }
        );

        var row = (await Store.ListDefinitionsAsync(new DefinitionFilter(), 0, 10, Ct)).ShouldHaveSingleItem();

        (row.Description, row.ToolVersion, row.PublishedBy, row.WarningCount).ShouldBe(("Gives money back.", "3.8.0.0", "mei", 2));
        (row.IsReadonly, row.IsSystem, row.UsableAsActivity).ShouldBe((true, true, true));
        (row.Content.IsEmpty, row.Pins.IsEmpty, row.Warnings.IsEmpty, row.Consumes.IsEmpty).ShouldBe((true, true, true, true));
    }

    [Fact]
    public async Task Lists_are_ordered_either_way_and_paged_without_gap_or_repetition()
    {
        await SaveLinesAsync();

        (await ListAsync(new() { OrderBy = DefinitionOrder.Name })).ShouldBe(["c-1", "c-2", "a-1", "a-2", "a-3", "b-1"]);
        (await ListAsync(new() { OrderBy = DefinitionOrder.Name, Descending = true })).ShouldBe(["b-1", "a-3", "a-2", "a-1", "c-2", "c-1"]);
        (await ListAsync(new() { OrderBy = DefinitionOrder.Version })).ShouldBe(["a-1", "b-1", "c-1", "a-2", "c-2", "a-3"]);
        (await ListAsync(new() { OrderBy = DefinitionOrder.Version, Descending = true })).ShouldBe([
            "a-3",
            "c-2",
            "a-2",
            "c-1",
            "b-1",
            "a-1",
        ]);
        (await ListAsync(new() { OrderBy = DefinitionOrder.Created, Descending = true })).ShouldBe([
            "a-3",
            "c-2",
            "a-2",
            "c-1",
            "b-1",
            "a-1",
        ]);

        var paged = new List<string>();
        for (var skip = 0; skip < 8; skip += 2)
            paged.AddRange(await ListAsync(new() { OrderBy = DefinitionOrder.Created }, skip, take: 2));
        paged.ShouldBe(["a-1", "b-1", "c-1", "a-2", "c-2", "a-3"]);
    }

    [Theory]
    [InlineData("REFUND", "a-1 a-2 a-3")]
    [InlineData("  nd re ", "a-1 a-2 a-3")]
    [InlineData("退款", "b-1")]
    [InlineData("money", "c-2")]
    [InlineData("c-1", "c-1")]
    [InlineData("b-", "b-1")]
    [InlineData("100%", "c-1 c-2")]
    [InlineData("_", "c-1 c-2")]
    [InlineData(@"\", "")]
    [InlineData("nothing", "")]
    public async Task A_term_is_found_in_name_description_line_and_id(string term, string expected)
    {
        await SaveLinesAsync();
        var filter = new DefinitionFilter { SearchTerm = term };

        (await ListAsync(filter)).Order(StringComparer.Ordinal).ShouldBe(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        (await Store.CountDefinitionsAsync(filter, Ct)).ShouldBe(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Lists_are_narrowed_by_lines_ids_and_marks()
    {
        await SaveLinesAsync();
        await SaveAsync(Version("s", 1) with { IsSystem = true }, Version("u", 1) with { UsableAsActivity = true, IsReadonly = true });

        (await ListAsync(new() { DefinitionIds = ["a", "c", "nobody"], Versions = VersionOption.Latest })).ShouldBe(
            ["a-3", "c-2"],
            ignoreOrder: true
        );
        (await ListAsync(new() { Ids = ["a-1", "c-2", "nobody"] })).ShouldBe(["a-1", "c-2"], ignoreOrder: true);
        (await ListAsync(new() { IsSystem = true })).ShouldBe(["s-1"]);
        (await ListAsync(new() { IsSystem = false })).Count.ShouldBe(7);
        (await ListAsync(new() { UsableAsActivity = true })).ShouldBe(["u-1"]);
        (await ListAsync(new() { IsReadonly = false, DefinitionIds = ["u", "s"] })).ShouldBe(["s-1"]);
    }

    [Fact]
    public async Task A_snapshot_is_found_by_its_id_alone_and_never_changes()
    {
        await SaveAsync(Version("a", 1));
        await SaveAsync(Version("a", 1, isLatest: false) with { Id = "a-1~x", IsSnapshot = true, Name = "Tried" });

        (await Store.FindDefinitionAsync("a-1~x", Ct)).ShouldNotBeNull().IsSnapshot.ShouldBeTrue();
        (await ListAsync(new() { Ids = ["a-1~x"] })).ShouldBe(["a-1~x"]);
        (await ListAsync(new())).ShouldBe(["a-1"]);
        (await Store.CountDefinitionsAsync(new(), Ct)).ShouldBe(1);
        (await Store.FindDefinitionAsync("a", 1, Ct))!.Id.ShouldBe("a-1");
        (await Store.ListDefinitionsAsync("a", Ct)).ShouldHaveSingleItem().Id.ShouldBe("a-1");
        (await Store.FindDefinitionByTypeNameAsync("Tried", 1, Ct)).ShouldBeNull();
        await Should.ThrowAsync<InvalidOperationException>(() =>
            SaveAsync(Version("a", 1, isLatest: false) with { Id = "a-1~x", IsSnapshot = true, Content = Utf8("new") })
        );
    }

    [Fact]
    public async Task A_name_is_taken_by_the_latest_version_of_another_line()
    {
        await SaveAsync(Version("a", 1, isLatest: false, name: "Old name"), Version("a", 2, name: "Refund"), Version("b", 1));

        (await Store.IsNameTakenAsync("refund", null, Ct)).ShouldBeTrue();
        (await Store.IsNameTakenAsync("Refund", "a", Ct)).ShouldBeFalse();
        (await Store.IsNameTakenAsync("Refund", "b", Ct)).ShouldBeTrue();
        (await Store.IsNameTakenAsync("Old name", null, Ct)).ShouldBeFalse();
        (await Store.IsNameTakenAsync("", null, Ct)).ShouldBeFalse();
    }

    [Fact]
    public async Task Consumers_are_those_whose_latest_or_published_version_names_the_line()
    {
        await SaveAsync(
            Version("a", 1, isLatest: false) with
            {
                Consumes = ["sub"],
            },
            Version("a", 2) with
            {
                Consumes = ["other"],
            },
            Version("b", 1, isPublished: true, isLatest: false) with
            {
                Consumes = ["other", "sub"],
            },
            Version("b", 2) with
            {
                Consumes = ["sub"],
            },
            Version("c", 1)
        );

        (await Store.ListConsumersAsync("sub", Ct)).Select(v => v.Id).ShouldBe(["b-1", "b-2"]);
        (await Store.ListConsumersAsync("nobody", Ct)).ShouldBeEmpty();
        (await Store.FindDefinitionAsync("b-1", Ct))!.Consumes.ShouldBe(["other", "sub"]);
    }

    [Fact]
    public async Task Pinners_are_versions_of_other_lines()
    {
        await SaveAsync(
            Version("sub", 1, isLatest: false) with
            {
                Pins = Utf8("{}"),
            },
            Version("sub", 2) with
            {
                Pins = Utf8("""{"v:0:sub-1":"sub-1"}"""),
            },
            Version("main", 1, isPublished: true) with
            {
                Pins = Utf8("""{"d:1:sub":"sub-1","t:0:Sub":"sub-1"}"""),
            },
            Version("free", 1, isPublished: true) with
            {
                Pins = default,
            }
        );

        (await Store.ListPinnersAsync(["sub-1"], Ct)).Select(v => v.Id).ShouldBe(["main-1"]);
        (await Store.ListPinnersAsync(["sub-2", "free-1"], Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Flags_move_without_the_rest()
    {
        await SaveAsync(Version("a", 1, isPublished: true, isLatest: false), Version("a", 2) with { PublishedAt = Noon });

        await Store.SaveDefinitionsAsync(
            new DefinitionChange([])
            {
                Moves = [new("a-1", IsLatest: false, IsPublished: false), new("a-2", true, true), new("nobody", true, true)],
            },
            Ct
        );

        (await Store.FindDefinitionAsync("a", 0, Ct))!.Id.ShouldBe("a-2");
        (await Store.FindDefinitionAsync("a", -1, Ct))!.Id.ShouldBe("a-2");
        Text((await Store.FindDefinitionAsync("a-1", Ct))!.Content).ShouldBe("{\"v\":1}");
    }

    [Fact]
    public async Task Versions_that_do_not_fit_together_are_a_conflict_and_nothing_is_written()
    {
        await SaveAsync(Version("a", 1, isPublished: true));

        await Should.ThrowAsync<DefinitionConflictException>(() => SaveAsync(Version("a", 2)));
        await Should.ThrowAsync<DefinitionConflictException>(() => SaveAsync(Version("a", 1, isLatest: false) with { Id = "twin" }));
        await Should.ThrowAsync<DefinitionConflictException>(() =>
            Store.SaveDefinitionsAsync(
                new DefinitionChange([Version("a", 3, isPublished: true, isLatest: false)]) { Publications = [Entry("a", 3, Noon)] },
                Ct
            )
        );

        (await ListAsync(new())).ShouldBe(["a-1"]);
        (await Store.ListPublicationsAsync("a", 0, 10, Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_first_publication_stays()
    {
        await SaveAsync(Version("a", 1, isPublished: true));

        await SaveAsync(Version("a", 1) with { PublishedAt = null });
        await SaveAsync(Version("a", 1) with { PublishedAt = Noon.AddYears(1) });

        (await Store.FindDefinitionAsync("a-1", Ct))!.PublishedAt.ShouldBe(Noon.AddHours(1));
        await Should.ThrowAsync<InvalidOperationException>(() => SaveAsync(Version("a", 1) with { Pins = Utf8("{}") }));
    }

    [Fact]
    public async Task History_of_publications_is_read_newest_first()
    {
        var retracted = Entry("a", 1, Noon.AddHours(2)) with { Kind = PublicationKind.Retracted, Replaced = 1, Who = null, Note = null };
        await Store.SaveDefinitionsAsync(new DefinitionChange([]) { Publications = [Entry("a", 1, Noon), Entry("b", 7, Noon)] }, Ct);
        await Store.SaveDefinitionsAsync(new DefinitionChange([]) { Publications = [retracted] }, Ct);

        (await Store.ListPublicationsAsync("a", 0, 10, Ct)).ShouldBe([retracted, Entry("a", 1, Noon)]);
        (await Store.ListPublicationsAsync("a", 1, 1, Ct)).ShouldBe([Entry("a", 1, Noon)]);
        (await Store.FindLastNumberAsync("b", Ct)).ShouldBe(7);
        (await Store.FindLastNumberAsync("c", Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task Running_instances_are_counted_by_version()
    {
        await SaveAsync(Version("refund", 1, isLatest: false), Version("refund", 2));
        foreach (var id in new[] { "i1", "i2", "i3" })
            await CommitAsync(Burst(id));
        await CommitAsync(Burst("i4") with { VersionId = "refund-2" });
        await CommitAsync(Burst("i5") with { VersionId = "gone" });
        await CommitAsync(Burst("i3", 1) with { SubStatus = WorkflowSubStatus.Finished });
        await CommitAsync(Burst("other") with { DefinitionId = "other", VersionId = "other-1" });

        (await Store.CountRunningAsync("refund", Ct)).ShouldBe([new("refund-1", 1, 2), new("refund-2", 2, 1), new("gone", null, 1)]);
        (await Store.CountRunningAsync("nobody", Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_newest_version_that_is_left_becomes_the_latest()
    {
        await SaveAsync(
            Version("refund", 1, isPublished: true, isLatest: false),
            Version("refund", 2, isLatest: false),
            Version("refund", 3)
        );

        (await Store.DeleteDefinitionAsync("refund-3", Ct)).ShouldBeTrue();
        (await Store.DeleteDefinitionAsync("refund-1", Ct)).ShouldBeTrue();

        (await Store.FindDefinitionAsync("refund", -1, Ct))!.Id.ShouldBe("refund-2");
    }

    [Fact]
    public async Task A_line_is_removed_whole_unless_instances_use_it()
    {
        await SaveAsync(Version("refund", 1), Version("other", 1));
        await Store.SaveDefinitionsAsync(
            new DefinitionChange(
                [],
                "refund",
                [Trigger("refund", "n1", "h1")],
                [Job("t1", instance: "refund", kind: WorkKind.TriggerTimer)]
            )
            {
                Publications = [Entry("refund", 1, Noon)],
            },
            Ct
        );
        await CommitAsync(Burst("a"));

        (await Store.DeleteLineAsync("refund", Ct)).ShouldBeFalse();
        (await Store.FindTriggersAsync("h1", Ct)).Count.ShouldBe(1);
        await CommitAsync(Burst("a", 1) with { SubStatus = WorkflowSubStatus.Finished });
        await Store.DeleteInstancesAsync(["a"], Ct);

        (await Store.DeleteLineAsync("refund", Ct)).ShouldBeTrue();
        (await ListAsync(new())).ShouldBe(["other-1"]);
        (await Store.FindTriggersAsync("h1", Ct)).ShouldBeEmpty();
        (await Store.ListPublicationsAsync("refund", 0, 10, Ct)).ShouldBeEmpty();
        (await AliveAsync()).ShouldBeEmpty();
    }

    private Task SaveLinesAsync() =>
        SaveAsync(
            Version("a", 1, isLatest: false, name: "Refund request") with
            {
                CreatedAt = Noon,
            },
            Version("a", 2, isPublished: true, isLatest: false, name: "Refund request") with
            {
                CreatedAt = Noon.AddHours(3),
            },
            Version("a", 3, name: "refund request") with
            {
                CreatedAt = Noon.AddHours(5),
            },
            Version("b", 1, isPublished: true, name: "退款") with
            {
                CreatedAt = Noon.AddHours(1),
                Id = "b-1",
            },
            Version("c", 1, isLatest: false, name: "100%_sure") with
            {
                CreatedAt = Noon.AddHours(2),
            },
            Version("c", 2, name: "100%_sure") with
            {
                CreatedAt = Noon.AddHours(4),
                Description = "Where the Money goes",
            }
        );

    private async Task<IReadOnlyList<string>> ListAsync(DefinitionFilter filter, int skip = 0, int take = 100) =>
        [.. (await Store.ListDefinitionsAsync(filter, skip, take, Ct)).Select(d => d.Id)];

    private static Publication Entry(string line, int number, DateTimeOffset at) =>
        new(line, $"{line}-{number}", number, PublicationKind.Published, null, at, "mei", "why");
}
