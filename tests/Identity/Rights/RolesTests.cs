using ServiceLoop.Identity.Rights;
using ServiceLoop.Runtime.Access;
using ServiceLoop.TestKit;

namespace ServiceLoop.Identity.Tests.Rights;

public sealed class RolesTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void An_auditor_sees_everything_and_changes_nothing()
    {
        var may = BuiltInRoles.Find(BuiltInRoles.Auditor)!;

        may.ShouldAllBe(p => p.EndsWith(":read", StringComparison.Ordinal) || p == Permissions.AuditExport);
        may.Count.ShouldBe(Permissions.All.Count(p => p.EndsWith(":read", StringComparison.Ordinal)) + 1);
    }

    [Fact]
    public void An_administrator_may_do_everything()
    {
        BuiltInRoles.Find(BuiltInRoles.Admin)!.ShouldBe(Permissions.All, ignoreOrder: true);
    }

    [Fact]
    public void No_role_but_the_administrators_manages_people_roles_or_keys()
    {
        string[] mighty = [Permissions.UsersManage, Permissions.RolesManage, Permissions.KeysManage, Permissions.SessionsEnd];

        BuiltInRoles.All.Where(r => r.Value.Overlaps(mighty)).Select(r => r.Key).ShouldBe([BuiltInRoles.Admin]);
    }

    [Fact]
    public async Task White_space_around_the_name_of_a_role_does_not_count()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        using var _ = company.AsAdmin();

        var made = await company.Get<Roles>().CreateAsync(" night-clerk\n", new(null, [Permissions.TasksRead]), Ct);

        made.Name.ShouldBe("night-clerk");
        await company.Get<Roles>().DeleteAsync("night-clerk", Ct);
    }

    [Fact]
    public async Task A_role_of_the_company_is_made_changed_and_removed()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        using var _ = company.AsAdmin();
        var roles = company.Get<Roles>();

        var made = await roles.CreateAsync("night-shift", new(" Night shift ", [Permissions.TasksRead]), Ct);
        made.ShouldBe(made with { Title = "Night shift", IsBuiltIn = false, Version = 1 });
        var changed = await roles.ChangeAsync("night-shift", new(null, [Permissions.TasksRead, Permissions.TasksComplete]), 1, Ct);
        changed.Permissions.ShouldBe([Permissions.TasksRead, Permissions.TasksComplete]);
        await roles.DeleteAsync("night-shift", Ct);

        (await roles.FindAsync("night-shift", Ct)).ShouldBeNull();
        company
            .Trail.Notes.Where(n => n.End == DeedEnd.Done)
            .Select(n => n.Deed.Action)
            .ShouldBe(["role.create", "role.change", "role.delete"]);
    }

    [Fact]
    public async Task Who_has_not_seen_the_last_change_of_a_role_does_not_overwrite_it()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        using var _ = company.AsAdmin();
        var roles = company.Get<Roles>();
        await roles.CreateAsync("clerk", new(null, [Permissions.TasksRead]), Ct);
        await roles.ChangeAsync("clerk", new(null, [Permissions.WorkRead]), 1, Ct);

        var refused = await Should.ThrowAsync<IdentityRefusedException>(() => roles.ChangeAsync("clerk", new(null, []), 1, Ct));

        refused.Code.ShouldBe("role.changed");
    }

    [Theory]
    [InlineData("admin", "role.name-taken")]
    [InlineData("Clerk", "role.name")]
    [InlineData("a", "role.name")]
    [InlineData("a b", "role.name")]
    public async Task An_odd_or_taken_name_is_refused(string name, string code)
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        using var _ = company.AsAdmin();

        var refused = await Should.ThrowAsync<IdentityRefusedException>(() => company.Get<Roles>().CreateAsync(name, new(null, []), Ct));

        refused.Code.ShouldBe(code);
    }

    [Fact]
    public async Task Roles_of_the_product_stay_as_they_are()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        using var _ = company.AsAdmin();
        var roles = company.Get<Roles>();

        (await Should.ThrowAsync<IdentityRefusedException>(() => roles.ChangeAsync("agent", new(null, []), 0, Ct))).Code.ShouldBe(
            "role.built-in"
        );
        (await Should.ThrowAsync<IdentityRefusedException>(() => roles.DeleteAsync("agent", Ct))).Code.ShouldBe("role.built-in");
    }

    [Fact]
    public async Task Nobody_makes_or_empties_a_role_that_allows_more_than_they_may()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        var roles = company.Get<Roles>();
        using (company.AsAdmin())
            await roles.CreateAsync("mighty", new(null, [Permissions.UsersManage]), Ct);
        using var _ = company.As("kim", Permissions.RolesManage, Permissions.RolesRead, Permissions.TasksRead);

        (
            await Should.ThrowAsync<IdentityRefusedException>(() => roles.CreateAsync("mine", new(null, [Permissions.UsersManage]), Ct))
        ).Code.ShouldBe("role.too-much");
        (await Should.ThrowAsync<IdentityRefusedException>(() => roles.ChangeAsync("mighty", new(null, []), 1, Ct))).Code.ShouldBe(
            "role.too-much"
        );
        (await Should.ThrowAsync<IdentityRefusedException>(() => roles.DeleteAsync("mighty", Ct))).Code.ShouldBe("role.too-much");
    }

    [Fact]
    public async Task Without_the_permission_roles_are_neither_seen_nor_made()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        using var _ = company.As("kim", Permissions.TasksRead);

        await Should.ThrowAsync<AccessDeniedException>(() => company.Get<Roles>().ListAsync(Ct));
        await Should.ThrowAsync<AccessDeniedException>(() => company.Get<Roles>().CreateAsync("mine", new(null, []), Ct));
        company.Trail.Notes.ShouldHaveSingleItem().End.ShouldBe(DeedEnd.Denied);
    }
}
