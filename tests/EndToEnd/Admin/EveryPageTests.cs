using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests.Admin;

/// <summary>Every page of ours, in both languages, at a desk and in a hand, by day and by night; each is kept for the gallery, where people look at it.</summary>
public sealed class EveryPageTests(House house)
{
    public static TheoryData<string, bool, bool> Windows =>
        new()
        {
            { "en-US", false, false },
            { "zh-CN", true, true },
            { "zh-CN", false, true },
            { "en-US", true, false },
        };

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task Nothing_is_shut_to_anybody_nor_wider_than_the_window_nor_in_the_other_language(
        string language,
        bool isPhone,
        bool isDark
    )
    {
        var exhibits = await Exhibits.PrepareAsync(house);

        await house.VisitAsync(
            async visit =>
            {
                var page = new OwnPage(visit);
                var wrong = new List<string>();

                foreach (var (path, name, title) in exhibits.Pages)
                {
                    await page.OpenAsync(path);
                    await page.ShowAsync(name, title);
                    await NoteAsync(path);
                }

                wrong.ShouldBeEmpty();

                async Task NoteAsync(string where)
                {
                    wrong.AddRange((await Axe.ViolationsAsync(page.Page)).Select(v => $"{where}: {v}"));
                    wrong.AddRange((await page.TooWideAsync()).Select(v => $"{where}: wider than the window: {v}"));

                    if (language == "zh-CN")
                        wrong.AddRange((await LeftOvers.FindAsync(page.Page)).Select(v => $"{where}: English: {v}"));
                }
            },
            Options(language, isPhone, isDark)
        );
    }

    [Theory]
    [InlineData("en-US", false)]
    [InlineData("zh-CN", true)]
    public Task Before_there_is_an_answer_its_place_is_shown(string language, bool isDark) =>
        house.VisitAsync(
            async visit =>
            {
                // A browser to which the script does not come: what the server drew first stays.
                await visit.Page.RouteAsync(
                    "**/blazor.web*.js",
                    route => route.FulfillAsync(new() { ContentType = "text/javascript", Body = "" })
                );
                await visit.GoAsync("/admin/instances");

                await Assertions.Expect(visit.Page.Locator(".mud-skeleton").First).ToBeVisibleAsync();
                (await Axe.ViolationsAsync(visit.Page)).ShouldBeEmpty();
                await visit.ShowAsync("admin-loading", "A page that has asked and has no answer yet");
            },
            Options(language, isPhone: false, isDark)
        );

    [Fact]
    public Task What_is_wrong_is_found() =>
        house.VisitAsync(async visit =>
        {
            var page = new OwnPage(visit);
            await page.OpenAsync("/admin/work");

            await page.Page.EvaluateAsync(
                """
                () => {
                  document.querySelector("h1").style.color = "#dddddd";
                  document.querySelector("h1").style.minWidth = "3000px";
                }
                """
            );

            (await Axe.ViolationsAsync(page.Page)).ShouldContain(v => v.StartsWith("color-contrast", StringComparison.Ordinal));
            (await page.TooWideAsync()).ShouldNotBeEmpty();
            await page.Page.EvaluateAsync("() => document.documentElement.lang = 'zh-CN'");
            (await LeftOvers.FindAsync(page.Page)).ShouldContain("Failed work");
        });

    private static VisitOptions Options(string language, bool isPhone, bool isDark) =>
        new()
        {
            Language = language,
            Size = isPhone ? VisitOptions.Phone : VisitOptions.Desktop,
            IsDark = isDark,
        };
}
