using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceLoop.EndToEnd.Tests.Browser;
using ServiceLoop.Workflows.Tests;

namespace ServiceLoop.EndToEnd.Tests;

/// <summary>Every editor that Studio has for the inputs of our activities, worked by hand: stored, shown again, and with effect.</summary>
public sealed class InputsTests(House house)
{
    private readonly Doors doors = new(house.Client);

    private IReadOnlyList<HandStep> Steps => InputSteps.Of(house.Address, $"ApiKey {DeploymentKey.Value}");

    [Fact]
    public async Task Every_editor_that_the_server_asks_for_is_worked_by_hand_below()
    {
        var (editors, languages) = await AskedAsync();

        editors
            .Values.Union(languages, StringComparer.Ordinal)
            .Except(Steps.Concat(LanguageSteps.All).Select(s => s.Hint), StringComparer.Ordinal)
            .ShouldBeEmpty();

        // A step that works another editor than its input asks for would prove nothing.
        foreach (var step in Steps)
            editors[$"{InputSteps.Activities.First(a => a.Name == step.Step).Type}.{step.Member}"].ShouldBe(step.Hint);
    }

    [Fact]
    public async Task An_input_is_written_in_every_language_and_as_a_literal_again()
    {
        await PrepareLanguagesAsync();

        await house.VisitAsync(
            async visit =>
            {
                await visit.OpenStudioAsync($"/studio/workflows/definitions/{LanguageSteps.Flow}/edit");
                var editor = new FlowEditor(visit);
                var panel = new InputPanel(visit);
                await editor.IsThereAsync();

                foreach (var step in LanguageSteps.All)
                {
                    await editor.SelectAsync(step.Step);

                    foreach (var language in LanguageSteps.Through(step))
                    {
                        await SwitchAsync(visit, editor, panel, language);
                        await editor.SettledAsync();
                    }

                    await step.SetAsync(panel);
                    await doors.UntilAsync(() => doors.LatestAsync(LanguageSteps.Flow), step.IsIn);
                    await editor.SettledAsync();
                    await visit.ShowAsync($"studio-language-{step.Step}", $"An input of {step.Step}, in its language");
                }

                await visit.Page.ReloadAsync();
                await editor.IsThereAsync();

                foreach (var step in LanguageSteps.All)
                {
                    await editor.SelectAsync(step.Step);
                    await panel.ShowsAsync(step.Label, step.Shown);
                }

                await editor.SavingAsync(editor.PublishAsync);
            },
            VisitOptions.Tall
        );

        var given = await doors.GivenAsync(await doors.RunAsync(LanguageSteps.Flow, new JsonObject { ["Who"] = "me" }));
        foreach (var (step, text) in LanguageSteps.Texts)
            given[step].GetProperty("Text").GetString().ShouldBe(text, step);
    }

    [Fact]
    public async Task Inputs_set_by_hand_are_stored_shown_again_and_have_effect()
    {
        await PrepareAsync();

        await house.VisitAsync(
            async visit =>
            {
                await visit.OpenStudioAsync($"/studio/workflows/definitions/{InputSteps.Flow}/edit");
                var editor = new FlowEditor(visit);
                var panel = new InputPanel(visit);
                await editor.IsThereAsync();

                foreach (var steps in Steps.GroupBy(s => s.Step))
                    await SetAsync(visit, editor, panel, [.. steps]);

                foreach (var (from, port, to) in InputSteps.Lines)
                {
                    await editor.SavingAsync(() => editor.ConnectAsync(from, port, to));
                    await editor.SettledAsync();
                }

                await editor.SelectAsync("Call");
                await editor.SavingAsync(() => panel.BindAsync("Parsed Content", "Reply"));
                await editor.SettledAsync();
                await visit.ShowAsync("studio-inputs", "A flow whose inputs were all set by hand; an output is bound to a variable");

                await visit.Page.ReloadAsync();
                await editor.IsThereAsync();

                foreach (var steps in Steps.GroupBy(s => s.Step))
                {
                    await editor.SelectAsync(steps.Key);

                    foreach (var step in steps)
                        await panel.ShowsAsync(step.Label, step.Shown);
                }

                await editor.SavingAsync(editor.PublishAsync);
            },
            VisitOptions.Tall
        );

        await ShouldHaveEffectAsync();
    }

