using System.Net;

namespace ServiceLoop.Workflows.Tests.Auth.OpenIdConnect;

/// <summary>The authority is away, or the settings want it otherwise.</summary>
public sealed class AuthorityOutageTests(AuthorityHouse house) : IClassFixture<AuthorityHouse>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_starts_while_the_authority_is_away_and_lets_people_in_when_it_is_back()
    {
        house.Authority.Reset();
        house.Seat("patient", "desk");
        await house.Authority.StopAsync();
        await using var node = await house.OpenAsync();
        using var browser = AuthorityHouse.Browser(node);

        (await browser.GetStringAsync("/health/live", Ct)).ShouldNotBeEmpty();
        using var refused = await browser.GetAsync("/sign-in/elsewhere?returnUrl=%2Faccount", Ct);

        refused.Headers.Location!.ToString().ShouldBe("/sign-in?problem=Down&returnUrl=%2Faccount");
        var page = await browser.GetStringAsync(refused.Headers.Location, Ct);
        page.ShouldContain("Stadtwerke does not answer");
        page.ShouldContain("returnUrl=%2Faccount\">Sign in with Stadtwerke");

        await house.Authority.StartAsync(Ct);
        using var entered = await house.SignInAsync(browser);
        AuthorityHouse.HasSession(entered).ShouldBeTrue();
    }

    [Fact]
    public async Task An_authority_that_goes_away_on_the_way_is_told_of_on_the_sign_in_page()
    {
        house.Authority.Reset();
        house.Seat("unlucky", "desk");
        await using var node = await house.OpenAsync();
        using var browser = AuthorityHouse.Browser(node);
        var way = await house.AskAsync(browser, "/account");
        await house.Authority.StopAsync();

        try
        {
            using var answer = await browser.GetAsync(way, Ct);

            AuthorityHouse.HasSession(answer).ShouldBeFalse();
            answer.Headers.Location!.ToString().ShouldBe("/sign-in?problem=Down&returnUrl=%2Faccount");
        }
        finally
        {
            await house.Authority.StartAsync(Ct);
        }
    }

    [Fact]
    public async Task Where_people_are_not_made_only_those_come_in_who_have_been_here()
    {
        house.Authority.Reset();
        await using var node = await house.OpenAsync(("People:OpenIdConnect:CreatePeople", "false"));
        house.Seat("known", "desk");
        using var before = house.Browser();
        (await house.SignInAsync(before)).Dispose();
        using var browser = AuthorityHouse.Browser(node);

        using var known = await house.SignInAsync(browser);
        house.Seat("unknown", "desk");
        using var stranger = AuthorityHouse.Browser(node);
        using var unknown = await house.SignInAsync(stranger);

        AuthorityHouse.HasSession(known).ShouldBeTrue();
        AuthorityHouse.HasSession(unknown).ShouldBeFalse();
        (await stranger.GetStringAsync(unknown.Headers.Location, Ct)).ShouldContain("you have no account here");
        (await house.FindAsync("unknown")).ShouldBeNull();
    }

    [Fact]
    public async Task A_role_of_the_map_that_does_not_exist_here_counts_for_nothing()
    {
        house.Authority.Reset();
        await using var node = await house.OpenAsync(("People:OpenIdConnect:RoleMap:odd", "no-such-role"));
        house.Seat("odd", "odd");
        using var browser = AuthorityHouse.Browser(node);

        using var answer = await house.SignInAsync(browser);

        answer.Headers.Location!.ToString().ShouldBe("/sign-in?problem=NoRole");
    }

    [Fact]
    public async Task Roles_may_lie_within_another_claim()
    {
        house.Authority.Reset();
        await using var node = await house.OpenAsync(("People:OpenIdConnect:RoleClaim", "realm_access.roles"));
        house.Seat("nested");
        house.Authority.Guest["realm_access"] = new System.Text.Json.Nodes.JsonObject
        {
            ["roles"] = new System.Text.Json.Nodes.JsonArray("other", "desk"),
        };
        using var browser = AuthorityHouse.Browser(node);

        using var answer = await house.SignInAsync(browser);

        AuthorityHouse.HasSession(answer).ShouldBeTrue();
        (await house.FindAsync("nested"))!.Roles.ShouldBe(["agent"]);
    }

    [Fact]
    public async Task Without_an_authority_in_the_settings_there_is_no_way_to_one()
    {
        await using var server = new TestServer();
        using var browser = await server.StrangerAsync(Ct);

        (await browser.GetStringAsync("/sign-in", Ct)).ShouldNotContain("elsewhere");

        foreach (var path in (string[])["/sign-in/elsewhere", "/sign-in/elsewhere/return?code=1&state=2"])
        {
            using var answer = await browser.GetAsync(path, Ct);
            answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
            answer.Headers.Location!.ToString().ShouldBe("/sign-in");
        }
    }
}
