using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Identity.Keys;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Access;

/// <summary>Texts and members that mean more than they should.</summary>
public sealed class HostileTextTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Script = "<script>alert(7)</script><img src=x onerror=alert(7)>";
    private const string Break = "x\r\nSet-Cookie: serviceloop=stolen\r\n\r\n<b>";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Members_that_nobody_asked_for_change_nothing()
    {
        var node = await server.NodeAsync(Ct);
        using var admin = await Crew.ClientAsync(node, "admin", Ct);

        using var user = await admin.PostAsync(
            "/api/people/users",
            Json(
                """
                {
                  "name": "assigned", "isAdmin": true, "roles": ["admin"], "id": "01890000-0000-7000-8000-00000000abcd", "mustChangePassword": false,
                  "person": { "roles": ["agent"], "permissions": ["users:manage"], "isAdmin": true, "mustChangePassword": false, "passwordHash": "x", "name": "other", "version": 99 }
                }
                """
            ),
            Ct
        );
        user.StatusCode.ShouldBe(HttpStatusCode.Created, await user.Content.ReadAsStringAsync(Ct));
        var made = (await user.JsonAsync(Ct)).GetProperty("person");
        made.GetProperty("name").GetString().ShouldBe("assigned");
        made.GetProperty("id").GetString().ShouldNotBe("01890000-0000-7000-8000-00000000abcd");
        made.GetProperty("roles").EnumerateArray().Select(r => r.GetString()).ShouldBe(["agent"]);
        made.GetProperty("mustChangePassword").GetBoolean().ShouldBeTrue();

        using var key = await admin.PostAsync(
            "/api/people/keys",
            Json(
                """{ "name": "k", "scopes": ["tasks:read"], "id": "mine", "secret": "mine", "createdBy": "nobody", "permissions": ["users:manage"], "revokedAt": null }"""
            ),
            Ct
        );
        var view = (await key.JsonAsync(Ct)).GetProperty("key");
        view.GetProperty("id").GetString().ShouldNotBe("mine");
        view.GetProperty("createdBy").GetString().ShouldStartWith("admin-");
        view.GetProperty("scopes").EnumerateArray().Select(s => s.GetString()).ShouldBe(["tasks:read"]);
    }

    [Fact]
    public async Task Who_published_is_who_signed_in_whatever_the_definition_says()
    {
        var node = await server.NodeAsync(Ct);
        using var owner = await Crew.ClientAsync(node, "process-owner", Ct);
        using var saved = await owner.SaveAsync(
            Sequence(
                "claimed",
                RunTask("T", "t"),
                """ "publishedBy": "the director", "who": "the director", "isSystem": true, "tenantId": "x", """
            ),
            publish: true,
            Ct
        );
        saved.StatusCode.ShouldBe(HttpStatusCode.OK);

        var publications = await owner.GetStringAsync("/api/definitions/claimed/publications", Ct);

        publications.ShouldContain("process-owner-");
        publications.ShouldNotContain("the director");
    }

    [Fact]
    public async Task Nobody_gives_themselves_more()
    {
        var node = await server.NodeAsync(Ct);
        using var agent = await Crew.ClientAsync(node, "agent", Ct);
        var me = await agent.GetFromJsonAsync<JsonElement>("/api/people/me", Ct);

        using var role = await agent.PutAsync(
            $"/api/people/users/{me.GetProperty("id").GetString()}",
            Json("""{ "version": 1, "person": { "roles": ["admin"] } }"""),
            Ct
        );
        role.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var more = await agent.PostAsync("/api/people/roles", Json("""{ "name": "mine", "permissions": ["users:manage"] }"""), Ct);
        more.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Line_breaks_reach_no_header()
    {
        var node = await server.NodeAsync(Ct);
        var client = await server.ClientAsync(Ct);
        using var saved = await client.PostAsync(
            "/elsa/api/workflow-definitions",
            Json(
                $$"""
                { "publish": true, "model": { "definitionId": "broken-lines", "name": {{JsonSerializer.Serialize(
                    Break + "\"; filename=evil.exe"
                )}},
                  "root": { "id": "root", "type": "Elsa.Sequence", "activities": [ {{RunTask("T", "t")}} ] } } }
                """
            ),
            Ct
        );
        saved.StatusCode.ShouldBe(HttpStatusCode.OK);

        using var export = await client.GetAsync("/elsa/api/workflow-definitions/broken-lines/export", Ct);
        export.StatusCode.ShouldBe(HttpStatusCode.OK);
        Untouched(export);
        export.Content.Headers.ContentDisposition!.ToString().ShouldNotContain("evil.exe\"");

        using var started = await client.PostJsonAsync(
            "/elsa/api/workflow-definitions/broken-lines/execute",
            $$"""{ "correlationId": {{JsonSerializer.Serialize(Break)}}, "name": {{JsonSerializer.Serialize(Break)}} }""",
            Ct
        );
        Untouched(started);
        ((int)started.StatusCode).ShouldBeLessThan(500);

        var context = await node.Server.SendAsync(
            c =>
            {
                c.Request.Method = "GET";
                c.Request.Host = new HostString("localhost");
                c.Request.Path = "/api/people/me";
                c.Request.Headers.Authorization = $"ApiKey {DeploymentKey.Value}";
                c.Request.Headers["X-On-Behalf-Of"] = Break;
            },
            Ct
        );
        context.Response.StatusCode.ShouldBe(StatusCodes.Status400BadRequest);
        context.Response.Headers.SetCookie.Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_stored_script_is_only_ever_text_on_pages()
    {
        var node = await server.NodeAsync(Ct);
        var client = await server.ClientAsync(Ct);
        var text = JsonSerializer.Serialize(Script);
        using var saved = await client.PostAsync(
            "/elsa/api/workflow-definitions",
            Json(
                $$"""
                { "publish": true, "model": { "definitionId": "scripted", "name": {{text}}, "description": {{text}},
                  "variables": [ { "id": "v", "name": "Said", "typeName": "String", "value": {{text}} } ],
                  "root": { "id": "root", "type": "Elsa.Sequence", "name": {{text}}, "activities": [ {{Fault(
                    "F",
                    Script.Replace("\"", "", StringComparison.Ordinal),
                    Script
                )}} ] } } }
                """
            ),
            Ct
        );
        saved.StatusCode.ShouldBe(HttpStatusCode.OK, await saved.Content.ReadAsStringAsync(Ct));
        using var started = await client.PostJsonAsync(
            "/elsa/api/workflow-definitions/scripted/execute",
            $$"""{ "correlationId": {{text}}, "name": {{text}} }""",
            Ct
        );
        var instance = started.Headers.GetValues("x-elsa-workflow-instance-id").Single();

        Guid person;
        using (node.Services.GetRequiredService<Acting>().As(Actor.System))
        {
            person = (
                await node
                    .Services.GetRequiredService<People>()
                    .CreateAsync(
                        "scripted",
                        new()
                        {
                            DisplayName = Script,
                            Roles = ["agent"],
                            Teams = [Script[..40]],
                        },
                        null,
                        Ct
                    )
            ).Person.Id;
            await node.Services.GetRequiredService<ApiKeys>().CreateAsync(new ApiKeyRequest(Script, [Permissions.TasksRead], null), Ct);
            await node.Services.GetRequiredService<Roles>().CreateAsync("scripted", new RoleRequest(Script, [Permissions.TasksRead]), Ct);
        }

        using var admin = await Crew.ClientAsync(node, "admin", Ct);
        string[] addresses =
        [
            "/",
            "/admin/definitions",
            "/admin/definitions/scripted",
            "/admin/definitions/scripted/diff?from=1&to=1",
            "/admin/definitions/scripted/migrate",
            "/admin/instances",
            $"/admin/instances?text={Uri.EscapeDataString(Script)}",
            $"/admin/instances/{instance}",
            "/admin/work",
            "/admin/audit",
            $"/admin/audit?text={Uri.EscapeDataString(Script)}",
            $"/admin/definitions/{Uri.EscapeDataString(Script)}",
            $"/studio/{Uri.EscapeDataString(Script)}",
            "/studio/workflows/definitions/scripted/edit",
            $"/studio/workflows/instances/{instance}/view",
            $"/studio/workflows/definitions/{Uri.EscapeDataString(Script)}/edit",
            $"/admin/{Uri.EscapeDataString(Script)}",
            $"/sign-in/new-password?returnUrl={Uri.EscapeDataString("/" + Script)}",
            "/admin/people",
            $"/admin/people?id={person}",
            "/admin/roles",
            "/account",
            "/admin/keys",
            "/admin/sessions",
            "/admin/jobs",
        ];
        var encoded = 0;

        foreach (var address in addresses)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Add("Accept", "text/html");
            using var answer = await admin.SendAsync(request, Ct);
            var page = await answer.Content.ReadAsStringAsync(Ct);

            ((int)answer.StatusCode).ShouldBeLessThan(500, address);
            page.ShouldNotContain("<script>alert(7)", customMessage: address);
            page.ShouldNotContain("<img src=x", customMessage: address);

            if (page.Contains("&lt;script&gt;alert(7)", StringComparison.Ordinal))
                encoded++;

            // Should one get through all the same, it does not run.
            if (
                answer.Content.Headers.ContentType?.MediaType == "text/html"
                && !address.StartsWith("/admin/jobs", StringComparison.Ordinal)
            )
            {
                answer.Headers.TryGetValues("Content-Security-Policy", out var policies).ShouldBeTrue(address);
                var policy = policies!.ShouldHaveSingleItem().Split(';', StringSplitOptions.TrimEntries);
                var scripts =
                    policy.FirstOrDefault(p => p.StartsWith("script-src ", StringComparison.Ordinal))
                    ?? policy.First(p => p.StartsWith("default-src ", StringComparison.Ordinal));
                scripts.ShouldNotContain("'unsafe-inline'", customMessage: address);
            }
        }

        // The texts were there to be seen, or the test would see nothing at all.
        encoded.ShouldBeGreaterThanOrEqualTo(4);
    }

    [Fact]
    public async Task A_page_that_a_workflow_answers_with_cannot_act_as_who_looks_at_it()
    {
        var node = await server.NodeAsync(Ct);
        var client = await server.ClientAsync(Ct);
        var reply = $$"""
            { "id": "R", "type": "Elsa.WriteHttpResponse", "content": {{Literal(
                "<script>fetch('/api/people/keys')</script>"
            )}}, "contentType": {{Literal("text/html")}},
              "responseHeaders": {{Of("JavaScript", "({ 'Content-Security-Policy': [\"script-src 'unsafe-inline'\"] })")}} }
            """;
        await client.PublishAsync(Ct, Sequence("page", $"{Endpoint("E", "page", methods: "GET")}, {reply}"));
        using var admin = await Crew.ClientAsync(node, "admin", Ct);

        using var answer = await admin.GetAsync("/workflows/page", Ct);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync(Ct)).ShouldContain("<script>");

        // An origin of its own: neither the cookie nor the pages of the product are within its reach.
        var policies = answer.Headers.GetValues("Content-Security-Policy").ToArray();
        policies.ShouldContain(p =>
            p.Contains("sandbox", StringComparison.Ordinal) && !p.Contains("allow-same-origin", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Answers_for_programs_are_never_taken_for_pages()
    {
        using var admin = await Crew.ClientAsync(await server.NodeAsync(Ct), "admin", Ct);

        foreach (var address in new[] { "/elsa/api/workflow-definitions", "/api/people/users", "/api/people/users/x", "/health/live" })
        {
            using var answer = await admin.GetAsync(address, Ct);
            answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
            answer.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'");
            (answer.Content.Headers.ContentType?.MediaType).ShouldNotBe("text/html");
        }
    }

    private static void Untouched(HttpResponseMessage answer)
    {
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();

        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
            values.ShouldAllBe(v => !v.Any(c => c == '\r' || c == '\n'), name);
    }

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");
}
