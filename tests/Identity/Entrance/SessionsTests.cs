using ServiceLoop.Identity.Entrance;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;
using ServiceLoop.TestKit;

namespace ServiceLoop.Identity.Tests.Entrance;

public sealed class SessionsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Password = "four quiet green lamps";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_ended_on_one_node_is_ended_on_the_other_without_waiting_for_its_memory()
    {
        await using var here = await Company.OpenAsync(postgres, Ct);
        await using var there = await Company.OpenAsync(postgres, Ct, clock: here.Clock);
        await here.HireAsync("ann", Password, BuiltInRoles.Agent);
        var text = await here.EnterAsync("ann", Password);
        var actor = (await there.Get<SessionCheck>().FindAsync(text, null, Ct))!.Actor;

        using (here.AsAdmin())
            await here.Get<Sessions>().EndAsync(Guid.Parse(actor.SessionId!), Ct);

        (await here.Get<SessionCheck>().FindAsync(text, null, Ct)).ShouldBeNull();
        await Eventually.TrueAsync(async () => await there.Get<SessionCheck>().FindAsync(text, null, Ct) is null, Ct);
        (await there.Get<SessionCheck>().RefreshAsync(actor, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task A_role_that_is_taken_away_counts_at_once_also_in_an_open_circuit()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        var person = await company.HireAsync("bob", Password, BuiltInRoles.Agent);
        var text = await company.EnterAsync("bob", Password);
        var actor = (await company.Get<SessionCheck>().FindAsync(text, null, Ct))!.Actor;
        actor.May(Permissions.TasksComplete).ShouldBeTrue();

        using (company.AsAdmin())
            await company.Get<People>().ChangeAsync(person.Id, new() { Roles = [BuiltInRoles.Auditor] }, person.Version, Ct);

        (await company.Get<SessionCheck>().RefreshAsync(actor, Ct))!.May(Permissions.TasksComplete).ShouldBeFalse();
    }

    [Fact]
    public async Task A_change_of_a_role_counts_at_once_for_all_who_have_it()
    {
        await using var here = await Company.OpenAsync(postgres, Ct);
        await using var there = await Company.OpenAsync(postgres, Ct, clock: here.Clock);
        using (here.AsAdmin())
            await here.Get<Roles>().CreateAsync("clerk", new(null, [Permissions.TasksRead]), Ct);
        await here.HireAsync("cleo", Password, "clerk");
        var text = await here.EnterAsync("cleo", Password);
        (await there.Get<SessionCheck>().FindAsync(text, null, Ct))!.Actor.May(Permissions.TasksComplete).ShouldBeFalse();

        using (here.AsAdmin())
            await here.Get<Roles>().ChangeAsync("clerk", new(null, [Permissions.TasksComplete]), 1, Ct);

        await Eventually.TrueAsync(
            async () => (await there.Get<SessionCheck>().FindAsync(text, null, Ct))!.Actor.May(Permissions.TasksComplete),
            Ct
        );
    }

    [Fact]
    public async Task A_session_slides_with_use_and_ends_after_a_day_anyhow()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        await company.HireAsync("dan", Password, BuiltInRoles.Agent);
        var text = await company.EnterAsync("dan", Password);
        var check = company.Get<SessionCheck>();

        for (var hour = 7; hour < 24; hour += 7)
        {
            company.Clock.Advance(TimeSpan.FromHours(7));
            (await check.FindAsync(text, null, Ct)).ShouldNotBeNull($"after {hour} h");
        }

        company.Clock.Advance(TimeSpan.FromHours(3));
        (await check.FindAsync(text, null, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task A_page_that_asks_by_itself_does_not_keep_its_session_alive_but_its_person_does()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        await company.HireAsync("edna", Password, BuiltInRoles.Agent);
        var check = company.Get<SessionCheck>();
        var actor = (await check.FindAsync(await company.EnterAsync("edna", Password), null, Ct))!.Actor;

        company.Clock.Advance(TimeSpan.FromHours(7));
        await check.UseAsync(actor, Ct);
        company.Clock.Advance(TimeSpan.FromHours(7));
        (await check.RefreshAsync(actor, Ct)).ShouldNotBeNull();
        company.Clock.Advance(TimeSpan.FromHours(1));

        (await check.RefreshAsync(actor, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task A_session_without_use_ends()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        await company.HireAsync("eve", Password, BuiltInRoles.Agent);
        var text = await company.EnterAsync("eve", Password);

        company.Clock.Advance(TimeSpan.FromHours(8));

        (await company.Get<SessionCheck>().FindAsync(text, null, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task A_new_password_ends_the_other_sessions_and_keeps_this_one()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        await company.HireAsync("fay", Password, BuiltInRoles.Agent);
        var (mine, other) = (await company.EnterAsync("fay", Password), await company.EnterAsync("fay", Password));
        mine.ShouldNotBe(other);

        using (company.Get<Acting>().As((await company.Get<SessionCheck>().FindAsync(mine, null, Ct))!.Actor))
            await company.Get<Account>().ChangePasswordAsync(Password, "another set of five words", Ct);

        (await company.Get<SessionCheck>().FindAsync(mine, null, Ct)).ShouldNotBeNull();
        (await company.Get<SessionCheck>().FindAsync(other, null, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Everybody_sees_and_ends_their_own_sessions_and_no_others()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        var gus = await company.HireAsync("gus", Password, BuiltInRoles.Agent);
        var hal = await company.HireAsync("hal", Password, BuiltInRoles.Agent);
        var text = await company.EnterAsync("gus", Password);
        var others = Guid.Parse(
            (await company.Get<SessionCheck>().FindAsync(await company.EnterAsync("hal", Password), null, Ct))!.Actor.SessionId!
        );
        using var _ = company.Get<Acting>().As((await company.Get<SessionCheck>().FindAsync(text, null, Ct))!.Actor);
        var sessions = company.Get<Sessions>();

        var own = (await sessions.ListAsync(gus.Id, Ct)).ShouldHaveSingleItem();
        own.IsThis.ShouldBeTrue();
        await Should.ThrowAsync<AccessDeniedException>(() => sessions.ListAsync(hal.Id, Ct));
        await Should.ThrowAsync<AccessDeniedException>(() => sessions.ListAsync(null, Ct));
        await Should.ThrowAsync<AccessDeniedException>(() => sessions.EndAsync(others, Ct));
        await sessions.SignOutAsync(Ct);

        (await company.Get<SessionCheck>().FindAsync(text, null, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task A_supervisor_sees_the_sessions_of_her_team()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        await company.HireAsync("sue", Password, BuiltInRoles.Supervisor, team: "north");
        await company.HireAsync("ned", Password, BuiltInRoles.Agent, team: "north");
        await company.HireAsync("sam", Password, BuiltInRoles.Agent, team: "south");
        await company.EnterAsync("ned", Password);
        await company.EnterAsync("sam", Password);
        var sue = (await company.Get<SessionCheck>().FindAsync(await company.EnterAsync("sue", Password), null, Ct))!.Actor;

        using var _ = company.Get<Acting>().As(sue);
        var seen = await company.Get<Sessions>().ListAsync(null, Ct);

        seen.Select(s => s.Name).ShouldBe(["ned", "sue"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("00000000000000000000000000000000.x")]
    [InlineData("00000000000000000000000000000000.")]
    [InlineData("a.b.c")]
    public async Task What_is_no_session_lets_nobody_in(string text)
    {
        await using var company = await Company.OpenAsync(postgres, Ct);

        (await company.Get<SessionCheck>().FindAsync(text, null, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task The_id_of_a_session_is_not_enough()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        await company.HireAsync("ivy", Password, BuiltInRoles.Agent);
        var text = await company.EnterAsync("ivy", Password);

        (await company.Get<SessionCheck>().FindAsync(text.Split('.')[0] + "." + new string('a', 43), null, Ct)).ShouldBeNull();
    }
}
