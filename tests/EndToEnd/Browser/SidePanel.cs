using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace ServiceLoop.EndToEnd.Tests.Browser;

/// <summary>The tabs beside Studio's canvas: variables, inputs, outputs and outcomes of the workflow.</summary>
/// <param name="visit">The window; it shows an editor.</param>
internal sealed class SidePanel(Visit visit)
{
    private readonly IPage page = visit.Page;

    /// <summary>The editor, for the time after a change.</summary>
    private readonly FlowEditor editor = new(visit);

    /// <summary>What the open tab shows.</summary>
    public ILocator Content => page.Locator(".mud-tab-panel:visible").Last;

    private ILocator Dialog => page.Locator(".mud-dialog");

    /// <summary>Opens a tab: Properties, Variables, Input/Output.</summary>
    public Task OpenAsync(string tab) => page.Locator(".mud-tab", new() { HasTextRegex = Exactly(tab) }).Last.ClickAsync();

    /// <summary>A line of a table of the open tab.</summary>
    public ILocator Line(string name) => page.Locator("tr:visible", new() { Has = page.GetByText(name, new() { Exact = true }) });

    /// <summary>Adds a variable.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Name of its type in the list.</param>
    /// <param name="isArray">Whether it holds a list.</param>
    /// <param name="value">Its default; null for none.</param>
    /// <param name="driver">Where it is kept; null for what is offered.</param>
    /// <param name="picture">Name of a picture to take of the dialog; null for none.</param>
    public async Task AddVariableAsync(string name, string type, bool isArray, string? value, string? driver = null, string? picture = null)
    {
        await BeginAsync("Add variable", name, type, isArray);

        if (value is not null)
            await Control("Default value").Locator("input").FillAsync(value);

        if (driver is not null)
            await ChooseAsync("Storage", driver);

        if (picture is not null)
            await visit.ShowAsync(picture, "A new variable with its default and its storage");

        await EndAsync();
    }

    /// <summary>Adds an input.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Name of its type in the list.</param>
    /// <param name="hint">Name of its editor in the list.</param>
    public async Task AddInputAsync(string name, string type, string hint)
    {
        await BeginAsync("Add input", name, type);
        await Control("Display name").Locator("input").FillAsync(name);
        await ChooseAsync("UI Hint", hint);
        await visit.ShowAsync("studio-input-dialog", "A new input of the workflow");
        await EndAsync();
    }

    /// <summary>Adds an output.</summary>
    public async Task AddOutputAsync(string name, string type)
    {
        await BeginAsync("Add output", name, type);
        await Control("Display name").Locator("input").FillAsync(name);
        await visit.ShowAsync("studio-output-dialog", "A new output of the workflow");
        await EndAsync();
    }

    /// <summary>Adds an outcome.</summary>
    public async Task AddOutcomeAsync(string name)
    {
        var field = page.Locator(".mud-input-control", new() { Has = page.Locator("label", new() { HasTextRegex = Exactly("Outcomes") }) })
            .Last.Locator("input")
            .First;
        await field.FillAsync(name);
        await editor.SavingAsync(() => field.PressAsync("Enter"));
        await editor.SettledAsync();
    }

    private async Task BeginAsync(string button, string name, string type, bool isArray = false)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        var field = Control("Name").Locator("input");
        // Studio proposes a name as soon as it has found one that is free.
        await Assertions.Expect(field).Not.ToHaveValueAsync("");
        await field.FillAsync(name);
        await ChooseAsync("Type", type);
        await Assertions.Expect(field).ToHaveValueAsync(name);

        if (isArray)
            await Dialog.Locator("input[type=checkbox]").ClickAsync();
    }

    private async Task EndAsync()
    {
        await editor.SavingAsync(() => Dialog.GetByRole(AriaRole.Button, new() { Name = "Ok", Exact = true }).ClickAsync());
        await Dialog.WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await editor.SettledAsync();
    }

    private async Task ChooseAsync(string label, string item)
    {
        await Control(label).Locator(".mud-select-input, .mud-select-input-extended").First.ClickAsync();
        await page.Locator(".mud-popover-open .mud-list-item, .mud-popover-open .mud-list-item-extended")
            .GetByText(item, new() { Exact = true })
            .ClickAsync();
        await Assertions.Expect(page.Locator(".mud-popover-open")).ToHaveCountAsync(0);
    }

    private ILocator Control(string label) =>
        Dialog.Locator(".mud-input-control", new() { Has = page.Locator("label", new() { HasTextRegex = Exactly(label) }) }).Last;

    private static Regex Exactly(string text) => new($@"^\s*{Regex.Escape(text)}\s*$", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));
}
