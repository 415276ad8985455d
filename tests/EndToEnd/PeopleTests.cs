using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;
using static Microsoft.Playwright.Assertions;

namespace ServiceLoop.EndToEnd.Tests;

/// <summary>People from their making to the end of their session, by the pages alone.</summary>
public sealed class PeopleTests(House house)
{
    private const string NewPassword = "grace and her compiler";

    [Fact]
    public Task Somebody_is_made_signs_in_sees_what_she_may_and_is_thrown_out() =>
        house.VisitAsync(async admin =>
        {
            var first = await MakeAsync(admin, "grace");

            await house.VisitAsync(
                async her =>
                {
                    await SignInAsync(her, "grace", first);
                    await Expect(her.Page.Locator("#again")).ToBeVisibleAsync();
                    await her.Page.FillAsync("#old", first);
                    await her.Page.FillAsync("#new", NewPassword);
                    await her.Page.FillAsync("#again", NewPassword);
                    await her.Page.ClickAsync("button[type=submit]");

                    // She may look at definitions, and not at people.
                    await Expect(her.Page.Locator(".nav-list a[href='/admin/definitions']")).ToBeVisibleAsync();
                    await Expect(her.Page.Locator(".nav-list a[href='/admin/people']")).ToHaveCountAsync(0);
                    her.Expect(403, "/admin/people");
                    await her.GoAsync("/admin/people");
                    await Expect(her.Page.Locator("h1")).ToHaveTextAsync("Your roles do not allow this");
                    await her.GoAsync("/account");
                    await Expect(her.Page.Locator("tbody tr")).ToHaveCountAsync(1);
                    await her.ShowAsync("account", "One's own account");

                    await admin.GoAsync("/admin/sessions");
                    var row = admin.Page.Locator("tbody tr").Filter(new() { HasText = "grace" });
                    await Expect(row).ToBeVisibleAsync();
                    await admin.ShowAsync("sessions", "Who is signed in");
                    await row.GetByRole(AriaRole.Button, new() { Name = "End" }).ClickAsync();
                    await Expect(row).ToHaveCountAsync(0);

                    // Whatever she does next leads to the sign-in.
                    await her.Page.ClickAsync(".nav-list a[href='/admin/definitions']");
                    await Expect(her.Page.Locator("#password")).ToBeVisibleAsync();
                },
                new VisitOptions { IsSignedIn = false }
            );
        });

    [Fact]
    public Task Signing_out_is_one_choice_in_the_menu_of_the_user() =>
        house.VisitAsync(async admin =>
        {
            var first = await MakeAsync(admin, "henry");

            await house.VisitAsync(
                async his =>
                {
                    await SignInAsync(his, "henry", first);
                    await his.Page.FillAsync("#old", first);
                    await his.Page.FillAsync("#new", NewPassword);
                    await his.Page.FillAsync("#again", NewPassword);
                    await his.Page.ClickAsync("button[type=submit]");

                    await Expect(his.Page.Locator("a.tile strong").First).ToBeVisibleAsync();
                    await his.Page.Locator(".user-menu button").ClickAsync();
                    await his.ShowAsync("user-menu", "The menu of the user");
                    await his.Page.Locator(".user-out button").ClickAsync();

                    await Expect(his.Page.Locator("#password")).ToBeVisibleAsync();
                    await his.GoAsync("/account");
                    await Expect(his.Page.Locator("#password")).ToBeVisibleAsync();
                },
                new VisitOptions { IsSignedIn = false }
            );
        });

    [Theory]
    [InlineData("en-US", false, false)]
    [InlineData("zh-CN", true, false)]
    [InlineData("zh-CN", false, true)]
    public Task The_pages_of_people_are_shown(string language, bool isDark, bool isPhone) =>
        house.VisitAsync(
            async visit =>
            {
                foreach (var name in new[] { "people", "roles", "keys", "sessions" })
                {
                    await visit.GoAsync($"/admin/{name}");
                    await Expect(visit.Page.Locator(".table tbody tr, .matrix tbody tr, .nothing").First).ToBeVisibleAsync();
                    await visit.ShowAsync($"page-{name}", $"The page of {name}");
                    (await visit.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth + 1")).ShouldBeTrue(
                        $"{name} is wider than its window"
                    );
                }

                await visit.GoAsync("/account");
                await Expect(visit.Page.Locator("tbody tr").First).ToBeVisibleAsync();
                await visit.Page.Locator("section.card").Last.GetByRole(AriaRole.Button).ClickAsync();
                await visit.Page.Locator(".mud-dialog input[type=password]").FillAsync(House.Password);
                await visit.Page.Locator(".mud-dialog .mud-button-filled").ClickAsync();
                await Expect(visit.Page.Locator("svg.qr")).ToBeVisibleAsync();
                await visit.ShowAsync("second-factor", "A second factor is set up");
            },
            new VisitOptions
            {
                Language = language,
                IsDark = isDark,
                Size = isPhone ? VisitOptions.Phone : VisitOptions.Desktop,
            }
        );

    /// <summary>Makes an agent.</summary>
    /// <returns>The password that is shown once.</returns>
    private static async Task<string> MakeAsync(Visit admin, string name)
    {
        await admin.GoAsync("/admin/people");

        // Rows come with the circuit; before, buttons are a picture.
        await Expect(admin.Page.Locator("tbody tr").First).ToBeVisibleAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "New user" }).ClickAsync();
        await admin.Page.GetByLabel("User name").FillAsync(name);
        await admin.Page.GetByLabel("Agent", new() { Exact = true }).CheckAsync();
        await admin.ShowAsync("new-person", "Somebody new");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        var secret = admin.Page.Locator(".mud-dialog .secret");
        await Expect(secret).ToBeVisibleAsync();
        await admin.ShowAsync("first-password", "A first password, shown once");
        var password = await secret.InnerTextAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "I have kept it" }).ClickAsync();
        await Expect(admin.Page.Locator("tbody tr").Filter(new() { HasText = name })).ToBeVisibleAsync();
        return password.Trim();
    }

    private static async Task SignInAsync(Visit visit, string name, string password)
    {
        await visit.GoAsync("/");
        await visit.Page.FillAsync("#name", name);
        await visit.Page.FillAsync("#password", password);
        await visit.Page.ClickAsync("button[type=submit]");
    }
}
