using System.Net;
using Microsoft.AspNetCore.Components.Endpoints;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Workflows.Auth;

namespace ServiceLoop.Workflows.Tests.Access;

/// <summary>Every endpoint of the server × every role, from the list of endpoints itself.</summary>
public sealed class EveryDoorTests(TestServer server) : IClassFixture<TestServer>
{
    // Doors that let everybody in. A new one is a decision: it is written down here, and why.
    private static readonly Dictionary<string, string> Open = new(StringComparer.Ordinal)
    {
        ["GET /health/live"] = "A load balancer asks.",
        ["GET /health/ready"] = "A load balancer asks.",
        ["GET /api/health"] = "A load balancer asks.",
        ["POST /health/live"] = "The same; the health checks of ASP.NET Core take every method.",
        ["POST /health/ready"] = "The same.",
        ["POST /api/health"] = "The same.",
        ["GET /sign-in"] = "Who is not in yet.",
        ["POST /sign-in"] = "Who is not in yet.",
        ["GET /sign-in/elsewhere"] = "Who is not in yet, and goes to the authority.",
        ["GET /sign-in/elsewhere/return"] = "Who comes back from it with a signed proof.",
        ["GET /sign-in/second-factor"] = "Who is half in.",
        ["POST /sign-in/second-factor"] = "Who is half in.",
        ["GET /sign-in/new-password"] = "Leads to the sign-in whoever has no session.",
        ["POST /sign-in/new-password"] = "The same.",
        ["GET /sign-out"] = "The same.",
        ["POST /sign-out"] = "Nobody to sign out; wants the token of the form.",
        ["GET /culture"] = "The language of the sign-in page.",
        ["GET /favicon.ico"] = "Browsers ask before anybody is in.",
        ["POST /elsa/api/identity/login"] = "Programs say who they are.",
        ["POST /elsa/api/identity/refresh-token"] = "The token says who it is.",
        ["GET /api/surveys/{token}"] = "The signed link says which survey it is.",
        ["POST /api/intake/signed/{source}"] =
            "The signature says which source it is; calls of strangers are limited, and each signature is taken once.",
        ["GET /api/status/{token}"] = "The signed link says which case it is, and lets its holder see that one.",
        ["POST /api/status/{token}/information"] = "The signed link says which case it is.",
        ["POST /api/status/{token}/reopen"] = "The signed link says which case it is.",
        ["GET /api/status/{token}/callbacks/{callbackId}/slots"] = "The signed link says which case it is; the callback must be one of it.",
        ["POST /api/status/{token}/callbacks/{callbackId}/reschedule"] =
            "The signed link says which case it is; the callback must be one of it.",
        ["POST /api/status/{token}/callbacks/{callbackId}/cancel"] =
            "The signed link says which case it is; the callback must be one of it.",
        ["POST /api/surveys/{token}"] = "The same; it is answered once, and strangers only so often.",
        ["GET /api/callbacks/bookings/{token}"] = "The signed link says which callback it is.",
        ["POST /api/callbacks/bookings/{token}"] = "The same; strangers only so often.",
        ["GET /_framework/opaque-redirect"] = "Follows a redirect that the server itself has signed.",
    };

    // Doors that stay shut for everybody: nobody gave them a rule, and nobody needs them.
    private static readonly Dictionary<string, string> Shut = new(StringComparer.Ordinal)
    {
        ["GET /{**path:file}"] = "ASP.NET Core's, in development only: files that came after the build.",
        ["HEAD /{**path:file}"] = "The same.",
    };

