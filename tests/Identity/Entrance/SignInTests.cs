using ServiceLoop.Identity.Entrance;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;
using ServiceLoop.TestKit;

namespace ServiceLoop.Identity.Tests.Entrance;

public sealed class SignInTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Password = "four quiet green lamps";

    private static readonly Caller Here = new("192.0.2.1", "a browser");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_right_password_opens_a_session_of_the_person()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        var person = await company.HireAsync("Ann.Right", Password, BuiltInRoles.Agent);

        var done = (await SignInAsync(company, "ann.right", Password)).ShouldBeOfType<SignInResult.Done>();

        var actor = (await company.Get<SessionCheck>().FindAsync(done.SessionText, "192.0.2.9", Ct))!.Actor;
        actor.Id.ShouldBe(person.Id.ToString());
        actor.Name.ShouldBe("Ann.Right");
        actor.Address.ShouldBe("192.0.2.9");
        actor.May(Permissions.TasksComplete).ShouldBeTrue();
        actor.May(Permissions.UsersManage).ShouldBeFalse();
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_name_are_answered_alike()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        await company.HireAsync("bob", Password, BuiltInRoles.Agent);

        (await SignInAsync(company, "bob", "not " + Password)).ShouldBe(new SignInResult.Refused());
        (await SignInAsync(company, "nobody-of-that-name", Password)).ShouldBe(new SignInResult.Refused());
    }

    [Fact]
    public async Task The_trail_tells_of_attempts_that_failed_but_not_what_was_typed()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        await company.HireAsync("carol", Password, BuiltInRoles.Agent);
        var before = company.Trail.Notes.Count;

        await SignInAsync(company, "carol", "my other password");
        await SignInAsync(company, "typed my password here", "x");

        var notes = company.Trail.Notes.Skip(before).ToList();
        notes
            .Select(n => (n.Deed.Action, n.End, n.Reason))
            .ShouldBe([("session.sign-in", DeedEnd.Failed, "wrong password"), ("session.sign-in", DeedEnd.Failed, "unknown name")]);
        notes[0].Deed.Wanted["person"].ShouldBe("carol");
        notes.ShouldAllBe(n => n.Actor.Kind == ActorKind.Nobody && n.Actor.Address == "192.0.2.1");
        string.Join('|', notes.Select(n => $"{n.Deed.Subject} {string.Join(' ', n.Deed.Wanted.Values)}")).ShouldNotContain("password");
    }

    [Fact]
    public async Task After_five_wrong_passwords_the_right_one_is_refused_until_the_lock_ends()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        await company.HireAsync("dora", Password, BuiltInRoles.Agent);

        for (var i = 0; i < 5; i++)
            await SignInAsync(company, "dora", $"wrong {i}");

        (await SignInAsync(company, "dora", Password)).ShouldBe(new SignInResult.Refused());
        company.Trail.Notes.Count(n => n.Deed.Action == "person.lock").ShouldBe(1);
        company.Clock.Advance(TimeSpan.FromMinutes(15));
        (await SignInAsync(company, "dora", Password)).ShouldBeOfType<SignInResult.Done>();
    }

    [Fact]
    public async Task Guesses_at_the_same_time_on_two_nodes_get_no_more_than_five_looks()
    {
        await using var here = await Company.OpenAsync(postgres, Ct);
        await using var there = await Company.OpenAsync(postgres, Ct, clock: here.Clock);
        await here.HireAsync("erik", Password, BuiltInRoles.Agent);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => SignInAsync(i % 2 == 0 ? here : there, "erik", $"guess {i}")));

        var reasons = here
            .Trail.Notes.Concat(there.Trail.Notes)
            .Where(n => n.Deed.Action == "session.sign-in" && n.End == DeedEnd.Failed)
            .Select(n => n.Reason);
        reasons.CountBy(r => r!).ShouldBe([new("wrong password", 5), new("locked", 11)], ignoreOrder: true);
    }

    [Fact]
    public async Task More_attempts_for_a_name_than_a_person_makes_are_not_even_looked_at()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);

        for (var i = 0; i < 20; i++)
            (await SignInAsync(company, "ghost", "x")).ShouldBe(new SignInResult.Refused());

        (await SignInAsync(company, " GHOST", "x")).ShouldBeOfType<SignInResult.TooMany>().RetryAfter.ShouldBe(TimeSpan.FromMinutes(1));
        company.Clock.Advance(TimeSpan.FromMinutes(1));
        (await SignInAsync(company, "ghost", "x")).ShouldBe(new SignInResult.Refused());
    }

    [Fact]
    public async Task Failures_from_one_address_close_it_for_a_while_and_no_other()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);

        for (var i = 0; i < 60; i++)
            await SignInAsync(company, $"ghost-{i}", "x");

        (await SignInAsync(company, "ghost", "x")).ShouldBeOfType<SignInResult.TooMany>();
        (await company.Get<SignIn>().WithPasswordAsync("ghost", "x", Here with { Address = "192.0.2.2" }, Ct)).ShouldBe(
            new SignInResult.Refused()
        );
    }

    [Fact]
    public async Task Who_is_disabled_does_not_come_in_and_goes_out_at_once()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        var person = await company.HireAsync("finn", Password, BuiltInRoles.Agent);
        var done = (await SignInAsync(company, "finn", Password)).ShouldBeOfType<SignInResult.Done>();

        using (company.AsAdmin())
            await company.Get<People>().DisableAsync(person.Id, true, Ct);

        (await company.Get<SessionCheck>().FindAsync(done.SessionText, null, Ct)).ShouldBeNull();
        (await SignInAsync(company, "finn", Password)).ShouldBe(new SignInResult.Refused());
    }

    [Fact]
    public async Task A_first_password_lets_one_choose_another_and_nothing_else()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        NewPassword made;
        using (company.AsAdmin())
            made = await company.Get<People>().CreateAsync("gina", new() { Roles = [BuiltInRoles.Admin] }, null, Ct);

        var done = (await SignInAsync(company, "gina", made.Password)).ShouldBeOfType<SignInResult.Done>();
        done.MustChangePassword.ShouldBeTrue();
        var identity = (await company.Get<SessionCheck>().FindAsync(done.SessionText, null, Ct))!;
        Permissions.All.Where(identity.Actor.May).ShouldBeEmpty();

        using (company.Get<Acting>().As(identity.Actor))
            await company.Get<Account>().ChangePasswordAsync(made.Password, Password, Ct);

        (await company.Get<SessionCheck>().FindAsync(done.SessionText, null, Ct))!.Actor.May(Permissions.UsersManage).ShouldBeTrue();
    }

    [Fact]
    public async Task With_an_app_the_password_alone_is_not_enough_and_no_code_counts_twice()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        await company.HireAsync("hugo", Password, BuiltInRoles.Agent);
        var (secret, recovery) = await company.AddSecondFactorAsync("hugo", Password);
        company.Clock.Advance(TimeSpan.FromSeconds(30));

        var first = (await SignInAsync(company, "hugo", Password)).ShouldBeOfType<SignInResult.NeedsCode>();
        var code = TimedCode.At(secret, company.Clock.GetUtcNow());
        (await WithCodeAsync(company, first, code)).ShouldBeOfType<SignInResult.Done>();

        var second = (await SignInAsync(company, "hugo", Password)).ShouldBeOfType<SignInResult.NeedsCode>();
        (await WithCodeAsync(company, second, code)).ShouldBe(new SignInResult.Refused());
        (await WithCodeAsync(company, second, recovery[0].ToUpperInvariant())).ShouldBeOfType<SignInResult.Done>();
        var third = (await SignInAsync(company, "hugo", Password)).ShouldBeOfType<SignInResult.NeedsCode>();
        (await WithCodeAsync(company, third, recovery[0])).ShouldBe(new SignInResult.Refused());
    }

    [Fact]
    public async Task The_second_step_is_lost_after_five_minutes_and_cannot_be_forged()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        await company.HireAsync("iris", Password, BuiltInRoles.Agent);
        var (secret, _) = await company.AddSecondFactorAsync("iris", Password);
        company.Clock.Advance(TimeSpan.FromSeconds(30));
        var step = (await SignInAsync(company, "iris", Password)).ShouldBeOfType<SignInResult.NeedsCode>();

        company.Clock.Advance(TimeSpan.FromMinutes(5));
        var code = TimedCode.At(secret, company.Clock.GetUtcNow());

        (await WithCodeAsync(company, step, code)).ShouldBe(new SignInResult.Refused());
        (await WithCodeAsync(company, new("AAAA"), code)).ShouldBe(new SignInResult.Refused());
    }

    [Fact]
    public async Task Codes_are_guessed_no_more_often_than_passwords()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        await company.HireAsync("jane", Password, BuiltInRoles.Agent);
        var (secret, _) = await company.AddSecondFactorAsync("jane", Password);
        company.Clock.Advance(TimeSpan.FromSeconds(30));
        var step = (await SignInAsync(company, "jane", Password)).ShouldBeOfType<SignInResult.NeedsCode>();

        // As many as passwords: the right password before them was no wrong attempt.
        for (var i = 0; i < 5; i++)
            await WithCodeAsync(company, step, "wrong");

        (await WithCodeAsync(company, step, TimedCode.At(secret, company.Clock.GetUtcNow()))).ShouldBe(new SignInResult.Refused());
    }

    [Fact]
    public async Task A_right_password_that_waits_for_its_code_is_no_failed_attempt_and_makes_none_undone()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        await company.HireAsync("kate", Password, BuiltInRoles.Agent);
        await company.AddSecondFactorAsync("kate", Password);

        for (var i = 0; i < 4; i++)
            await SignInAsync(company, "kate", $"wrong {i}");

        for (var i = 0; i < 3; i++)
            (await SignInAsync(company, "kate", Password)).ShouldBeOfType<SignInResult.NeedsCode>();

        // The fifth wrong one locks.
        await SignInAsync(company, "kate", "wrong again");
        (await SignInAsync(company, "kate", Password)).ShouldBe(new SignInResult.Refused());
    }

    [Theory]
    [InlineData("nul\0name")]
    [InlineData("half \ud83d")]
    [InlineData("\udc00")]
    public async Task A_name_that_no_database_takes_is_a_failed_attempt_and_no_error(string name)
    {
        await using var company = await Company.OpenAsync(postgres, Ct);

        (await SignInAsync(company, name, Password)).ShouldBe(new SignInResult.Refused());
        (await SignInAsync(company, new string('x', 199) + "\ud83d\ude00", Password)).ShouldBe(new SignInResult.Refused());

        company.Trail.Notes.Select(n => n.Reason).ShouldBe(["unknown name", "unknown name"]);
    }

    [Theory]
    [InlineData(59, "94287082")]
    [InlineData(1111111109, "07081804")]
    [InlineData(1234567890, "89005924")]
    [InlineData(20000000000, "65353130")]
    public void Codes_are_those_of_RFC_6238(long seconds, string eightDigits)
    {
        var secret = "12345678901234567890"u8.ToArray();

        TimedCode.At(secret, DateTimeOffset.FromUnixTimeSeconds(seconds)).ShouldBe(eightDigits[2..]);
        TimedCode.Write(secret).ShouldBe("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    private static Task<SignInResult> SignInAsync(Company company, string name, string password) =>
        company.Get<SignIn>().WithPasswordAsync(name, password, Here, Ct);

    private static Task<SignInResult> WithCodeAsync(Company company, SignInResult.NeedsCode step, string code) =>
        company.Get<SignIn>().WithCodeAsync(step.Ticket, code, Here, Ct);
}
