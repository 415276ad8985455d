using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace ServiceLoop.Workflows.Tests.Access;

/// <summary>Attacks that try until something fits.</summary>
public sealed class GuessingTests(TestServer server) : IClassFixture<TestServer>
{
    private const int LockAfter = 5;
    private const int MostForName = 20;
    private const int WrongKeysPerMinute = 100;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_name_is_locked_after_five_wrong_passwords_and_looks_like_one_that_nobody_has()
    {
        var node = await server.NodeAsync(Ct);
        await Crew.HireAsync(node.Services, "guessed", new() { Roles = ["agent"] }, Ct);
        using var client = Crew.Client(node, null);
        var known = new List<string>();
        var unknown = new List<string>();

        for (var i = 0; i < LockAfter; i++)
        {
            known.Add(await LoginAsync(client, "guessed", $"wrong {i}"));
            unknown.Add(await LoginAsync(client, "nobody-has-this", $"wrong {i}"));
        }

        // Locked by now: the right one does not help either, and the answer does not tell.
        known.Add(await LoginAsync(client, "guessed", Crew.Password));
        unknown.Add(await LoginAsync(client, "nobody-has-this", Crew.Password));

        known.ShouldBe(unknown);
        known.Distinct(StringComparer.Ordinal).Count().ShouldBe(1);
        known[0].ShouldStartWith("401 ");

        // Further tries are not even looked at, whether somebody has the name or not.
        (await LastAsync(client, "guessed")).ShouldBe(HttpStatusCode.TooManyRequests);
        (await LastAsync(client, "nobody-has-this")).ShouldBe(HttpStatusCode.TooManyRequests);

        // It is the names that were asked for too often, not the address.
        (await LoginAsync(client, "somebody-else", "x")).ShouldStartWith("401 ");
    }

    [Fact]
    public async Task Who_guesses_keys_must_wait_and_is_told_how_long()
    {
        using var client = Crew.Client(await server.NodeAsync(Ct), null);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("ApiKey", "slk_guess");

        for (var i = 0; i < WrongKeysPerMinute; i++)
        {
            using var wrong = await client.GetAsync("/api/people/me", Ct);

            if (wrong.StatusCode == HttpStatusCode.TooManyRequests)
                break;

            wrong.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        // Even the right one has to wait now: its holder could be the one who guesses.
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("ApiKey", DeploymentKey.Value);
        using var refused = await client.GetAsync("/api/people/me", Ct);
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

        // A token in the address is a proof like others.
        client.DefaultRequestHeaders.Authorization = null;
        using var hub = await client.GetAsync("/elsa/hubs/workflow-instance?access_token=guessed", Ct);
        hub.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);

        // Whoever shows no key is not concerned.
        client.DefaultRequestHeaders.Authorization = null;
        using var health = await client.GetAsync("/health/live", Ct);
        health.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Refresh_tokens_that_somebody_made_up_are_counted_like_wrong_keys()
    {
        using var client = Crew.Client(await server.NodeAsync(Ct), null);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", $"{Guid.NewGuid():N}.{new string('a', 43)}");
        var last = HttpStatusCode.OK;

        for (var i = 0; i <= WrongKeysPerMinute && last != HttpStatusCode.TooManyRequests; i++)
        {
            using var answer = await client.PostAsync("/elsa/api/identity/refresh-token", null, Ct);
            last = answer.StatusCode;
        }

        last.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    private static async Task<HttpStatusCode> LastAsync(HttpClient client, string username)
    {
        // Twice as often: where a busy machine takes more than a minute for all this, counting begins anew.
        for (var i = LockAfter; i <= 2 * MostForName; i++)
        {
            using var answer = await client.PostAsJsonAsync("/elsa/api/identity/login", new { username, password = "x" }, Ct);

            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                answer.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
                return answer.StatusCode;
            }
        }

        return HttpStatusCode.Unauthorized;
    }

    private static async Task<string> LoginAsync(HttpClient client, string username, string password)
    {
        using var answer = await client.PostAsJsonAsync("/elsa/api/identity/login", new { username, password }, Ct);
        return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Ct)}";
    }
}
