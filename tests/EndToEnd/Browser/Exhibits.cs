using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace ServiceLoop.EndToEnd.Tests.Browser;

/// <summary>What the pages show when they are looked at: a flow with versions, warnings and a draft, instances in every state, a migration, failed work.</summary>
internal sealed class Exhibits
{
    private static readonly ConditionalWeakTable<House, Task<Exhibits>> Prepared = [];

    private Exhibits(IReadOnlyList<(string Path, string Name, string Title)> pages) => Pages = pages;

    /// <summary>Every page of ours with something on it, and some with nothing.</summary>
    public IReadOnlyList<(string Path, string Name, string Title)> Pages { get; }

    /// <summary>Prepares them once; failed work anew, as other tests bring back all that there is.</summary>
    public static async Task<Exhibits> PrepareAsync(House house)
    {
        var turn = Guid.NewGuid().ToString("N")[..6];
        await new FailedWork(house).BuryAsync("nowhere", $"lost-{turn}-1", $"lost-{turn}-2");
        return await Prepared.GetValue(house, h => BuildAsync(h));
    }

    private static async Task<Exhibits> BuildAsync(House house)
    {
        const string Id = "refund";
        var doors = new Doors(house.Client);
        var first = await doors.SaveAsync(
            Id,
            Refund(1),
            variables: [Chart.Variable("Amount", "Int32", "30"), Chart.Variable("Reason", "String")]
        );
        var waiting = await doors.RunAsync(Id);
        await doors.RunAsync(Id);
        await doors.SaveAsync(
            Id,
            Refund(2),
            publish: false,
            variables: [Chart.Variable("Amount", "Int32", "30"), Chart.Variable("Note", "String")]
        );
        await doors.PostAsync($"/api/definitions/{Id}/publish", new JsonObject { ["note"] = "退款前先核对 / checked first" });
        await doors.RunAsync(Id);
        await doors.SaveAsync(Id, Refund(3), publish: false);

        await doors.SaveAsync(
            "ask-crm",
            Chart.Of(Chart.WriteLine("Begin", "begin"), Chart.Script("AskCrm", "throw new Error('CRM')")),
            variables: [Chart.Variable("Customer", "String", "\"Li\"")]
        );
        var broken = await doors.RunAsync("ask-crm");
        await doors.WaitAsync(broken, "Faulted");
        await doors.SaveAsync("greet", Chart.Of(Chart.WriteLine("Greet", "你好")));
        var ended = await doors.RunAsync("greet");

        var second = (await doors.GetAsync($"/elsa/api/workflow-definitions/by-definition-id/{Id}?versionOptions=Published")).GetProperty(
            "id"
        );
        var run = (
            await doors.PostAsync(
                "/api/migrations",
                new JsonObject
                {
                    ["targetVersionId"] = second.GetString(),
                    ["sourceVersionIds"] = new JsonArray(first.GetProperty("id").GetString()),
                    ["plan"] = JsonNode.Parse("""{"activities":[{"from":"WaitForBank","to":"BankSays"}]}"""),
                }
            )
        ).GetProperty("id");
        await doors.PostAsync($"/api/migrations/{run}/start", new JsonObject { ["perSecond"] = 100 });
        await doors.UntilAsync(() => doors.GetAsync($"/api/migrations/{run}"), m => m.GetProperty("status").GetString() == "Finished");
        await doors.RunAsync(Id);

        return new([
            ("/", "home", "The first page"),
            ("/admin/definitions", "admin-definitions", "Flows and their versions"),
            ("/admin/definitions?q=nosuchflow", "admin-definitions-empty", "No flow is found"),
            ($"/admin/definitions/{Id}", "admin-definition", "One flow: versions, warnings, history"),
            ("/admin/definitions/nosuchflow", "admin-definition-missing", "A flow that does not exist"),
            ($"/admin/definitions/{Id}/diff?from=1&to=2", "admin-diff", "Two versions compared"),
            ($"/admin/definitions/{Id}/migrate?from=1&to=2", "admin-migrate", "A migration is planned"),
            ($"/admin/definitions/{Id}/migrate?run={run}", "admin-migrated", "A migration that has ended"),
            ($"/admin/definitions/{Id}/migrate?run=nosuch", "admin-failed", "A page that was refused an answer"),
            ("/admin/instances", "admin-instances", "Instances, incidents"),
            ("/admin/instances?status=Cancelled&q=nosuch", "admin-instances-empty", "No instance is found"),
            ($"/admin/instances/{waiting}", "admin-instance", "One instance, its waits and its journal"),
            ($"/admin/instances/{broken}", "admin-instance-broken", "An instance with an incident"),
            ($"/admin/instances/{ended}", "admin-instance-ended", "An instance that has ended"),
            ("/admin/instances/nosuch", "admin-instance-missing", "An instance that does not exist"),
            ("/admin/work", "admin-work", "Work that failed"),
            ("/admin/work?instance=nosuch", "admin-work-empty", "No work has failed"),
            ("/admin/work?alive=true", "admin-work-alive", "Work that is alive"),
            ("/admin/people", "admin-people", "Users"),
            ("/admin/people?q=nosuchperson", "admin-people-empty", "No user is found"),
            ("/admin/roles", "admin-roles", "Roles and what they allow"),
            ("/admin/keys", "admin-keys", "API keys"),
            ("/admin/sessions", "admin-sessions", "Sessions"),
            ("/admin/audit", "admin-audit", "Who did what"),
            ("/admin/audit?q=nosuchdeed", "admin-audit-empty", "Nothing like this was done"),
            ("/admin/audit/1", "admin-audit-entry", "One entry of the audit log"),
            ("/admin/audit/999999999", "admin-audit-missing", "An entry that does not exist"),
            ("/account", "own-account", "One's own account"),
        ]);
    }

    private static JsonObject Refund(int version)
    {
        var wait = version == 1 ? "WaitForBank" : "BankSays";
        return Chart.Drawn(
            [
                ("Greet", "Done", "IsSmall"),
                ("IsSmall", "True", "Pay"),
                ("IsSmall", "False", wait),
                .. version < 3 ? new[] { (wait, "Done", "Pay") } : [],
                ("Pay", "Done", "Thank"),
            ],
            Chart.WriteLine("Greet", version == 1 ? "Hello" : "Good day"),
            Chart.Decision("IsSmall", "getVariable('Amount') < 20"),
            Chart.Event(wait, "bank"),
            Chart.Activity("Pay", "Elsa.RunTask", ("taskName", Chart.Literal("String", "Pay"))),
            Chart.WriteLine("Thank", "Thank you")
        );
    }
}
