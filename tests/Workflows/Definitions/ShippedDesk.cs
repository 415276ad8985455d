using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.ServiceDesk.Tasks;
using ServiceLoop.ServiceDesk.Tests;
using ServiceLoop.ServiceDesk.Triage;
using ServiceLoop.TestKit;
using ServiceLoop.Workflows.CommandLine;
using ServiceLoop.Workflows.Import;

namespace ServiceLoop.Workflows.Tests.Definitions;

/// <summary>The desk with the shipped definitions and the starter set, on PostgreSQL and a clock that stands until it is moved.</summary>
internal sealed class ShippedDesk : IAsyncDisposable
{
    /// <summary>A Wednesday in working time.</summary>
    public static readonly DateTimeOffset Morning = new(2026, 3, 4, 9, 45, 0, TimeSpan.FromHours(8));

    private static int serial;

    private readonly Caller caller;
    private readonly PostgresFixture postgres;

    private ShippedDesk(DeskUnderTest desk, Caller caller, PostgresFixture postgres) =>
        (Desk, this.caller, this.postgres) = (desk, caller, postgres);

    public DeskUnderTest Desk { get; }

    public static string Folder => Path.Combine(AppContext.BaseDirectory, "definitions");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Opens it on a database of its own: what other tests leave waiting would come due here when time passes.</summary>
    /// <param name="classifier">Tells what contacts want; null for none, so that a person is asked.</param>
    public static async Task<ShippedDesk> OpenAsync(IClassifier? classifier = null)
    {
        var own = new PostgresFixture();
        var who = new Caller();
        var desk = await DeskUnderTest.OpenAsync(
            own,
            Morning,
            more =>
                (classifier is null ? more : more.AddSingleton(classifier))
                    .AddSingleton(Parts.Compiler())
                    .AddSingleton<IAccess>(who)
                    .AddBuiltInActivities()
                    .AddSingleton<IChildWorkflows, RuntimeChildWorkflows>()
                    .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
                    .AddSingleton<IHostEnvironment>(new Place())
                    .AddDefinitionImport()
        );
        await desk.Get<DeskStart>().RunAsync(Ct);
        await desk.Get<DefinitionImport>().RunAsync(Ct);
        return new(desk, who, own);
    }

    public T Get<T>()
        where T : notnull => Desk.Get<T>();

    /// <summary>A contact by a new customer, and the case that it became.</summary>
    public async Task<string> ContactAsync(string body = "The invoice is wrong.", string? language = null)
    {
        var mark = $"{Interlocked.Increment(ref serial)}";
        var received = await SayAsync(null, $"li{mark}@example.com", body, language: language);
        var found = await Get<InteractionDesk>().GetAsync(received.Interaction.Id, Ct);
        return found.CaseId.ShouldNotBeNull("the workflow did not start");
    }

    /// <summary>Somebody writes, and what follows at once is done.</summary>
    public async Task<ReceivedInteraction> SayAsync(
        string? caseId,
        string? from = null,
        string body = "Is there news?",
        string? sentiment = null,
        string channel = "web",
        string? language = null
    )
    {
        var received = await Get<InteractionDesk>()
            .ReceiveAsync(
                new()
                {
                    Channel = channel,
                    ExternalId = Guid.NewGuid().ToString("N"),
                    CaseId = caseId,
                    Sender = from is null ? null : new("email", from),
                    Subject = "Help",
                    Body = body,
                    Sentiment = sentiment,
                    Language = language,
                },
                Ct
            );
        await Desk.PumpAsync();
        return received;
    }

    /// <summary>Publishes an event, and what follows at once is done.</summary>
    public async Task PublishAsync(string name, string? correlationId, params (string Name, object? Value)[] values)
    {
        var payload = values.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
        await Get<WorkflowRuntime>().PublishAsync(new(name) { CorrelationId = correlationId, Payload = payload }, Ct);
        await Desk.PumpAsync();
    }

