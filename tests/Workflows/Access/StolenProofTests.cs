using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Identity.Keys;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Workflows.Tests.Access;

/// <summary>Keys, tokens and sessions in wrong hands, or made by them.</summary>
public sealed class StolenProofTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stolen_key_is_good_for_nothing_once_it_is_revoked_on_every_node()
    {
        var one = await server.NodeAsync(Ct);
        var other = await server.AnotherNodeAsync(Ct);
        var made = await MakeKeyAsync(one.Services, Permissions.TasksRead);
        using var here = Keyed(one, made.Secret);
        using var there = Keyed(other, made.Secret);
        (await StatusAsync(here, "/api/people/me")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(there, "/api/people/me")).ShouldBe(HttpStatusCode.OK);

        using (one.Services.GetRequiredService<Acting>().As(Actor.System))
            await one.Services.GetRequiredService<ApiKeys>().RevokeAsync(made.Key.Id, Ct);

        (await StatusAsync(here, "/api/people/me")).ShouldBe(HttpStatusCode.Unauthorized);
        await BecomesAsync(there, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_key_does_only_what_it_was_made_for_and_makes_none_that_may_do_more()
    {
        var node = await server.NodeAsync(Ct);
        var made = await MakeKeyAsync(node.Services, Permissions.DefinitionsRead, Permissions.DefinitionsWrite, Permissions.KeysManage);
        using var client = Keyed(node, made.Secret);

        (await StatusAsync(client, "/elsa/api/workflow-definitions")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(client, "/api/people/users")).ShouldBe(HttpStatusCode.Forbidden);

        // Saving is allowed; putting into force by the way is not.
        var definition = Flows.Sequence("by-a-thief", Flows.RunTask("T", "t"));
        using var published = await client.SaveAsync(definition, publish: true, Ct);
        published.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var saved = await client.SaveAsync(definition, publish: false, Ct);
        saved.StatusCode.ShouldBe(HttpStatusCode.OK);

        using var mightier = await client.PostAsJsonAsync(
            "/api/people/keys",
            new { name = "more", scopes = new[] { Permissions.UsersManage } },
            Ct
        );
        mightier.StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        // Nor does it speak for others.
        client.DefaultRequestHeaders.Add("X-On-Behalf-Of", "the director");
        (await StatusAsync(client, "/elsa/api/workflow-definitions")).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_stolen_cookie_is_good_for_nothing_after_sign_out_on_every_node()
    {
        var one = await server.NodeAsync(Ct);
        var other = await server.AnotherNodeAsync(Ct);
        await Crew.HireAsync(one.Services, "robbed", new() { Roles = ["auditor"] }, Ct);
        var stolen = await Crew.SignInAsync(one.Services, "robbed", Ct);
        using var thief = Crew.Client(other, stolen);
        (await StatusAsync(thief, "/api/people/me")).ShouldBe(HttpStatusCode.OK);

        using var owner = Crew.Client(one, stolen);
        var own = await owner.GetFromJsonAsync<JsonElement>("/api/people/sessions?person=" + await IdAsync(owner), Ct);
        var session = own.EnumerateArray().Single().GetProperty("id").GetString();
        using var ended = await owner.DeleteAsync($"/api/people/sessions/{session}", Ct);
        ended.StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await StatusAsync(owner, "/api/people/me")).ShouldBe(HttpStatusCode.Unauthorized);
        await BecomesAsync(thief, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Each_sign_in_makes_a_session_of_its_own()
    {
        var node = await server.NodeAsync(Ct);
        await Crew.HireAsync(node.Services, "twice", new() { Roles = ["agent"] }, Ct);

        var first = await Crew.SignInAsync(node.Services, "twice", Ct);
        var second = await Crew.SignInAsync(node.Services, "twice", Ct);

        second.Split('.')[0].ShouldNotBe(first.Split('.')[0]);
        second.Split('.')[1].ShouldNotBe(first.Split('.')[1]);

        // The id of one with the secret of the other, and ids without a secret.
        foreach (var forged in new[] { $"{first.Split('.')[0]}.{second.Split('.')[1]}", first.Split('.')[0], $"{first.Split('.')[0]}." })
        {
            using var thief = Crew.Client(node, forged);
            (await StatusAsync(thief, "/api/people/me")).ShouldBe(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task A_token_is_good_for_its_hour_unchanged_and_only_where_tokens_belong()
    {
        var node = await server.NodeAsync(Ct);
        await Crew.HireAsync(node.Services, "token", new() { Roles = ["agent"] }, Ct);
        using var client = Crew.Client(node, null);
        using var login = await client.PostAsJsonAsync(
            "/elsa/api/identity/login",
            new { username = "token", password = Crew.Password },
            Ct
        );
        var token = (await login.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("accessToken").GetString()!;
        var parts = token.Split('.');

        // In the address only hubs take it: addresses stand in logs and histories.
        (await StatusAsync(client, $"/api/people/me?access_token={token}")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(client, $"/elsa/api/workflow-definitions?access_token={token}")).ShouldBe(HttpStatusCode.Unauthorized);
        using var hub = await client.PostAsync($"/elsa/hubs/workflow-instance/negotiate?access_token={token}", null, Ct);
        hub.StatusCode.ShouldBe(HttpStatusCode.OK);

        (await StatusAsync(Bearing(client, token), "/api/people/me")).ShouldBe(HttpStatusCode.OK);

        // Other claims, the old signature.
        var body = System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]));
        var mightier = body.Replace("\"agent\"", "\"admin\"", StringComparison.Ordinal);
        mightier.ShouldNotBe(body);
        var forged = System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(mightier));
        (await StatusAsync(Bearing(client, $"{parts[0]}.{forged}.{parts[2]}"), "/api/people/me")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(Bearing(client, $"{parts[0]}.{parts[1]}."), "/api/people/me")).ShouldBe(HttpStatusCode.Unauthorized);

        // A node whose clock is an hour and a minute further.
        await using var later = node.WithWebHostBuilder(b =>
            b.ConfigureTestServices(s => s.AddSingleton<TimeProvider>(new Later(TimeSpan.FromMinutes(61))))
        );
        using var expired = Crew.Client(later, null);
        (await StatusAsync(Bearing(expired, token), "/api/people/me")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    private sealed class Later(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }

    private static async Task<NewApiKey> MakeKeyAsync(IServiceProvider services, params string[] scopes)
    {
        using var _ = services.GetRequiredService<Acting>().As(Actor.System);
        return await services.GetRequiredService<ApiKeys>().CreateAsync(new ApiKeyRequest("stolen", [.. scopes], null), Ct);
    }

    private static HttpClient Keyed(WebApplicationFactory<Program> node, string secret)
    {
        var client = Crew.Client(node, null);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("ApiKey", secret);
        return client;
    }

    private static HttpClient Bearing(HttpClient client, string token)
    {
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private static async Task<string> IdAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>("/api/people/me", Ct)).GetProperty("id").GetString()!;

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string address)
    {
        using var answer = await client.GetAsync(address, Ct);
        return answer.StatusCode;
    }

    // A notice between nodes is on its way.
    private static async Task BecomesAsync(HttpClient client, HttpStatusCode wanted)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(Patience);

        while (await StatusAsync(client, "/api/people/me") != wanted)
            await Task.Delay(20, limit.Token);
    }
}
