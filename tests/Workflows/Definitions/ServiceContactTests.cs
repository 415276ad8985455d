using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Workflows.CommandLine;

namespace ServiceLoop.Workflows.Tests.Definitions;

/// <summary>Walks the shipped definition from stage to stage, on a clock that stands until it is set.</summary>
public sealed class ServiceContactTests
{
    private static readonly string File = Path.Combine(AppContext.BaseDirectory, "definitions", "service-contact.json");

    private readonly SettableClock clock = new(SettableClock.DefaultStart);
    private readonly Answers answers = new();
    private readonly InMemoryWorkflows host;

    public ServiceContactTests()
    {
        host = new InMemoryWorkflows(
            Parts.Compiler(),
            clock,
            new InMemoryOptions
            {
                Services = _ =>
                    new ServiceCollection().AddLogging().AddSingleton<IHttpReply>(answers).AddBuiltInActivities().BuildServiceProvider(),
            }
        );
        host.Import(DefinitionFile.Read(File).Definition.ShouldNotBeNull());
        host.Publish("service-contact");
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_compiles_in_every_semantics_and_nothing_is_odd()
    {
        foreach (var semantics in Enum.GetValues<FlowSemantics>())
        {
            var result = Parts.Compiler().Compile(DefinitionFile.Read(File).Definition!, host.DefinitionSource, semantics);
            result.Errors.ShouldBeEmpty(semantics.ToString());
            TriggerIndex.Of(result.GraphOrThrow(), SettableClock.DefaultStart, out var errors);
            errors.ShouldBeEmpty();
        }

        (await CommandRunOf("check", File)).ShouldContain("0 errors, 0 warnings");
    }

    [Fact]
    public async Task A_contact_walks_through_all_five_stages()
    {
        var contact = await ArriveAsync("""{ "customer": "Ann", "subject": "No light", "urgent": true }""");

        answers.Given.ShouldNotBeNull().StatusCode.ShouldBe(202);
        Waiting(contact).ShouldBe(["intake"]);
        await CompleteAsync(contact, "intake", null);
        Value(contact, "Stage").ShouldBe("diagnosis");
        await CompleteAsync(contact, "diagnosis", Object(("needsSpecialist", false), ("cause", "fuse")));
        Value(contact, "Stage").ShouldBe("solution");
        await CompleteAsync(contact, "solution", Object(("text", "new fuse")));
        Value(contact, "Stage").ShouldBe("tracking");
        await host.PublishAsync("customer-replied", Object(("solved", true)), null, Ct);
        Value(contact, "Stage").ShouldBe("follow-up");
        await CompleteAsync(contact, "follow-up", Object(("score", 9)));

        contact.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        contact.State.Incidents.ShouldBeEmpty();
        var end = contact.State.FinalVariables.ToObject();
        end["Stage"].ShouldBe("closed");
        Convert.ToInt32(end["Score"]).ShouldBe(9);
        end["Escalated"].ShouldBe(false);
        end["Customer"].ShouldBe("Ann");
    }

    [Fact]
    public async Task A_solution_that_is_late_is_escalated_and_silence_closes_the_contact()
    {
        var contact = await ArriveAsync("""{ "customer": "Bob", "subject": "Cold", "urgent": true }""");
        await CompleteAsync(contact, "intake", null);
        await CompleteAsync(contact, "diagnosis", Object(("needsSpecialist", true)));
        await CompleteAsync(contact, "specialist-diagnosis", Object(("cause", "pump")));

        // Urgent: four hours. Until then only the solver is asked.
        Waiting(contact).ShouldBe(["solution"]);
        await PassAsync(TimeSpan.FromHours(4));
        Waiting(contact).ShouldBe(["escalated-solution", "solution"]);
        await CompleteAsync(contact, "escalated-solution", Object(("text", "new pump")));
        Waiting(contact).ShouldBeEmpty();
        Value(contact, "Escalated").ShouldBe(true);

        await PassAsync(TimeSpan.FromDays(3));
        Value(contact, "Stage").ShouldBe("follow-up");
        await PassAsync(TimeSpan.FromDays(7));

        contact.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        contact.State.Incidents.ShouldBeEmpty();
        contact.State.FinalVariables.ToObject()["Stage"].ShouldBe("closed");
    }

    [Fact]
    public async Task A_customer_who_is_not_helped_goes_round_again()
    {
        var contact = await ArriveAsync("""{ "customer": "Cid", "subject": "Noise" }""");
        await CompleteAsync(contact, "intake", null);

        for (var round = 1; round <= 2; round++)
        {
            await CompleteAsync(contact, "diagnosis", Object(("needsSpecialist", false)));
            await CompleteAsync(contact, "solution", Object(("round", round)));
            await host.PublishAsync("customer-replied", Object(("solved", false)), null, Ct);
            Convert.ToInt32(Value(contact, "Round")).ShouldBe(round + 1);
        }

        // The third round takes a specialist whatever the first diagnosis says.
        await CompleteAsync(contact, "diagnosis", Object(("needsSpecialist", false)));
        await CompleteAsync(contact, "specialist-diagnosis", null);
        await CompleteAsync(contact, "solution", null);
        await host.PublishAsync("customer-replied", Object(("solved", true)), null, Ct);
        await CompleteAsync(contact, "follow-up", Object(("score", 3)));

        contact.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        contact.State.Incidents.ShouldBeEmpty();
    }

    private static async Task<string> CommandRunOf(params string[] arguments) => (await CommandLine.CommandRun.Of(arguments)).Output;

    private async Task<InMemoryInstance> ArriveAsync(string body)
    {
        answers.Open();
        var request = new IncomingRequest
        {
            Method = "POST",
            Path = "/service-contact",
            ContentType = "application/json",
            Body = body,
        };
        var result = await host.StartAsync(
            new StartRequest("service-contact")
            {
                TriggerActivityId = "ContactArrives",
                TriggerInput = new Dictionary<string, object?> { [IncomingRequest.InputKey] = request.ToPlain() },
            },
            Ct
        );
        return result.Instance.ShouldNotBeNull(result.Refusal);
    }

    private async Task CompleteAsync(InMemoryInstance contact, string task, object? result)
    {
        var waiter = contact
            .State.Bookmarks.Where(b => TaskOf(b) == task)
            .ShouldHaveSingleItem($"{task} of {string.Join(", ", Waiting(contact))}");
        (
            await host.ResumeAsync(contact.Id, waiter.Id, new Dictionary<string, object?> { [RunTask.ResultKey] = result }, Ct)
        ).ShouldBeTrue();
    }

    private async Task PassAsync(TimeSpan time)
    {
        clock.AdvanceTo(clock.GetUtcNow() + time);
        await host.FireDueAsync(Ct);
    }

    private static string[] Waiting(InMemoryInstance contact) => [.. contact.State.Bookmarks.Select(TaskOf).OfType<string>().Order()];

    private static string? TaskOf(Bookmark bookmark) => bookmark.Payload.ToObject().GetValueOrDefault("TaskName") as string;

    private object? Value(InMemoryInstance contact, string name)
    {
        var declared = host.Definitions[0].Variables.Select(v => v.Name).ToList();
        return StoredValues.Decode(contact.State.Frames.First(f => f.Node == 0).Variables[declared.IndexOf(name)]);
    }

    private static Dictionary<string, object?> Object(params (string Name, object? Value)[] members) =>
        members.ToDictionary(m => m.Name, m => m.Value);

    /// <summary>Keeps the answer.</summary>
    private sealed class Answers : IHttpReply
    {
        public bool IsOpen { get; private set; }

        public HttpReply? Given { get; private set; }

        public void Open() => IsOpen = true;

        public ValueTask WriteAsync(HttpReply reply, CancellationToken ct)
        {
            Given = reply;
            IsOpen = false;
            return ValueTask.CompletedTask;
        }
    }
}