    /// <summary>Tasks that somebody may still answer, the oldest first.</summary>
    /// <param name="caseId">Of this case; null for all.</param>
    public async Task<IReadOnlyList<TaskView>> TasksAsync(string? caseId) =>
        [
            .. (
                await Get<TaskDesk>()
                    .ListAsync(
                        new()
                        {
                            IsOpen = true,
                            CaseId = caseId,
                            Take = TaskFilter.MaxTake,
                        },
                        Ct
                    )
            ).Reverse(),
        ];

    /// <summary>Types of the open tasks of a case.</summary>
    public async Task<IReadOnlyList<string>> TypesAsync(string? caseId) => [.. (await TasksAsync(caseId)).Select(t => t.Type)];

    /// <summary>Answers the only open task of a type.</summary>
    /// <param name="caseId">The case; null for any.</param>
    /// <param name="type">Type of the task.</param>
    /// <param name="outcome">One of its outcomes.</param>
    /// <param name="answer">The form, filled in.</param>
    /// <param name="by">Who: four eyes are two people here too.</param>
    public async Task AnswerAsync(string? caseId, string type, string outcome, string answer = "{}", string by = "ann")
    {
        var task = (await TasksAsync(caseId)).Where(t => t.Type == type).ShouldHaveSingleItem();
        using var acting = caller.As(by);
        await Get<TaskAnswers>().CompleteAsync(task.Id, outcome, answer, new(task.Rev, Guid.NewGuid().ToString("N")), Ct);
        acting.Dispose();
        await Desk.PumpAsync();
    }

    /// <summary>Lets a person confirm what the machine is not sure of, where it is not.</summary>
    public async Task TriageAsync(string caseId)
    {
        if ((await TypesAsync(caseId)).Contains("triage-check"))
            await AnswerAsync(caseId, "triage-check", "Correct", """{ "category": "billing", "queue": "first-line", "priority": 3 }""");
    }

    public async Task<ServiceCase> CaseAsync(string id) => await Get<CaseDesk>().GetAsync(id, Ct);

    /// <summary>That the workflow of a case has ended well and left nothing behind: no wait, no timer, no task.</summary>
    public async Task ShouldBeOverAsync(string caseId, CaseStatus status)
    {
        var found = await CaseAsync(caseId);
        found.Status.ShouldBe(status);
        (await TasksAsync(caseId)).ShouldBeEmpty();
        var left = await Desk.ReadAsync<long>(
            "select count(*) from bookmark b join workflow_instance i on i.id = b.instance_id where i.correlation_id = $1",
            caseId
        );
        left.ShouldBe(0);
        var unfinished = await Desk.ReadAsync<long>(
            "select count(*) from workflow_instance where correlation_id = $1 and sub_status <> $2",
            caseId,
            (short)WorkflowSubStatus.Finished
        );
        unfinished.ShouldBe(0);
        Desk.Failures.ShouldBeEmpty();
    }

    /// <summary>That no instance of a definition is left over.</summary>
    public async Task ShouldBeDoneAsync(string definitionId)
    {
        var states = await Desk.ReadAsync<string>(
            "select coalesce(string_agg(sub_status::text, ','), '') from workflow_instance where definition_id = $1 and sub_status <> $2",
            definitionId,
            (short)WorkflowSubStatus.Finished
        );
        states.ShouldBe("", definitionId);
    }

    public async ValueTask DisposeAsync()
    {
        await Desk.DisposeAsync();
        await postgres.DisposeAsync();
    }

    /// <summary>The system, or whoever acts for a moment; everything is allowed.</summary>
    private sealed class Caller : IAccess, IDisposable
    {
        private readonly OpenAccess open = new();

        public Actor Actor { get; private set; } = Actor.System;

        public IDisposable As(string name)
        {
            Actor = new(ActorKind.Person, name, name);
            return this;
        }

        public void Dispose() => Actor = Actor.System;

        public IDisposable AsSystem() => open.AsSystem();

        public void Demand(string permission) { }

        public Task<T> ActAsync<T>(
            Deed deed,
            Func<Task<T>> change,
            Func<T, ImmutableSortedDictionary<string, string?>>? after,
            CancellationToken ct
        ) => change();
    }

    private sealed class Place : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "Test";

        public string ApplicationName { get; set; } = "ServiceLoop";

        public string ContentRootPath { get; set; } = AppContext.BaseDirectory;

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
