using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace ServiceLoop.EndToEnd.Tests.Browser;

/// <summary>The panel below Studio's canvas: the inputs and outputs of the selected step, set as a person does.</summary>
/// <param name="visit">The window; a step is selected in it.</param>
internal sealed class InputPanel(Visit visit)
{
    // What a person sees of an editor: its text, what stands in its fields, and its ticks.
    private const string See = """
        place => [
          place.innerText,
          ...[...place.querySelectorAll('input:not([type=checkbox]):not([type=radio]), textarea')].map(field => field.value),
          ...[...place.querySelectorAll('input:checked')].map(tick => '[x] ' + (tick.closest('label')?.innerText ?? '')),
        ].join('\n').replaceAll('\u00a0', ' ')
        """;

    private readonly IPage page = visit.Page;

    /// <summary>All inputs of the step.</summary>
    public ILocator Form => page.Locator("form.mud-form");

    private ILocator Popover => page.Locator(".mud-popover-open");

    /// <summary>The editor of an input by its label.</summary>
    public ILocator Row(string label) =>
        Form.Locator("> [role=group] > *").Filter(new() { Has = page.Locator("label", new() { HasTextRegex = Exactly(label) }) }).First;

    /// <summary>Types into the field of an input and leaves it.</summary>
    public async Task TypeAsync(string label, string text)
    {
        var field = Row(label).Locator("input.mud-input-slot:visible, textarea.mud-input-slot:visible").First;
        await field.FillAsync(text);
        await field.PressAsync("Tab");
    }

    /// <summary>Ticks or unticks a box: of an input by its label, or one of its values.</summary>
    public Task TickAsync(string text) => Form.GetByText(text, new() { Exact = true }).ClickAsync();

    /// <summary>Chooses from the list of an input.</summary>
    public async Task ChooseAsync(string label, string item)
    {
        await Row(label).Locator(".mud-select-input-extended").First.ClickAsync();
        await PickAsync(item);
    }

    /// <summary>Adds an entry to an input that holds many.</summary>
    public async Task AddAsync(string label, string entry)
    {
        var field = Row(label).Locator("input.mud-input-slot:visible");
        await field.FillAsync(entry);
        await field.PressAsync("Enter");
    }

    /// <summary>Adds a line to the table of the form.</summary>
    /// <param name="button">The button that begins a line.</param>
    /// <param name="name">First column.</param>
    /// <param name="value">Second column.</param>
    /// <param name="syntax">Third column: the language of the value.</param>
    public async Task AddLineAsync(string button, string name, string value, string syntax)
    {
        await Form.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        var cells = Form.Locator("tbody tr").Last.Locator("td");
        await cells.Nth(1).Locator("input").FillAsync(name);
        await cells.Nth(2).Locator("input").FillAsync(value);
        await cells.Nth(3).Locator(".mud-select-input").First.ClickAsync();
        await PickAsync(syntax);
        await cells.First.Locator("button").First.ClickAsync();
    }

    /// <summary>Writes into a code editor, over what stands there.</summary>
    public async Task WriteAsync(string label, string code)
    {
        await Row(label).Locator(".monaco-editor .view-lines").ClickAsync();
        await page.Keyboard.PressAsync("Control+A");
        await page.Keyboard.TypeAsync(code);
    }

    /// <summary>Types a date, opens the clock and types a time, as this browser's language writes them.</summary>
    public async Task SetMomentAsync(string label, string date, string time)
    {
        var fields = Form.Locator(".mud-picker input");
        await fields.First.FillAsync(date);
        await fields.First.PressAsync("Tab");
        await Form.GetByTitle("Show TimePicker").ClickAsync();
        await Row($"{label} (Time)").WaitForAsync();
        await fields.Nth(1).FillAsync(time);
        await fields.Nth(1).PressAsync("Tab");
    }

    /// <summary>Switches an input to another language; <c>Default</c> is the editor itself.</summary>
    public async Task SwitchAsync(string label, string language)
    {
        await Row(label).Locator(".mud-menu button").First.ClickAsync();
        await PickAsync(language);
    }

    /// <summary>Shows the inputs or the outputs.</summary>
    public Task OpenTabAsync(string name) => page.Locator(".mud-tab", new() { HasTextRegex = Exactly(name) }).First.ClickAsync();

    /// <summary>Binds an output of the step to a variable or an output of the workflow.</summary>
    public async Task BindAsync(string output, string target)
    {
        await OpenTabAsync("Output");
        await page.Locator(".mud-input-control", new() { Has = page.Locator("label", new() { HasTextRegex = Exactly(output) }) })
            .Last.Locator(".mud-select-input")
            .First.ClickAsync();
        await PickAsync(target);
    }

    /// <summary>Waits until an editor shows a text; fields, lists, code and ticks count.</summary>
    /// <param name="label">Label of the input; null for an editor without, the table of the form.</param>
    /// <param name="text">Part of what is seen; a ticked box is <c>[x] text</c>.</param>
    public async Task ShowsAsync(string? label, string text)
    {
        var place = label is null ? Form : Row(label);
        await place.WaitForAsync();
        var seen = "";

        for (var wait = 0; wait < 100; wait++)
        {
            seen = await place.EvaluateAsync<string>(See);

            if (seen.Contains(text, StringComparison.Ordinal))
                return;

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        seen.ShouldContain(text, customMessage: $"The editor '{label}' does not show it.");
    }

    private Task PickAsync(string item) =>
        Popover.Locator(".mud-list-item, .mud-list-item-extended, .mud-menu-item").GetByText(item, new() { Exact = true }).ClickAsync();

    private static Regex Exactly(string text) => new($@"^\s*{Regex.Escape(text)}\s*$", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));
}
