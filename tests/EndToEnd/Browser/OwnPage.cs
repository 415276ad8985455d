using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace ServiceLoop.EndToEnd.Tests.Browser;

/// <summary>One of our own pages, worked as a person does: by what stands on it.</summary>
/// <param name="visit">The window.</param>
internal sealed class OwnPage(Visit visit)
{
    public IPage Page => visit.Page;

    /// <summary>Rows of the first list.</summary>
    public ILocator Rows => Page.Locator("main .table, [role=main] .table").First.Locator("tbody > tr");

    /// <summary>The dialog on top.</summary>
    public ILocator Dialog => Page.Locator(".mud-dialog").Last;

    /// <summary>Opens a page and waits until it shows what it asked for; only then it hears clicks.</summary>
    public async Task OpenAsync(string path)
    {
        await visit.GoAsync(path);
        await IsThereAsync();
    }

    /// <summary>Waits until the page shows what it asked for.</summary>
    public async Task IsThereAsync()
    {
        await Page.Locator("h1").First.WaitForAsync();
        await Assertions.Expect(Page.Locator(".mud-skeleton")).ToHaveCountAsync(0);
        await Assertions.Expect(Page.Locator(".diagram-view:not([transform])")).ToHaveCountAsync(0);
    }

    /// <summary>Waits until the address has such a part.</summary>
    public Task IsAtAsync(string part) =>
        Assertions.Expect(Page).ToHaveURLAsync(new Regex(Regex.Escape(part), RegexOptions.None, TimeSpan.FromSeconds(1)));

    /// <summary>Presses a button of the page.</summary>
    public Task PressAsync(string name) => Button(Page.Locator("#content"), name).ClickAsync();

    /// <summary>Presses a button of the dialog on top.</summary>
    public Task PressInDialogAsync(string name) => Button(Dialog, name).ClickAsync();

    /// <summary>Answers a dialog and waits until it has gone.</summary>
    public async Task AnswerAsync(string name)
    {
        await PressInDialogAsync(name);
        await Assertions.Expect(Page.Locator(".mud-dialog")).ToHaveCountAsync(0);
    }

    /// <summary>Chooses an entry of a menu that a button opens.</summary>
    public async Task ChooseAsync(string menu, string entry)
    {
        await Button(Page.Locator("#content"), menu).ClickAsync();
        await Popover().GetByRole(AriaRole.Menuitem, new() { Name = entry, Exact = true }).ClickAsync();
    }

    /// <summary>Chooses an option of a list that opens.</summary>
    public async Task SelectAsync(string label, string option)
    {
        await Page.Locator(".mud-select", new() { HasText = label }).Locator(".mud-input-control").First.ClickAsync();
        await Popover().Locator(".mud-list-item", new() { HasTextRegex = Whole(option) }).ClickAsync();
        await Assertions.Expect(Page.Locator(".mud-popover-open .mud-list-item")).ToHaveCountAsync(0);
    }

    /// <summary>Waits for a message at the edge, and sends it away.</summary>
    public async Task IsSaidAsync(string text)
    {
        var said = Page.Locator(".mud-snackbar", new() { HasText = text }).First;
        await said.WaitForAsync();
        await said.Locator("button").First.ClickAsync();
        await Assertions.Expect(Page.Locator(".mud-snackbar", new() { HasText = text })).ToHaveCountAsync(0);
    }

    /// <summary>What makes the page wider than its window.</summary>
    public async Task<IReadOnlyList<string>> TooWideAsync() =>
        await Page.EvaluateAsync<string[]>(
            """
            () => {
              const width = document.documentElement.clientWidth;
              if (document.documentElement.scrollWidth <= width) return [];
              return [...document.body.querySelectorAll("*")]
                .filter(e => e.getBoundingClientRect().right > width + 1 && ![...e.children].some(c => c.getBoundingClientRect().right > width + 1))
                .slice(0, 5).map(e => e.outerHTML.slice(0, 160)).concat(`${document.documentElement.scrollWidth} > ${width}`);
            }
            """
        );

    /// <summary>Takes a picture for the gallery.</summary>
    public Task ShowAsync(string name, string title) => visit.ShowAsync(name, title);

    private ILocator Popover() => Page.Locator(".mud-popover-open").Last;

    private static ILocator Button(ILocator within, string name) =>
        within
            .GetByRole(AriaRole.Button, new() { Name = name, Exact = true })
            .Or(within.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }))
            .First;

    private static Regex Whole(string text) => new($@"^\s*{Regex.Escape(text)}\s*$", RegexOptions.None, TimeSpan.FromSeconds(1));
}
