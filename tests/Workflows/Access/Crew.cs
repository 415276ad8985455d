using System.Collections.Frozen;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Workflows.Tests.Access;

/// <summary>People of a server, signed in as a browser would be: with a cookie, and without the deployment's key.</summary>
internal static class Crew
{
    /// <summary>The password of all.</summary>
    public const string Password = "seven slow silver trains";

    /// <summary>Who is in no role, for tables.</summary>
    public const string Nobody = "nobody";

    /// <summary>Nobody, and one for each role of the product.</summary>
    public static IEnumerable<string> Everybody => BuiltInRoles.All.Select(r => r.Key).Prepend(Nobody);

    /// <summary>Makes somebody who has chosen a password already.</summary>
    public static async Task<PersonView> HireAsync(IServiceProvider services, string name, PersonRequest request, CancellationToken ct)
    {
        var acting = services.GetRequiredService<Acting>();
        NewPassword made;

        using (acting.As(Actor.System))
            made = await services.GetRequiredService<People>().CreateAsync(name, request, null, ct);

        var own = new Actor(ActorKind.Person, made.Person.Id.ToString(), name) { Permissions = FrozenSet.ToFrozenSet(["account:own"]) };

        using (acting.As(own))
            await services.GetRequiredService<Account>().ChangePasswordAsync(made.Password, Password, ct);

        return made.Person;
    }

    /// <summary>Opens a session.</summary>
    /// <returns>What the cookie holds.</returns>
    public static async Task<string> SignInAsync(IServiceProvider services, string name, CancellationToken ct)
    {
        var result = await services.GetRequiredService<SignIn>().WithPasswordAsync(name, Password, new Caller("127.0.0.1", "test"), ct);
        return result.ShouldBeOfType<SignInResult.Done>().SessionText;
    }

    /// <summary>A client that keeps no cookies and follows no redirects.</summary>
    /// <param name="node">The server.</param>
    /// <param name="session">What the cookie holds; null: it says nothing of who it is.</param>
    public static HttpClient Client(WebApplicationFactory<Program> node, string? session)
    {
        var client = node.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, HandleCookies = false });
        client.DefaultRequestHeaders.Authorization = null;

        if (session is not null)
            client.DefaultRequestHeaders.Add("Cookie", $"serviceloop={session}");

        return client;
    }

    /// <summary>A client of somebody new in a role.</summary>
    public static async Task<HttpClient> ClientAsync(WebApplicationFactory<Program> node, string role, CancellationToken ct)
    {
        if (role == Nobody)
            return Client(node, null);

        var name = $"{role}-{Guid.NewGuid():N}"[..24];
        await HireAsync(node.Services, name, new PersonRequest { Roles = [role] }, ct);
        return Client(node, await SignInAsync(node.Services, name, ct));
    }
}