    /// <summary>Sets the inputs of a step, and looks what the server has stored after each.</summary>
    private async Task SetAsync(Visit visit, FlowEditor editor, InputPanel panel, IReadOnlyList<HandStep> steps)
    {
        await editor.SelectAsync(steps[0].Step);
        await editor.SettledAsync();

        foreach (var step in steps)
        {
            await step.SetAsync(panel);
            await StoredAsync(step);
            await editor.SettledAsync();
            await visit.ShowAsync($"studio-input-{step.Hint}", $"The editor {step.Hint}, at {step.Step}");
        }

        if (steps[0].Hint is "switch-editor")
            await FillInsideAsync(editor, panel, steps[0].Step, "Yes", "It was picked");
        else if (steps.Any(s => s.Hint == "http-status-codes"))
            await FillInsideAsync(editor, panel, steps[0].Step, "404", "It is not there");
    }

    /// <summary>Draws what runs in a case.</summary>
    private Task FillInsideAsync(FlowEditor editor, InputPanel panel, string step, string port, string text) =>
        editor.InsideAsync(
            step,
            port,
            async () =>
            {
                await editor.SavingAsync(() => editor.DragAsync("Console", "Write Line", 200, 200));

                // Inside a step there is no green dot to wait for, so the answer to the drawing may wipe out what is typed meanwhile.
                for (var attempt = 1; attempt <= 3 && !await IsKeptAsync(text); attempt++)
                    await editor.SavingAsync(() => panel.TypeAsync("Text", text));

                (await IsKeptAsync(text)).ShouldBeTrue($"The server has not got '{text}'.");
            }
        );

    private async Task<bool> IsKeptAsync(string text) =>
        (await doors.LatestAsync(InputSteps.Flow)).GetRawText().Contains(text, StringComparison.Ordinal);

    /// <summary>Switches to a language; for a script Studio asks what it may use.</summary>
    private static async Task SwitchAsync(Visit visit, FlowEditor editor, InputPanel panel, string language)
    {
        if (language != "JavaScript")
        {
            await editor.SavingAsync(() => panel.SwitchAsync("Text", language));
            return;
        }

        // Taken on its way: the browser forgets the bodies of answers while the flow is saved.
        const string address = "**/scripting/javascript/type-definitions/**";
        var types = new TaskCompletionSource<(int Status, string Text)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await visit.Page.RouteAsync(
            address,
            async route =>
            {
                var answer = await route.FetchAsync();
                types.TrySetResult((answer.Status, await answer.TextAsync()));
                await route.FulfillAsync(new() { Response = answer });
            }
        );
        await editor.SavingAsync(() => panel.SwitchAsync("Text", language));
        var (status, text) = await types.Task.WaitAsync(TimeSpan.FromMilliseconds(Visit.PatienceMs));
        status.ShouldBe(200, text);
        text.ShouldContain("getWord(");
        await visit.Page.UnrouteAsync(address);
    }

    private Task StoredAsync(HandStep step) => doors.UntilAsync(() => doors.LatestAsync(InputSteps.Flow), step.IsIn);

    private async Task ShouldHaveEffectAsync()
    {
        var path = new Uri($"/workflows/{InputSteps.Flow}", UriKind.Relative);
        using var body = new StringContent("hello", Encoding.UTF8, "text/plain");
        using var answer = await house.Client.PostAsync(path, body, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, text);
        text.ShouldBe("One\nTwo");
        answer.Headers.GetValues("X-Answered").ShouldBe(["by hand"]);

        using var other = await house.Client.GetAsync(path, TestContext.Current.CancellationToken);
        other.IsSuccessStatusCode.ShouldBeFalse("GET was unticked.");

        var instance = await InstanceOfAsync(InputSteps.Flow);
        var state = (await doors.WaitAsync(instance, "Finished")).GetProperty("workflowState");
        state.GetProperty("output").GetProperty("Answer").GetString().ShouldBe("given");
        state.GetProperty("outcomes").EnumerateArray().Select(o => o.GetString()).ShouldBe(["Good"]);

        var variables = await doors.VariablesAsync(instance);
        variables["Word"].GetString().ShouldBe("kept");
        // What the echo received of the method, the headers and the body.
        var echoed = variables["Reply"].GetRawText();
        echoed.ShouldContain("First line\\nSecond line");
        echoed.ShouldContain("X-By-Hand");

        var given = await doors.GivenAsync(instance);
        given["Wait"].GetProperty("DateTime").GetDateTimeOffset().ShouldBe(new DateTimeOffset(2020, 1, 2, 9, 30, 0, TimeSpan.Zero));
        (await doors.WrittenAsync(instance)).ShouldBe(["It was picked", "It is not there"]);
        (await doors.WrittenAsync(await InstanceOfAsync(InputSteps.Child))).ShouldBe(["kept"]);
    }

