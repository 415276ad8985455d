using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Tests.Store;

public abstract partial class WorkflowStoreTests
{
    [Fact]
    public async Task Lease_keeps_others_out_until_it_ends()
    {
        await CommitAsync(Burst("a"));
        (await LeaseInstanceAsync("n1", Noon)).ShouldBeTrue();

        (await LeaseInstanceAsync("n2", Noon.AddSeconds(29))).ShouldBeFalse();
        (await Store.CommitAsync(Burst("a", 1) with { Now = Noon.AddSeconds(29) }, Ct)).ShouldBe(CommitResult.Conflict);
        (await Store.CommitAsync(Burst("a", 1) with { Now = Noon.AddSeconds(29), Owner = "n2" }, Ct)).ShouldBe(CommitResult.Conflict);
        (await Store.CommitAsync(Burst("a", 1) with { Now = Noon.AddSeconds(30), Owner = "n2" }, Ct)).ShouldBe(CommitResult.Committed);
    }

    [Fact]
    public async Task Lease_shows_in_the_row()
    {
        await CommitAsync(Burst("a"));
        await LeaseInstanceAsync("n1", Noon);

        var row = await LoadAsync("a");
        row.LeaseOwner.ShouldBe("n1");
        row.LeaseUntil.ShouldBe(Noon.AddSeconds(30));
        row.RowVersion.ShouldBe(1);
    }

    [Fact]
    public async Task Own_lease_is_renewed()
    {
        await CommitAsync(Burst("a"));
        await LeaseInstanceAsync("n1", Noon);

        (await LeaseInstanceAsync("n1", Noon.AddSeconds(20))).ShouldBeTrue();

        (await LoadAsync("a")).LeaseUntil.ShouldBe(Noon.AddSeconds(50));
    }

    [Fact]
    public async Task Expired_lease_passes_to_the_next()
    {
        await CommitAsync(Burst("a"));
        await LeaseInstanceAsync("n1", Noon);

        (await LeaseInstanceAsync("n2", Noon.AddSeconds(30))).ShouldBeTrue();
        (await Store.CommitAsync(Burst("a", 1) with { Now = Noon.AddSeconds(31), Owner = "n1" }, Ct)).ShouldBe(CommitResult.Conflict);
    }

    [Fact]
    public async Task Lease_on_another_version_or_instance_is_refused()
    {
        await CommitAsync(Burst("a"));

        (await Store.TryLeaseAsync("a", 2, "n1", Noon, Noon.AddSeconds(30), Ct)).ShouldBeFalse();
        (await Store.TryLeaseAsync("b", 1, "n1", Noon, Noon.AddSeconds(30), Ct)).ShouldBeFalse();
    }

    [Fact]
    public async Task Commit_of_the_owner_ends_its_lease()
    {
        await CommitAsync(Burst("a"));
        await LeaseInstanceAsync("n1", Noon);

        await CommitAsync(Burst("a", 1) with { Owner = "n1" });

        (await LoadAsync("a")).LeaseOwner.ShouldBeNull();
        (await LoadAsync("a")).LeaseUntil.ShouldBeNull();
    }

    [Fact]
    public async Task Commit_may_keep_or_take_the_lease()
    {
        await CommitAsync(Burst("a") with { Owner = "n1", KeepsLeaseUntil = Noon.AddSeconds(10) });
        (await Store.CommitAsync(Burst("a", 1), Ct)).ShouldBe(CommitResult.Conflict);

        await CommitAsync(Burst("a", 1) with { Owner = "n1", KeepsLeaseUntil = Noon.AddSeconds(60) });

        var row = await LoadAsync("a");
        row.LeaseOwner.ShouldBe("n1");
        row.LeaseUntil.ShouldBe(Noon.AddSeconds(60));
    }

    [Fact]
    public async Task Released_lease_is_free()
    {
        await CommitAsync(Burst("a"));
        await LeaseInstanceAsync("n1", Noon);

        await Store.ReleaseAsync("a", "n2", Ct);
        (await LeaseInstanceAsync("n2", Noon)).ShouldBeFalse();

        await Store.ReleaseAsync("a", "n1", Ct);
        (await LeaseInstanceAsync("n2", Noon)).ShouldBeTrue();
    }

    [Fact]
    public async Task Of_many_who_want_a_lease_one_gets_it()
    {
        await CommitAsync(Burst("a"));

        var got = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => LeaseInstanceAsync($"n{i}", Noon)));

        got.Count(g => g).ShouldBe(1);
    }

    [Fact]
    public async Task Guard_has_one_holder()
    {
        (await GuardAsync("n1", Noon)).ShouldBeTrue();
        (await GuardAsync("n1", Noon.AddSeconds(1))).ShouldBeTrue();
        (await GuardAsync("n2", Noon.AddSeconds(10))).ShouldBeFalse();
        (await GuardAsync("n2", Noon.AddSeconds(11))).ShouldBeTrue();

        await Store.ReleaseGuardAsync("a:refund", "n1", Ct);
        (await GuardAsync("n1", Noon.AddSeconds(12))).ShouldBeFalse();

        await Store.ReleaseGuardAsync("a:refund", "n2", Ct);
        (await GuardAsync("n1", Noon.AddSeconds(12))).ShouldBeTrue();
        (await Store.TryGuardAsync("a:other", "n2", Noon, Noon.AddSeconds(10), Ct)).ShouldBeTrue();
    }

    [Fact]
    public async Task Of_many_who_want_a_guard_one_gets_it()
    {
        var got = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => GuardAsync($"n{i}", Noon)));

        got.Count(g => g).ShouldBe(1);
    }

    private Task<bool> LeaseInstanceAsync(string owner, DateTimeOffset now) =>
        Store.TryLeaseAsync("a", 1, owner, now, now.AddSeconds(30), Ct);

    private Task<bool> GuardAsync(string owner, DateTimeOffset now) => Store.TryGuardAsync("a:refund", owner, now, now.AddSeconds(10), Ct);
}
