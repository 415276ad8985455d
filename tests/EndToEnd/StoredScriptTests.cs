using System.Text.Json.Nodes;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests;

/// <summary>Texts that are scripts, in every place where somebody can leave one, looked at by an administrator in a real browser.</summary>
/// <remarks>A script that got into a page would run, or be stopped by the policy with an error on the console; a visit fails for both.</remarks>
public sealed class StoredScriptTests(House house)
{
    private const string Script = "<img src=x onerror=\"window.stolen=1\"><script>window.stolen=1</script>{{constructor}}";

    private static readonly string[] Studio =
    [
        "/studio/workflows/definitions",
        "/studio/workflows/instances",
        "/studio/workflows/definitions/stored-script/edit",
    ];

    [Fact]
    public async Task Nothing_that_was_stored_ever_runs()
    {
        var (instance, secondVersion) = await LeaveAsync();
        string[] own =
        [
            "/",
            "/admin/definitions",
            "/admin/definitions/stored-script",
            "/admin/definitions/stored-script/diff?from=1&to=2",
            "/admin/definitions/stored-script/migrate?from=1&to=2",
            "/admin/instances",
            $"/admin/instances?q={Uri.EscapeDataString(Script)}",
            $"/admin/instances/{instance}",
            "/admin/work",
            "/admin/people",
            "/admin/roles",
            "/admin/keys",
            "/admin/sessions",
            "/admin/audit",
            $"/admin/audit?q={Uri.EscapeDataString("stored-script")}",
        ];

        await house.VisitAsync(async visit =>
        {
            var page = new OwnPage(visit);
            var seen = 0;

            foreach (var path in own)
            {
                await page.OpenAsync(path);
                seen += await page.Page.GetByText("window.stolen=1").CountAsync() > 0 ? 1 : 0;
                await SafeAsync(path);
            }

            foreach (var path in Studio.Append($"/studio/workflows/instances/{instance}/view"))
            {
                await visit.OpenStudioAsync(path);
                await page.Page.WaitForLoadStateAsync(Microsoft.Playwright.LoadState.NetworkIdle);
                await SafeAsync(path);
            }

            // The texts were there to be read, or this would show nothing.
            seen.ShouldBeGreaterThanOrEqualTo(6);

            async Task SafeAsync(string path) =>
                (
                    await page.Page.EvaluateAsync<bool>("() => window.stolen === undefined && !document.querySelector('img[src=\"x\"]')")
                ).ShouldBeTrue(path);
        });

        secondVersion.ShouldBe(2);
    }

    private async Task<(string Instance, int SecondVersion)> LeaveAsync()
    {
        var doors = new Doors(house.Client);
        await SaveAsync("one");
        var instance = await doors.RunAsync("stored-script", new JsonObject { ["Said"] = Script });
        var second = await SaveAsync("two");
        await doors.PostAsync(
            "/api/people/users",
            new JsonObject
            {
                ["name"] = "stored-script",
                ["person"] = new JsonObject
                {
                    ["displayName"] = Script,
                    ["roles"] = new JsonArray("agent"),
                    ["teams"] = new JsonArray("<i>team</i>"),
                },
            }
        );
        await doors.PostAsync(
            "/api/people/roles",
            new JsonObject
            {
                ["name"] = "stored-script",
                ["description"] = Script,
                ["permissions"] = new JsonArray("tasks:read"),
            }
        );
        await doors.PostAsync(
            "/api/people/keys",
            new JsonObject { ["name"] = "<b>stored-script</b>", ["scopes"] = new JsonArray("tasks:read") }
        );
        return (instance, second);

        async Task<int> SaveAsync(string turn)
        {
            var saved = await doors.SaveAsync(
                new JsonObject
                {
                    ["definitionId"] = "stored-script",
                    ["name"] = Script,
                    ["description"] = Script,
                    ["inputs"] = new JsonArray(
                        new JsonObject
                        {
                            ["name"] = "Said",
                            ["type"] = "String",
                            ["displayName"] = Script,
                            ["description"] = Script,
                        }
                    ),
                    ["variables"] = new JsonArray(Chart.Variable("Told", "String", Script)),
                    ["root"] = Chart.Of(
                        Chart.WriteLine("Say", $"{turn} {Script}"),
                        Chart.Activity("Ask", "Elsa.RunTask", ("taskName", Chart.Literal("String", Script))),
                        Chart.Activity(
                            "Break",
                            "Elsa.Fault",
                            ("code", Chart.Literal("String", "<s>")),
                            ("message", Chart.Literal("String", Script))
                        )
                    ),
                },
                publish: false
            );
            await doors.PostAsync("/api/definitions/stored-script/publish", new JsonObject { ["note"] = $"{turn} {Script}" });
            return saved.GetProperty("version").GetInt32();
        }
    }
}