    // Doors for all who are in, behind which the service asks for more: everybody ends their own sessions, and only some those of others; who may not see
    // secrets stands in the audit log for trying.
    private static readonly Dictionary<string, string> Further = new(StringComparer.Ordinal)
    {
        ["GET /api/people/sessions"] = Permissions.SessionsRead,
        ["DELETE /api/people/sessions/{id:guid}"] = Permissions.SessionsEnd,
        ["POST /api/instances/{id}/reveal"] = Permissions.ValuesReveal,
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_door_has_a_rule_and_only_those_of_the_list_are_open()
    {
        var services = await server.ServicesAsync(Ct);
        var doors = Door.All(services);

        doors.Count.ShouldBeGreaterThan(100);
        doors.Where(d => d.Rule is null).Select(d => d.ToString()).Where(d => !Shut.ContainsKey(d)).ShouldBeEmpty();
        doors
            .Where(d => d.Rule?.OpenBecause is not null)
            .Select(d => d.ToString())
            .Where(d => !Open.ContainsKey(d))
            .ShouldBeEmpty("These doors let everybody in, and no reason stands in the list of this test.");
        doors.Where(d => d.Rule?.OpenBecause is { Length: < 10 }).Select(d => d.ToString()).ShouldBeEmpty();
        Door.Files(services).ShouldAllBe(f => RuleGate.RuleOf(f) != null);
    }

    [Fact]
    public async Task What_every_door_needs_is_what_the_table_says()
    {
        var doors = Door.All(await server.ServicesAsync(Ct));
        var now = doors
            .Select(d =>
                $"{d} → {d.Rule switch
            {
                null => "shut",
                { OpenBecause: not null } => "open",
                { Permission: { } permission } => permission,
                _ => "identity",
            }}"
            )
            .Distinct(StringComparer.Ordinal)
            .ToArray();

        var path = Path.Combine(AppContext.BaseDirectory, "Access", "Doors.txt");
        var written = await File.ReadAllLinesAsync(path, Ct);

        if (!now.SequenceEqual(written, StringComparer.Ordinal))
            await File.WriteAllLinesAsync(path + ".received", now, Ct);

        now.Except(written).ShouldBeEmpty($"New or changed; look at them, then put them into Doors.txt ({path}.received).");
        written.Except(now).ShouldBeEmpty("These are gone.");
    }

    [Fact]
    public async Task Every_door_opens_for_the_roles_that_may_and_for_nobody_else()
    {
        var node = await server.NodeAsync(Ct);
        var doors = Door.All(node.Services);
        var wrong = new List<string>();

        foreach (var role in Crew.Everybody)
        {
            using var client = await Crew.ClientAsync(node, role, Ct);

            foreach (var door in doors)
            {
                using var request = door.Call("application/json");
                using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);

                if (Fault(door, role, answer) is { } fault)
                    wrong.Add($"{door} as {role}: {(int)answer.StatusCode}, {fault}. {await TextAsync(answer)}");
            }
        }

        if (wrong.Count > 0)
            Assert.Fail(string.Join('\n', wrong));
    }

    [Fact]
    public async Task Every_page_opens_for_the_roles_that_may_and_leads_strangers_to_the_sign_in()
    {
        var node = await server.NodeAsync(Ct);
        var pages = Door.All(node.Services).Where(d => d.Method == "GET" && d.IsPage).ToArray();
        var drawn = pages.Select(p => p.Endpoint.Metadata.GetMetadata<ComponentTypeMetadata>()!.Type).ToHashSet();
        var wrong = new List<string>();

        typeof(ServiceLoop.Designer.PagesSetup)
            .Assembly.GetTypes()
            .Where(t => t.IsDefined(typeof(Microsoft.AspNetCore.Components.RouteAttribute), false) && !drawn.Contains(t))
            .ShouldBeEmpty();

        foreach (var role in Crew.Everybody)
        {
            using var client = await Crew.ClientAsync(node, role, Ct);

            foreach (var page in pages)
            {
                using var request = page.Call("text/html");
                using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
                var isRight =
                    role == Crew.Nobody
                        ? answer.StatusCode == HttpStatusCode.Redirect
                            && answer.Headers.Location!.ToString().StartsWith("/sign-in?returnUrl=%2F", StringComparison.Ordinal)
                        : Fault(page, role, answer) is null;

                if (!isRight)
                    wrong.Add($"{page} as {role}: {(int)answer.StatusCode} {answer.Headers.Location} {await TextAsync(answer)}");
            }
        }

        pages.Length.ShouldBeGreaterThan(9);

        if (wrong.Count > 0)
            Assert.Fail(string.Join('\n', wrong));
    }

    private static string? Fault(Door door, string role, HttpResponseMessage answer)
    {
        var status = answer.StatusCode;

        if ((int)status >= 500)
            return "the server failed";

        if (door.Rule is not { } rule)
            return status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound ? null : "it is shut for everybody";

        // Signing in is refused with the same number as not having said who one is.
        if (rule.OpenBecause is not null)
            return status == HttpStatusCode.Forbidden ? "it is open" : null;

        if (role == Crew.Nobody)
            return status == HttpStatusCode.Unauthorized ? null : "nobody comes in here";

        var needed = Further.GetValueOrDefault(door.ToString()) ?? rule.Permission;
        var may = needed is null || BuiltInRoles.Find(role)!.Contains(needed);
        return (may, status) switch
        {
            (false, HttpStatusCode.Forbidden) => null,
            (false, _) => $"lacks {needed}",
            (true, HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized) => $"has {needed}",
            _ => null,
        };
    }

    private static async Task<string> TextAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Ct);
        return text[..Math.Min(300, text.Length)].ReplaceLineEndings(" ");
    }
}
