using ServiceLoop.Identity.Actors;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;
using ServiceLoop.TestKit;

namespace ServiceLoop.Identity.Tests.Users;

public sealed class AccountTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Password = "four quiet green lamps";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Codes_cannot_be_guessed_at_leisure_by_who_has_an_open_session_and_the_password()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        await company.HireAsync("ann", Password, BuiltInRoles.Agent);
        var (_, recovery) = await company.AddSecondFactorAsync("ann", Password);
        using var _ = company.Get<Acting>().As(await ActorAsync(company, "ann"));

        for (var i = 0; i < 5; i++)
            (await RefusedAsync(company, $"{i}{i}{i}{i}{i}{i}")).ShouldBe("factor.code");

        (await RefusedAsync(company, recovery[0])).ShouldBe("password.wrong");
        company.Clock.Advance(TimeSpan.FromMinutes(15));
        await company.Get<Account>().EndSecondFactorAsync(Password, recovery[0], Ct);
        (await company.Get<Account>().FindAsync(Ct)).HasSecondFactor.ShouldBeFalse();
    }

    [Fact]
    public async Task What_was_right_is_not_counted()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        await company.HireAsync("bob", Password, BuiltInRoles.Agent);
        using var _ = company.Get<Acting>().As(await ActorAsync(company, "bob"));

        for (var i = 0; i < 7; i++)
            await company.Get<Account>().BeginSecondFactorAsync(Password, Ct);

        (await company.Get<PersonStore>().FindByNameAsync("bob", Ct))!.LockedUntil.ShouldBeNull();
    }

    private static async Task<string> RefusedAsync(Company company, string code) =>
        (await Should.ThrowAsync<IdentityRefusedException>(() => company.Get<Account>().EndSecondFactorAsync(Password, code, Ct))).Code;

    private static async Task<Actor> ActorAsync(Company company, string name) =>
        await company.Get<PersonActors>().OfAsync((await company.Get<PersonStore>().FindByNameAsync(name, Ct))!, null, null, Ct);
}