    /// <summary>The one instance that a definition has.</summary>
    private async Task<string> InstanceOfAsync(string definitionId)
    {
        var page = await doors.PostAsync(
            "/elsa/api/workflow-instances",
            new JsonObject { ["definitionIds"] = new JsonArray(definitionId) }
        );
        return page.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetString()!;
    }

    private async Task PrepareAsync()
    {
        await doors.SaveAsync(
            InputSteps.Child,
            Chart.Of(Chart.Activity("Greet", "Elsa.WriteLine", ("text", Chart.Input("String", "JavaScript", "getInput('Who')"))))
        );
        await doors.SaveAsync(
            InputSteps.Echo,
            Chart.Of(
                Door(),
                Chart.Activity(
                    "Answer",
                    "Elsa.WriteHttpResponse",
                    ("statusCode", Chart.Literal("Object", "Accepted")),
                    ("contentType", Chart.Literal("String", "application/json")),
                    ("content", Chart.Input("Object", "JavaScript", "JSON.stringify({ headers: getHeaders(), body: getBody() })"))
                )
            ),
            variables: [Variable("headers", "Headers", "Object"), Variable("body", "Body", "Object")]
        );
        JsonObject[] steps = [.. InputSteps.Activities.Select(a => Chart.Activity(a.Name, a.Type))];
        steps[0]["customProperties"] = new JsonObject { ["canStartWorkflow"] = true };
        var model = new JsonObject
        {
            ["definitionId"] = InputSteps.Flow,
            ["name"] = "Inputs by hand",
            ["variables"] = new JsonArray(Variable("word", "Word", "String"), Variable("reply", "Reply", "Object")),
            ["outputs"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = "Answer",
                    ["displayName"] = "Answer",
                    ["type"] = "String",
                }
            ),
            ["outcomes"] = new JsonArray("Good", "Bad"),
            ["root"] = Chart.Without(Chart.InRows(2, (560, 150), steps), [.. InputSteps.Lines.Select(l => l.From)]),
        };
        await doors.SaveAsync(model, publish: false);
    }

    private Task PrepareLanguagesAsync()
    {
        var model = new JsonObject
        {
            ["definitionId"] = LanguageSteps.Flow,
            ["name"] = "Inputs in languages",
            ["variables"] = new JsonArray(Variable("word", "Word", "String", "word")),
            ["inputs"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = "Who",
                    ["displayName"] = "Who",
                    ["type"] = "String",
                }
            ),
            ["root"] = Chart.InRows(2, (430, 120), [.. LanguageSteps.All.Select(s => Chart.Activity(s.Step, "Elsa.WriteLine"))]),
        };
        return doors.SaveAsync(model, publish: false);
    }

    private static JsonObject Door()
    {
        var door = Chart.Activity(
            "Door",
            "Elsa.HttpEndpoint",
            ("path", Chart.Literal("String", InputSteps.Echo)),
            ("supportedMethods", Chart.Input("String[]", "Object", """["POST"]""")),
            ("headers", new JsonObject { ["memoryReference"] = new JsonObject { ["id"] = "headers" } }),
            ("parsedContent", new JsonObject { ["memoryReference"] = new JsonObject { ["id"] = "body" } })
        );
        door["customProperties"] = new JsonObject { ["canStartWorkflow"] = true };
        return door;
    }

    private static JsonObject Variable(string id, string name, string type, string? value = null) =>
        new()
        {
            ["id"] = id,
            ["name"] = name,
            ["typeName"] = type,
            ["value"] = value,
        };

    /// <summary>The editors that the live descriptors ask for: of inputs, by type and member, and of languages.</summary>
    private async Task<(Dictionary<string, string> Editors, IReadOnlyList<string> Languages)> AskedAsync()
    {
        var editors = new Dictionary<string, string>(StringComparer.Ordinal);

        foreach (var type in (await doors.GetAsync("/elsa/api/descriptors/activities")).GetProperty("items").EnumerateArray())
        foreach (var input in type.GetProperty("inputs").EnumerateArray())
            if (input.GetProperty("isBrowsable").GetBoolean() && type.GetProperty("isBrowsable").GetBoolean())
                editors[
                    $"{type.GetProperty("typeName")}.{JsonNamingPolicy.CamelCase.ConvertName(input.GetProperty("name").GetString()!)}"
                ] = input.GetProperty("uiHint").GetString()!;

        var languages = await doors.GetAsync("/elsa/api/descriptors/expression-descriptors");
        return (
            editors,
            [
                .. languages
                    .GetProperty("items")
                    .EnumerateArray()
                    .Select(l => l.GetProperty("properties").TryGetProperty("UIHint", out var hint) ? hint.GetString() : null)
                    .OfType<string>(),
            ]
        );
    }
}
