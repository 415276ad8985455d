using Npgsql;
using ServiceLoop.Identity.Actors;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Identity.Keys;
using ServiceLoop.Runtime.Access;
using ServiceLoop.TestKit;

namespace ServiceLoop.Identity.Tests.Keys;

public sealed class ApiKeysTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_lets_its_holder_do_what_it_names_and_nothing_else()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        var made = await MakeAsync(company, Permissions.InstancesStart);

        var actor = await company.Get<KeyCheck>().FindAsync(made.Secret, "192.0.2.7", Ct);

        actor!.Kind.ShouldBe(ActorKind.Key);
        actor.Id.ShouldBe(made.Key.Id);
        actor.Address.ShouldBe("192.0.2.7");
        actor.May(Permissions.InstancesStart).ShouldBeTrue();
        actor.May(Permissions.InstancesRead).ShouldBeFalse();
    }

    [Fact]
    public async Task A_key_with_one_wrong_letter_proves_nothing()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        var secret = (await MakeAsync(company, Permissions.InstancesStart)).Secret;
        var wrong = secret[..^1] + (secret[^1] == 'a' ? 'b' : 'a');

        (await company.Get<KeyCheck>().FindAsync(wrong, null, Ct)).ShouldBeNull();
        (await company.Get<KeyCheck>().FindAsync(secret + "x", null, Ct)).ShouldBeNull();
        (await company.Get<KeyCheck>().FindAsync("", null, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task A_key_is_good_until_it_expires()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        var secret = (await MakeAsync(company, Permissions.InstancesStart)).Secret;

        company.Clock.Advance(TimeSpan.FromDays(90) - TimeSpan.FromSeconds(1));
        (await company.Get<KeyCheck>().FindAsync(secret, null, Ct)).ShouldNotBeNull();
        company.Clock.Advance(TimeSpan.FromSeconds(1));

        (await company.Get<KeyCheck>().FindAsync(secret, null, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task A_key_revoked_on_one_node_is_out_of_use_on_the_other_without_waiting_for_its_memory()
    {
        await using var here = await Company.OpenAsync(postgres, Ct);
        await using var there = await Company.OpenAsync(postgres, Ct, clock: here.Clock);
        var made = await MakeAsync(here, Permissions.InstancesStart);
        (await there.Get<KeyCheck>().FindAsync(made.Secret, null, Ct)).ShouldNotBeNull();

        using (here.AsAdmin())
            await here.Get<ApiKeys>().RevokeAsync(made.Key.Id, Ct);

        (await here.Get<KeyCheck>().FindAsync(made.Secret, null, Ct)).ShouldBeNull();
        await Eventually.TrueAsync(async () => await there.Get<KeyCheck>().FindAsync(made.Secret, null, Ct) is null, Ct);
    }

    [Fact]
    public async Task Nobody_gives_a_key_more_than_they_have()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        using var _ = company.As("kim", Permissions.KeysManage, Permissions.InstancesRead);

        var refused = await Should.ThrowAsync<IdentityRefusedException>(() =>
            company.Get<ApiKeys>().CreateAsync(new("mine", [Permissions.InstancesRead, Permissions.UsersManage], null), Ct)
        );

        refused.Kind.ShouldBe(RefusalKind.Forbidden);
        refused.Message.ShouldContain("users:manage");
        company.Trail.Notes[^1].End.ShouldBe(DeedEnd.Failed);
    }

    [Fact]
    public async Task Who_is_limited_to_a_team_makes_no_key_which_would_not_be()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        var kim = new Actor(ActorKind.Person, "kim", "kim") { Permissions = [Permissions.KeysManage, Permissions.UsersRead] };

        foreach (var limited in (Actor[])[kim with { Teams = ["north"] }, kim with { Regions = [] }])
        {
            using var _ = company.Get<Acting>().As(limited);
            var refused = await Should.ThrowAsync<IdentityRefusedException>(() =>
                company.Get<ApiKeys>().CreateAsync(new("mine", [Permissions.UsersRead], null), Ct)
            );
            refused.Code.ShouldBe("key.limited");
        }

        using var unlimited = company.Get<Acting>().As(kim);
        (await company.Get<ApiKeys>().CreateAsync(new("mine", [Permissions.UsersRead], null), Ct)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Whoever_was_let_in_with_a_key_is_so_until_it_is_revoked_or_expires()
    {
        await using var company = await Company.OpenAsync(postgres, Ct, new() { BootstrapKey = new string('k', 32) });
        var check = company.Get<SessionCheck>();
        var (revoked, old) = (await MakeAsync(company, Permissions.InstancesRead), await MakeAsync(company, Permissions.InstancesRead));
        var first = (await company.Get<KeyCheck>().FindAsync(revoked.Secret, "192.0.2.7", Ct))!;
        var second = (await company.Get<KeyCheck>().FindAsync(old.Secret, null, Ct))!;
        var deployment = (await company.Get<KeyCheck>().FindAsync(new string('k', 32), null, Ct))!;
        (await check.RefreshAsync(first, Ct))!.Address.ShouldBe("192.0.2.7");

        using (company.AsAdmin())
            await company.Get<ApiKeys>().RevokeAsync(revoked.Key.Id, Ct);

        (await check.RefreshAsync(first, Ct)).ShouldBeNull();
        (await check.RefreshAsync(second, Ct)).ShouldNotBeNull();
        company.Clock.Advance(TimeSpan.FromDays(90));
        (await check.RefreshAsync(second, Ct)).ShouldBeNull();
        (await check.RefreshAsync(deployment, Ct)).ShouldBe(deployment);
    }

    [Fact]
    public async Task A_key_that_was_revoked_while_it_was_looked_at_is_not_remembered_as_good()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        var made = await MakeAsync(company, Permissions.InstancesRead);
        var database = await postgres.OpenAsync(Ct);
        await using var connection = await database.OpenConnectionAsync(Ct);
        Task<Actor?> asked;

        await using (var transaction = await connection.BeginTransactionAsync(Ct))
        {
            await RunAsync(connection, "lock table api_key in access exclusive mode");
            asked = company.Get<KeyCheck>().FindAsync(made.Secret, null, Ct).AsTask();
            await Eventually.TrueAsync(async () => (bool)(await RunAsync(connection, Waits))!, Ct);
            await company.Get<RightsNews>().TellAsync(new(RightsKind.Key, made.Key.Id), Ct);
            await transaction.CommitAsync(Ct);
        }

        (await asked).ShouldNotBeNull();
        await RunAsync(connection, "update api_key set revoked_at = created_at");
        (await company.Get<KeyCheck>().FindAsync(made.Secret, null, Ct)).ShouldBeNull();
    }

    private const string Waits = "select exists (select 1 from pg_locks where not granted and relation = 'api_key'::regclass)";

    private static async Task<object?> RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Ct);
    }

    [Theory]
    [InlineData("", "instances:read", 1, "key.name")]
    [InlineData("two\nlines", "instances:read", 1, "key.name")]
    [InlineData("fine", "instances:fly", 1, "key.scopes")]
    [InlineData("fine", "", 1, "key.scopes")]
    [InlineData("fine", "instances:read", -1, "key.expiry")]
    [InlineData("fine", "instances:read", 800, "key.expiry")]
    public async Task What_is_odd_about_a_key_is_named(string name, string scope, int days, string code)
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        using var _ = company.AsAdmin();
        var until = company.Clock.GetUtcNow().AddDays(days);

        var refused = await Should.ThrowAsync<IdentityRefusedException>(() =>
            company.Get<ApiKeys>().CreateAsync(new(name, scope.Length == 0 ? [] : [scope], until), Ct)
        );

        refused.Code.ShouldBe(code);
    }

    [Fact]
    public async Task The_trail_tells_of_keys_but_not_their_secret()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);

        var made = await MakeAsync(company, Permissions.InstancesStart);

        var notes = company.Trail.Notes;
        notes.Select(n => (n.Deed.Action, n.End)).ShouldBe([("key.create", DeedEnd.Begun), ("key.create", DeedEnd.Done)]);
        var told = string.Join('|', notes.SelectMany(n => n.Deed.Wanted.Values.Concat(n.After.Values)));
        told.ShouldContain("instances:start");
        told.ShouldNotContain(made.Secret[^43..]);
        made.ToString().ShouldNotContain(made.Secret[^43..]);
    }

    [Fact]
    public async Task The_last_use_is_written_at_most_once_a_minute()
    {
        await using var company = await Company.OpenAsync(postgres, Ct);
        var made = await MakeAsync(company, Permissions.InstancesStart);
        var first = company.Clock.GetUtcNow();

        await company.Get<KeyCheck>().FindAsync(made.Secret, "192.0.2.1", Ct);
        company.Clock.Advance(TimeSpan.FromSeconds(30));
        await company.Get<KeyCheck>().FindAsync(made.Secret, "192.0.2.2", Ct);
        (await ShownAsync(company, made.Key.Id)).UsedAt.ShouldBe(first);
        company.Clock.Advance(TimeSpan.FromSeconds(30));
        await company.Get<KeyCheck>().FindAsync(made.Secret, "192.0.2.3", Ct);

        (await ShownAsync(company, made.Key.Id)).UsedFrom.ShouldBe("192.0.2.3");
    }

    [Fact]
    public async Task The_bootstrap_key_may_do_everything_where_the_deployment_gives_one()
    {
        var key = new string('k', 32);
        await using var with = await Company.OpenAsync(postgres, Ct, new() { BootstrapKey = key });
        await using var without = await Company.OpenAsync(postgres, Ct);

        (await with.Get<KeyCheck>().FindAsync(key, null, Ct))!.Permissions.ShouldBe(Permissions.All, ignoreOrder: true);
        (await without.Get<KeyCheck>().FindAsync(key, null, Ct)).ShouldBeNull();
    }

    private static async Task<NewApiKey> MakeAsync(Company company, params string[] scopes)
    {
        using var _ = company.AsAdmin();
        return await company.Get<ApiKeys>().CreateAsync(new("crm", [.. scopes], null), Ct);
    }

    private static async Task<ApiKeyView> ShownAsync(Company company, string id)
    {
        using var _ = company.AsAdmin();
        return (await company.Get<ApiKeys>().ListAsync(Ct)).Single(k => k.Id == id);
    }
}
