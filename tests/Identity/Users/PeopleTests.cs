using ServiceLoop.Identity.Entrance;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;
using ServiceLoop.TestKit;

namespace ServiceLoop.Identity.Tests.Users;

public sealed class PeopleTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Password = "four quiet green lamps";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Names_differ_by_more_than_case()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        using var _ = company.AsAdmin();
        await company.Get<People>().CreateAsync("Zoë", new(), null, Ct);

        var refused = await Should.ThrowAsync<IdentityRefusedException>(() => company.Get<People>().CreateAsync("zoË", new(), null, Ct));

        refused.Code.ShouldBe("person.name-taken");
    }

    [Theory]
    [InlineData("x", "person.name")]
    [InlineData("with space", "person.name")]
    [InlineData("<script>", "person.name")]
    [InlineData("-dash", "person.name")]
    public async Task An_odd_name_is_refused(string name, string code)
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        using var _ = company.AsAdmin();

        (await Should.ThrowAsync<IdentityRefusedException>(() => company.Get<People>().CreateAsync(name, new(), null, Ct))).Code.ShouldBe(
            code
        );
    }

    [Theory]
    [InlineData("short", "password.short")]
    [InlineData("Password1234!", "password.common")]
    [InlineData("P@ssw0rdP@ssw0rd", "password.common")]
    [InlineData("aaaaaaaaaaaaaaa", "password.common")]
    [InlineData("123123123123", "password.common")]
    [InlineData("longname2024", "password.name")]
    public async Task A_weak_password_is_refused(string password, string code)
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        using var _ = company.AsAdmin();

        var refused = await Should.ThrowAsync<IdentityRefusedException>(() =>
            company.Get<People>().CreateAsync("longname", new(), password, Ct)
        );

        refused.Code.ShouldBe(code);
        refused.Message.ShouldNotContain(password);
    }

    [Fact]
    public async Task Who_manages_users_gives_no_role_that_allows_more_than_they_may()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        using var _ = company.As("kim", Permissions.UsersManage, Permissions.UsersRead, Permissions.TasksRead);

        var refused = await Should.ThrowAsync<IdentityRefusedException>(() =>
            company.Get<People>().CreateAsync("crony", new() { Roles = [BuiltInRoles.Admin] }, null, Ct)
        );

        refused.Code.ShouldBe("person.too-much");
    }

    [Fact]
    public async Task Who_is_limited_to_a_team_neither_gives_nor_takes_over_a_role_without_limits()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        var auditor = await company.HireAsync("olga", Password, BuiltInRoles.Auditor, team: "north");
        var may = BuiltInRoles.Find(BuiltInRoles.Admin)!;
        var lead = new Actor(ActorKind.Person, "lead", "lead") { Permissions = may, Teams = ["north"] };
        using var _ = company.Get<Acting>().As(lead);

        foreach (var role in (string[])[BuiltInRoles.Admin, BuiltInRoles.Auditor])
            (
                await Should.ThrowAsync<IdentityRefusedException>(() =>
                    company.Get<People>().CreateAsync("crony", new() { Roles = [role], Teams = ["north"] }, null, Ct)
                )
            ).Code.ShouldBe("person.limits");

        (await Should.ThrowAsync<IdentityRefusedException>(() => company.Get<People>().ResetPasswordAsync(auditor.Id, Ct))).Code.ShouldBe(
            "person.limits"
        );
        var agent = new PersonRequest { Roles = [BuiltInRoles.Agent], Teams = ["north"] };
        (await company.Get<People>().CreateAsync("crony", agent, null, Ct)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("person.disable")]
    [InlineData("person.reset-password")]
    [InlineData("person.second-factor-off")]
    [InlineData("person.delete")]
    public async Task Somebody_who_becomes_mightier_meanwhile_is_decided_about_anew(string action)
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        var name = $"riser{action.Length}";
        var riser = await company.HireAsync(name, Password, BuiltInRoles.Agent);
        var people = company.Get<People>();
        company.Trail.Meanwhile = async note =>
        {
            if (note.Deed.Action != action || note.End != DeedEnd.Begun)
                return;

            company.Trail.Meanwhile = null;
            using var admin = company.AsAdmin();
            await people.ChangeAsync(riser.Id, new() { Roles = [BuiltInRoles.Admin] }, riser.Version, Ct);
        };

        using (company.As("kim", [.. BuiltInRoles.Find(BuiltInRoles.Agent)!, Permissions.UsersManage, Permissions.UsersRead]))
            (
                await Should.ThrowAsync<IdentityRefusedException>(() =>
                    action switch
                    {
                        "person.disable" => people.DisableAsync(riser.Id, true, Ct),
                        "person.reset-password" => people.ResetPasswordAsync(riser.Id, Ct),
                        "person.second-factor-off" => people.RemoveSecondFactorAsync(riser.Id, Ct),
                        _ => people.DeleteAsync(riser.Id, Ct),
                    }
                )
            ).Code.ShouldBe("person.changed");

        (await company.EnterAsync(name, Password)).ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("a\0b")]
    [InlineData("\ud800")]
    public async Task A_search_for_what_no_database_takes_finds_nobody(string text)
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        using var _ = company.AsAdmin();
        PeopleFilter[] filters = [new(Text: text), new(Role: text), new(Team: text), new(Text: "nobody has this", After: text)];

        foreach (var filter in filters)
            (await company.Get<People>().ListAsync(filter, Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_manages_users_takes_over_nobody_mightier()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        var boss = await company.HireAsync("boss", Password, BuiltInRoles.Admin);
        using var _ = company.As("kim", Permissions.UsersManage, Permissions.UsersRead);
        var people = company.Get<People>();

        (await Should.ThrowAsync<IdentityRefusedException>(() => people.ResetPasswordAsync(boss.Id, Ct))).Code.ShouldBe("person.too-much");
        (await Should.ThrowAsync<IdentityRefusedException>(() => people.DisableAsync(boss.Id, true, Ct))).Code.ShouldBe("person.too-much");
        (await Should.ThrowAsync<IdentityRefusedException>(() => people.RemoveSecondFactorAsync(boss.Id, Ct))).Code.ShouldBe(
            "person.too-much"
        );
        (await Should.ThrowAsync<IdentityRefusedException>(() => people.DeleteAsync(boss.Id, Ct))).Code.ShouldBe("person.too-much");
        (await Should.ThrowAsync<IdentityRefusedException>(() => people.ChangeAsync(boss.Id, new(), boss.Version, Ct))).Code.ShouldBe(
            "person.too-much"
        );
    }

    [Fact]
    public async Task Who_has_not_seen_the_last_change_of_a_person_does_not_overwrite_it()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        using var _ = company.AsAdmin();
        var people = company.Get<People>();
        var person = (await people.CreateAsync("lee", new(), null, Ct)).Person;
        await people.ChangeAsync(person.Id, new() { DisplayName = "Lee" }, person.Version, Ct);

        var refused = await Should.ThrowAsync<IdentityRefusedException>(() =>
            people.ChangeAsync(person.Id, new() { DisplayName = "Leo" }, person.Version, Ct)
        );

        refused.Code.ShouldBe("person.changed");
    }

    [Fact]
    public async Task A_supervisor_sees_her_team_and_nobody_else()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        await company.HireAsync("mia", Password, BuiltInRoles.Supervisor, team: "east");
        await company.HireAsync("max", Password, BuiltInRoles.Agent, team: "east");
        var other = await company.HireAsync("moe", Password, BuiltInRoles.Agent, team: "west");
        var mia = (await company.Get<SessionCheck>().FindAsync(await company.EnterAsync("mia", Password), null, Ct))!.Actor;

        using var _ = company.Get<Acting>().As(mia);

        (await company.Get<People>().ListAsync(new(), Ct)).Select(p => p.Name).ShouldBe(["max", "mia"]);
        (await company.Get<People>().FindAsync(other.Id, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task A_list_is_paged_by_name_and_searched_in_all_that_names_a_person()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        foreach (var name in (string[])["p1", "p2", "p3"])
            await company.HireAsync(name, Password, BuiltInRoles.Agent, team: "paged");
        using var _ = company.AsAdmin();
        var people = company.Get<People>();

        (await people.ListAsync(new(Team: "paged", Take: 2), Ct)).Select(p => p.Name).ShouldBe(["p1", "p2"]);
        (await people.ListAsync(new(Team: "paged", After: "p2", Take: 2), Ct)).Select(p => p.Name).ShouldBe(["p3"]);
        (await people.ListAsync(new(Text: "P3@EXAMPLE", Team: "paged"), Ct)).Select(p => p.Name).ShouldBe(["p3"]);
    }

    [Fact]
    public async Task A_new_password_from_an_administrator_ends_all_sessions_and_must_be_changed()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        var person = await company.HireAsync("nia", Password, BuiltInRoles.Agent);
        var text = await company.EnterAsync("nia", Password);

        NewPassword reset;
        using (company.AsAdmin())
            reset = await company.Get<People>().ResetPasswordAsync(person.Id, Ct);

        (await company.Get<SessionCheck>().FindAsync(text, null, Ct)).ShouldBeNull();
        reset.Person.MustChangePassword.ShouldBeTrue();
        string.Join('|', company.Trail.Notes.SelectMany(n => n.Deed.Wanted.Values.Concat(n.Deed.Before.Values).Concat(n.After.Values)))
            .ShouldNotContain(reset.Password);
    }
}

