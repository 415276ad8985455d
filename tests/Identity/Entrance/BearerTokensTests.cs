using ServiceLoop.Identity.Entrance;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;
using ServiceLoop.TestKit;

namespace ServiceLoop.Identity.Tests.Entrance;

public sealed class BearerTokensTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Password = "four quiet green lamps";

    private static readonly Caller Here = new("192.0.2.1", "a program");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(43)]
    [InlineData(86)]
    public async Task A_refresh_token_that_somebody_made_up_changes_nothing(int length)
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        var name = $"ann{length}";
        await company.HireAsync(name, Password, BuiltInRoles.Agent);
        var tokens = company.Get<BearerTokens>();
        var pair = await EnterAsync(company, name);
        var before = company.Trail.Notes.Count;

        (await tokens.RefreshAsync($"{pair.RefreshToken.Split('.')[0]}.{new string('a', length)}", Here, Ct)).ShouldBeNull();

        (await tokens.FindAsync(pair.AccessToken, null, Ct)).ShouldNotBeNull();
        (await tokens.RefreshAsync(pair.RefreshToken, Here, Ct)).ShouldNotBeNull();
        company.Trail.Notes.Count.ShouldBe(before);
    }

    [Fact]
    public async Task Any_former_refresh_token_ends_the_session_and_the_trail_tells_of_it()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        await company.HireAsync("bob", Password, BuiltInRoles.Agent);
        var tokens = company.Get<BearerTokens>();
        var first = await EnterAsync(company, "bob");
        var second = (await tokens.RefreshAsync(first.RefreshToken, Here, Ct))!;
        var third = (await tokens.RefreshAsync(second.RefreshToken, Here, Ct))!;

        (await tokens.RefreshAsync(first.RefreshToken, Here with { Address = "192.0.2.66" }, Ct)).ShouldBeNull();

        (await tokens.FindAsync(third.AccessToken, null, Ct)).ShouldBeNull();
        (await tokens.RefreshAsync(third.RefreshToken, Here, Ct)).ShouldBeNull();
        var note = company.Trail.Notes[^1];
        note.Deed.Action.ShouldBe("session.end");
        note.Deed.Before["person"].ShouldBe("bob");
        note.End.ShouldBe(DeedEnd.Done);
        note.Reason.ShouldBe("refresh token used twice");
        note.Actor.Address.ShouldBe("192.0.2.66");
    }

    [Fact]
    public async Task The_trail_tells_of_tokens_that_were_refused_to_the_right_password()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        await company.HireAsync("cleo", Password, BuiltInRoles.Agent);
        await company.AddSecondFactorAsync("cleo", Password);
        NewPassword made;
        using (company.AsAdmin())
            made = await company.Get<People>().CreateAsync("dan", new(), null, Ct);
        var before = company.Trail.Notes.Count;

        (await company.Get<BearerTokens>().SignInAsync("cleo", Password, null, Here, Ct)).Tokens.ShouldBeNull();
        (await company.Get<BearerTokens>().SignInAsync("dan", made.Password, null, Here, Ct)).Tokens.ShouldBeNull();

        var notes = company.Trail.Notes.Skip(before).ToList();
        notes.ShouldAllBe(n => n.Deed.Action == "session.sign-in" && n.End == DeedEnd.Failed && n.Actor.Address == Here.Address);
        notes
            .Select(n => (n.Deed.Wanted["person"], n.Reason))
            .ShouldBe([("cleo", "code missing"), ("dan", "password must be changed first")]);
    }

    [Fact]
    public async Task Tokens_refused_to_the_right_password_lock_nobody()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        await company.HireAsync("eve", Password, BuiltInRoles.Agent);
        var (secret, _) = await company.AddSecondFactorAsync("eve", Password);
        company.Clock.Advance(TimeSpan.FromSeconds(30));

        for (var i = 0; i < 7; i++)
            await company.Get<BearerTokens>().SignInAsync("eve", Password, null, Here, Ct);

        var code = TimedCode.At(secret, company.Clock.GetUtcNow());
        (await company.Get<BearerTokens>().SignInAsync("eve", Password, code, Here, Ct)).Tokens.ShouldNotBeNull();
    }

    private static async Task<TokenPair> EnterAsync(Company company, string name) =>
        (await company.Get<BearerTokens>().SignInAsync(name, Password, null, Here, Ct)).Tokens!;
}
