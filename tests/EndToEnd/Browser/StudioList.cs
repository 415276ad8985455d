using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace ServiceLoop.EndToEnd.Tests.Browser;

/// <summary>One of Studio's lists, worked with the mouse.</summary>
/// <param name="visit">The window; it shows a list.</param>
internal sealed class StudioList(Visit visit)
{
    private readonly IPage page = visit.Page;

    /// <summary>What the frame says when the server refused something.</summary>
    public ILocator Refusal => page.Locator("#refusal");

    /// <summary>Opens the list of definitions.</summary>
    /// <remarks>When it has come, it writes its page into the address, and that closes every dialog and menu; so a person, too, waits for it.</remarks>
    public async Task OpenAsync()
    {
        await visit.OpenStudioAsync("/studio/");
        await page.WaitForURLAsync(new Regex("/studio/[?]page=", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await visit.RestAsync();
    }

    /// <summary>Opens the list of definitions with those alone that a text finds: there may be more than a page of others.</summary>
    public async Task FindAsync(string text)
    {
        await OpenAsync();
        // What is typed before the first answer is forgotten.
        await page.Locator("tbody tr button").First.WaitForAsync();
        await page.RunAndWaitForResponseAsync(
            () => page.GetByPlaceholder("Search on Id").FillAsync(text),
            r => r.Url.Contains($"SearchTerm={Uri.EscapeDataString(text)}", StringComparison.Ordinal)
        );
        await Row(text).First.WaitForAsync();
    }

    /// <summary>The row with a text.</summary>
    public ILocator Row(string text) => page.Locator("tbody tr", new() { HasText = text });

    /// <summary>Waits until a row of the list of definitions shows its published version: a menu that is open while the list is drawn anew loses its click.</summary>
    /// <param name="row">Text in the row.</param>
    /// <param name="version">Its number; a hyphen for none.</param>
    public Task ShowsPublishedAsync(string row, string version) =>
        Assertions.Expect(Row(row).First.Locator("td").Nth(4)).ToHaveTextAsync(version);

    /// <summary>Chooses from the menu of a row.</summary>
    public async Task ChooseAsync(string row, string item)
    {
        await Row(row).Locator("button").Last.ClickAsync();
        await PickAsync(item);
    }

    /// <summary>Ticks rows.</summary>
    public async Task TickAsync(params string[] rows)
    {
        foreach (var row in rows)
            await Row(row).Locator("input[type=checkbox]").ClickAsync();
    }

    /// <summary>Chooses from the menu for all rows that are ticked.</summary>
    public async Task BulkAsync(string item)
    {
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("bulk actions", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1)) })
            .ClickAsync();
        await PickAsync(item);
    }

    /// <summary>Presses the last button of the dialog that is open: it does what the dialog asks about.</summary>
    public Task ConfirmAsync() => page.Locator(".mud-dialog-actions button").Last.ClickAsync();

    /// <summary>Does something and waits for the server's answer.</summary>
    /// <returns>Its status.</returns>
    public async Task<int> AnsweredAsync(string method, string pathEnd, Func<Task> act) =>
        (
            await page.RunAndWaitForResponseAsync(
                act,
                r => r.Request.Method == method && new Uri(r.Url).AbsolutePath.EndsWith(pathEnd, StringComparison.Ordinal)
            )
        ).Status;

    /// <summary>Waits for a short message of Studio.</summary>
    public Task SaysAsync(string text) =>
        Assertions.Expect(page.Locator(".mud-snackbar", new() { HasText = text }).First).ToBeVisibleAsync();

    private Task PickAsync(string item) => page.Locator(".mud-popover-open").GetByText(item, new() { Exact = true }).First.ClickAsync();
}
