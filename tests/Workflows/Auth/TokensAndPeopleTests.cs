using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Workflows.Tests.Auth;

/// <summary>Elsa's sign-in, and people over REST.</summary>
public sealed class TokensAndPeopleTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Password = "four quiet green lamps";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_of_Elsas_signs_in_calls_refreshes_and_is_ended()
    {
        await HireAsync("ann");
        using var client = await server.ClientAsync(Ct);
        var tokens = await LoginAsync(client, "ann", Password, HttpStatusCode.OK);

        Bear(client, tokens.GetProperty("accessToken").GetString()!);
        var me = await client.GetFromJsonAsync<JsonElement>("/api/people/me", Ct);
        me.GetProperty("name").GetString().ShouldBe("ann");
        me.GetProperty("permissions").GetArrayLength().ShouldBe(Permissions.All.Length);

        Bear(client, tokens.GetProperty("refreshToken").GetString()!);
        using var refreshed = await client.PostAsync("/elsa/api/identity/refresh-token", null, Ct);
        var next = await refreshed.Content.ReadFromJsonAsync<JsonElement>(Ct);
        next.GetProperty("isAuthenticated").GetBoolean().ShouldBeTrue();

        // The old one again: somebody has copied it, and all ends.
        using var again = await client.PostAsync("/elsa/api/identity/refresh-token", null, Ct);
        again.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        Bear(client, next.GetProperty("accessToken").GetString()!);
        (await NameAsync(client)).ShouldNotBe("ann");
    }

    [Fact]
    public async Task A_wrong_password_gets_no_tokens()
    {
        await HireAsync("bob");
        using var client = await server.ClientAsync(Ct);

        var answer = await LoginAsync(client, "bob", "not the one", HttpStatusCode.Unauthorized);

        answer.GetProperty("isAuthenticated").GetBoolean().ShouldBeFalse();
        answer.GetProperty("accessToken").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("""{"alg":"none","typ":"JWT"}""")]
    [InlineData("""{"alg":"HS512","typ":"JWT"}""")]
    public async Task A_token_with_a_header_of_its_own_proves_nothing(string header)
    {
        var name = $"carl{(uint)header.GetHashCode(StringComparison.Ordinal)}";
        await HireAsync(name);
        using var client = await server.ClientAsync(Ct);
        var parts = (await LoginAsync(client, name, Password, HttpStatusCode.OK)).GetProperty("accessToken").GetString()!.Split('.');
        var forged = System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(header));

        Bear(client, $"{forged}.{parts[1]}.{parts[2]}");
        (await NameAsync(client)).ShouldNotBe(name);
        Bear(client, $"{forged}.{parts[1]}.");
        (await NameAsync(client)).ShouldNotBe(name);
        Bear(client, $"{parts[0]}.{parts[1]}.{new string('A', parts[2].Length)}");
        (await NameAsync(client)).ShouldNotBe(name);
        Bear(client, string.Join('.', parts));
        (await NameAsync(client)).ShouldBe(name);
    }

    [Fact]
    public async Task Keys_roles_and_people_are_made_over_REST_by_who_may()
    {
        await HireAsync("dora");
        using var client = await server.ClientAsync(Ct);
        Bear(client, (await LoginAsync(client, "dora", Password, HttpStatusCode.OK)).GetProperty("accessToken").GetString()!);

        using var role = await client.PostAsJsonAsync(
            "/api/people/roles",
            new { name = "clerk", permissions = new[] { "tasks:read" } },
            Ct
        );
        role.StatusCode.ShouldBe(HttpStatusCode.Created);
        using var user = await client.PostAsJsonAsync(
            "/api/people/users",
            new { name = "eva", person = new { roles = new[] { "clerk" } } },
            Ct
        );
        user.StatusCode.ShouldBe(HttpStatusCode.Created);
        using var key = await client.PostAsJsonAsync("/api/people/keys", new { name = "crm", scopes = new[] { "tasks:read" } }, Ct);
        key.StatusCode.ShouldBe(HttpStatusCode.Created);
        var secret = (await key.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("secret").GetString()!;

        using var other = await server.ClientAsync(Ct);
        other.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("ApiKey", secret);
        (await NameAsync(other)).ShouldBe("crm");
        using var refused = await other.GetAsync("/api/people/users", Ct);
        refused.IsSuccessStatusCode.ShouldBeFalse();

        var keys = await client.GetStringAsync("/api/people/keys", Ct);
        keys.ShouldContain("crm");
        keys.ShouldNotContain(secret[^43..]);
        keys.ShouldNotContain("hash");
        (await client.GetStringAsync("/api/people/users", Ct)).ShouldNotContain("hash");
    }

    [Fact]
    public async Task A_change_that_does_not_say_what_the_person_is_to_be_changes_nothing()
    {
        await HireAsync("fred");
        using var client = await server.ClientAsync(Ct);
        Bear(client, (await LoginAsync(client, "fred", Password, HttpStatusCode.OK)).GetProperty("accessToken").GetString()!);
        using var user = await client.PostAsJsonAsync(
            "/api/people/users",
            new { name = "gail", person = new { roles = new[] { "agent" }, email = "gail@example.org" } },
            Ct
        );
        var person = (await user.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("person");
        var address = $"/api/people/users/{person.GetProperty("id").GetString()}";

        using var refused = await client.PutAsJsonAsync(address, new { version = person.GetProperty("version").GetInt64() }, Ct);

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync(Ct)).ShouldContain("'person'");
        (await client.GetStringAsync(address, Ct)).ShouldContain("gail@example.org");
    }

    [Fact]
    public async Task A_full_page_of_people_has_a_next_one_only_where_there_are_more()
    {
        await HireAsync("hank");
        using var client = await server.ClientAsync(Ct);
        Bear(client, (await LoginAsync(client, "hank", Password, HttpStatusCode.OK)).GetProperty("accessToken").GetString()!);

        foreach (var name in (string[])["paged-1", "paged-2", "paged-3"])
            (await client.PostAsJsonAsync("/api/people/users", new { name }, Ct)).Dispose();

        var first = await client.GetFromJsonAsync<JsonElement>("/api/people/users?text=paged-&take=2", Ct);
        first.GetProperty("items").GetArrayLength().ShouldBe(2);
        first.GetProperty("next").GetString().ShouldBe("paged-2");
        var all = await client.GetFromJsonAsync<JsonElement>("/api/people/users?text=paged-&take=3", Ct);
        all.GetProperty("items").GetArrayLength().ShouldBe(3);
        all.GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    private async Task HireAsync(string name)
    {
        var services = await server.ServicesAsync(Ct);
        var acting = services.GetRequiredService<Acting>();
        NewPassword made;

        using (acting.As(Actor.System))
            made = await services.GetRequiredService<People>().CreateAsync(name, new() { Roles = ["admin"] }, null, Ct);

        var own = new Actor(ActorKind.Person, made.Person.Id.ToString(), name)
        {
            Permissions = System.Collections.Frozen.FrozenSet.ToFrozenSet(["account:own"]),
        };

        using (acting.As(own))
            await services.GetRequiredService<Account>().ChangePasswordAsync(made.Password, Password, Ct);
    }

    private static async Task<JsonElement> LoginAsync(HttpClient client, string username, string password, HttpStatusCode expected)
    {
        using var answer = await client.PostAsJsonAsync("/elsa/api/identity/login", new { username, password }, Ct);
        answer.StatusCode.ShouldBe(expected);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }

    private static async Task<string?> NameAsync(HttpClient client)
    {
        using var answer = await client.GetAsync("/api/people/me", Ct);
        return answer.IsSuccessStatusCode
            ? (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("name").GetString()
            : null;
    }

    private static void Bear(HttpClient client, string token) =>
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
}