/// <summary>Administrators are counted over the whole database: these tests have one of their own.</summary>
public sealed class LastAdminTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_administrator_is_made_when_nodes_start_together_and_the_last_one_stays()
    {
        await using var here = await Company.OpenAsync(postgres, Ct);
        await using var there = await Company.OpenAsync(postgres, Ct, clock: here.Clock);

        var told = await Task.WhenAll(here.Get<FirstAdmin>().EnsureAsync(Ct), there.Get<FirstAdmin>().EnsureAsync(Ct));

        var (name, password) = told.Single(t => t is not null)!.Value;
        name.ShouldBe("admin");
        password.Length.ShouldBe(20);
        (await here.Get<FirstAdmin>().EnsureAsync(Ct)).ShouldBeNull();
        using var _ = here.AsAdmin();
        using var also = there.AsAdmin();
        var people = here.Get<People>();
        var admin = (await people.ListAsync(new(), Ct)).ShouldHaveSingleItem();
        admin.MustChangePassword.ShouldBeTrue();
        (await Should.ThrowAsync<IdentityRefusedException>(() => people.DisableAsync(admin.Id, true, Ct))).Code.ShouldBe(
            "person.last-admin"
        );
        (await Should.ThrowAsync<IdentityRefusedException>(() => people.DeleteAsync(admin.Id, Ct))).Code.ShouldBe("person.last-admin");
        (await Should.ThrowAsync<IdentityRefusedException>(() => people.ChangeAsync(admin.Id, new(), admin.Version, Ct))).Code.ShouldBe(
            "person.last-admin"
        );

        // Of two who demote each other at the same time one stays.
        var second = (await people.CreateAsync("second", new() { Roles = [BuiltInRoles.Admin] }, null, Ct)).Person;
        var ends = await Task.WhenAll(
            TryAsync(people.DisableAsync(admin.Id, true, Ct)),
            TryAsync(there.Get<People>().DisableAsync(second.Id, true, Ct))
        );
        ends.Count(isDone => isDone).ShouldBe(1);
    }

    private static async Task<bool> TryAsync(Task change)
    {
        try
        {
            await change;
            return true;
        }
        catch (IdentityRefusedException e) when (e.Code == "person.last-admin")
        {
            return false;
        }
    }
}
