using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime;
using ServiceLoop.TestKit;

namespace ServiceLoop.Activities.Tests.BuiltIn;

public sealed class ChildWorkflowTests
{
    private static readonly Dictionary<string, object?> Order = new() { ["Amount"] = 250L };

    [Fact]
    public async Task Dispatch_leaves_as_an_effect_and_completes_at_once()
    {
        var run = await ActivityTester
            .For(
                new DispatchWorkflow
                {
                    WorkflowDefinitionId = "refund",
                    CorrelationId = "C-1",
                    Input = new(Order),
                }
            )
            .With<IChildWorkflows>(new Children("refund"))
            .RunAsync();

        var dispatch = run.Effects.OfType<Effect.Dispatch>().ShouldHaveSingleItem();
        dispatch.DefinitionId.ShouldBe("refund");
        dispatch.ChildInstanceId.ShouldBe("wf-1-2");
        dispatch.CorrelationId.ShouldBe("C-1");
        dispatch.Wait.ShouldBeFalse();
        dispatch.Inputs.ShouldBe([new("Amount", 250L), new("ParentInstanceId", "wf-1")]);
        run.Output("ChildInstanceId").ShouldBe("wf-1-2");
        run.Outcomes.ShouldBe(["Done"]);
        Order.ShouldNotContainKey("ParentInstanceId");
    }

    [Theory]
    [MemberData(nameof(Dispatchers))]
    public async Task An_unpublished_child_is_an_incident(Type type)
    {
        var activity = (Activity)Activator.CreateInstance(type)!;
        var property = type.GetProperty("WorkflowDefinitionId")!;
        property.SetValue(activity, new Input<string>("gone"));
        (activity as BulkDispatchWorkflows)?.Items = new(new object[] { 1 });

        var run = await ActivityTester.For(activity).With<IChildWorkflows>(new Children("refund")).RunAsync();

        run.State.ShouldBeFaulted().Message.ShouldBe("No published version of workflow definition with ID gone found.");
        run.Effects.OfType<Effect.Dispatch>().ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Dispatchers))]
    public async Task A_child_without_name_is_an_incident(Type type)
    {
        var activity = (Activity)Activator.CreateInstance(type)!;
        (activity as BulkDispatchWorkflows)?.Items = new(new object[] { 1 });

        var run = await ActivityTester.For(activity).With<IChildWorkflows>(new Children("refund")).RunAsync();

        run.State.ShouldBeFaulted().Message.ShouldContain("WorkflowDefinitionId");
    }

    public static TheoryData<Type> Dispatchers => [typeof(DispatchWorkflow), typeof(ExecuteWorkflow), typeof(BulkDispatchWorkflows)];

    [Fact]
    public async Task Dispatch_with_wait_gives_the_outputs_of_the_child()
    {
        var run = await Waiting(new DispatchWorkflow { WorkflowDefinitionId = "refund", WaitForCompletion = true });
        var bookmark = run.Bookmarks.ShouldHaveSingleItem();
        bookmark.Name.ShouldBe("Elsa.DispatchWorkflow");
        bookmark.Payload.ShouldBe([new("ChildInstanceId", "wf-1-2")]);
        ChildReport.HashesOf("wf-1", "wf-1-2").ShouldContain(bookmark.Hash);

        await run.ResumeAsync(ChildReport.Of(Child("wf-1-2", WorkflowSubStatus.Finished)));

        run.Output("Result").ShouldBeEquivalentTo(new Dictionary<string, object?> { ["Total"] = 7L });
        run.Output("ChildSubStatus").ShouldBe("Finished");
        run.Output("ChildFault").ShouldBeNull();
        run.Outcomes.ShouldBe(["Done"]);
    }

    [Fact]
    public async Task Dispatch_takes_the_bare_outputs_that_Elsa_sends()
    {
        var run = await Waiting(new DispatchWorkflow { WorkflowDefinitionId = "refund", WaitForCompletion = true });

        await run.ResumeAsync(new Dictionary<string, object?> { ["Total"] = 9L });

        run.Output("Result").ShouldBeEquivalentTo(new Dictionary<string, object?> { ["Total"] = 9L });
        run.Output("ChildSubStatus").ShouldBe("Finished");
    }

    [Theory]
    [InlineData(WorkflowSubStatus.Faulted)]
    [InlineData(WorkflowSubStatus.Cancelled)]
    public async Task A_child_that_did_not_finish_is_seen_by_its_parent(WorkflowSubStatus subStatus)
    {
        var dispatched = await Waiting(new DispatchWorkflow { WorkflowDefinitionId = "refund", WaitForCompletion = true });
        var executed = await Waiting(new ExecuteWorkflow { WorkflowDefinitionId = "refund", WaitForCompletion = true });

        await dispatched.ResumeAsync(ChildReport.Of(Child("wf-1-2", subStatus)));
        await executed.ResumeAsync(ChildReport.Of(Child("wf-1-2", subStatus)));

        foreach (var run in new[] { dispatched, executed })
        {
            run.Output("ChildSubStatus").ShouldBe(subStatus.ToString());
            run.Output("ChildFault").ShouldBe("The bank said no.");
            run.Outcomes.ShouldBe(["Done"]);
        }
    }

    [Fact]
    public async Task Execute_runs_the_first_burst_inline()
    {
        var children = new Children("refund");

        var run = await ActivityTester
            .For(new ExecuteWorkflow { WorkflowDefinitionId = "refund", Input = new(Order) })
            .With<IChildWorkflows>(children)
            .RunAsync();

        var request = children.Requests.ShouldHaveSingleItem();
        request.InstanceId.ShouldBe("wf-1-2");
        request.ParentInstanceId.ShouldBe("wf-1");
        request.Inputs["Amount"].ShouldBe(250L);
        request.Inputs["ParentInstanceId"].ShouldBe("wf-1");
        var result = run.Output("Result").ShouldBeOfType<Dictionary<string, object?>>();
        result.Keys.ShouldBe(["workflowInstanceId", "status", "subStatus", "output"]);
        (result["status"], result["subStatus"]).ShouldBe(("Running", "Suspended"));
        run.Outcomes.ShouldBe(["Done"]);
    }

    [Fact]
    public async Task Execute_with_wait_gives_the_record_and_the_outputs_beside_it()
    {
        var run = await Waiting(new ExecuteWorkflow { WorkflowDefinitionId = "refund", WaitForCompletion = true });
        run.Bookmarks.ShouldHaveSingleItem().Name.ShouldBe("Elsa.ExecuteWorkflow");
        run.Effects.OfType<Effect.Dispatch>().ShouldHaveSingleItem().Wait.ShouldBeTrue();

        await run.ResumeAsync(ChildReport.Of(Child("wf-1-2", WorkflowSubStatus.Finished)));

        var result = run.Output("Result").ShouldBeOfType<Dictionary<string, object?>>();
        result["Total"].ShouldBe(7L);
        result["workflowInstanceId"].ShouldBe("wf-1-2");
        result["subStatus"].ShouldBe("Finished");
        result["output"].ShouldBeEquivalentTo(new Dictionary<string, object?> { ["Total"] = 7L });
    }

    [Fact]
    public async Task Bulk_starts_a_child_for_each_item()
    {
        var run = await Waiting(
            new BulkDispatchWorkflows
            {
                WorkflowDefinitionId = "refund",
                Items = new("""["a", {"Item": "own", "Amount": 3}]"""),
                Input = new(Order),
                WaitForCompletion = false,
                CorrelationIdFunction = "C-1",
            }
        );

        var dispatched = run.Effects.OfType<Effect.Dispatch>().ToList();
        dispatched.Select(d => d.ChildInstanceId).ShouldBe(["wf-1-2-0", "wf-1-2-1"]);
        dispatched.ShouldAllBe(d => d.CorrelationId == "C-1" && !d.Wait);
        dispatched[0].Inputs.ShouldBe([new("Amount", 250L), new("ParentInstanceId", "wf-1"), new("Item", "a")]);
        dispatched[1].Inputs.ShouldBe([new("Amount", 3L), new("ParentInstanceId", "wf-1"), new("Item", "own")]);
        run.Outcomes.ShouldBe(["Done"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("[]")]
    [InlineData("")]
    public async Task Bulk_without_items_is_done(string? items)
    {
        var run = await Waiting(new BulkDispatchWorkflows { WorkflowDefinitionId = "gone", Items = new(items) });

        run.Effects.OfType<Effect.Dispatch>().ShouldBeEmpty();
        run.Outcomes.ShouldBe(["Done"]);
    }

    [Fact]
    public async Task Bulk_completes_when_every_child_has_ended_once()
    {
        var run = await Waiting(new BulkDispatchWorkflows { WorkflowDefinitionId = "refund", Items = new(new object[] { 1, 2, 3 }) });

        ChildReport.HashesOf("wf-1", "wf-1-2-2").ShouldContain(run.Bookmarks.Single().Hash);
        await End(run, "wf-1-2-2", WorkflowSubStatus.Finished);
        await End(run, "wf-1-2-2", WorkflowSubStatus.Finished); // told twice
        await End(run, "wf-1-9-0", WorkflowSubStatus.Finished); // of another activity in this instance
        await End(run, "wf-1-2-7", WorkflowSubStatus.Finished); // of nobody
        await End(run, "wf-1-2-0", WorkflowSubStatus.Faulted);
        run.State.ShouldBeSuspendedAt<BulkDispatchWorkflows>();
        await End(run, "wf-1-2-1", WorkflowSubStatus.Cancelled);

        run.Outcomes.ShouldBe(["Completed", "Done"]);
        run.Output("FailedCount").ShouldBe(2L);
        run.Bookmarks.ShouldBeEmpty();
    }

    [Fact]
    public async Task Bulk_runs_its_port_for_each_child_and_waits_for_it()
    {
        var run = await Waiting(
            new BulkDispatchWorkflows
            {
                WorkflowDefinitionId = "refund",
                Items = new(new object[] { 1, 2 }),
                ChildCompleted = new Event { Id = "ask", EventName = "Checked" },
                ChildFaulted = new Sequence { Activities = [new WriteLine { Text = new(new Variable("ChildInstanceId")) }] },
            }
        );

        await End(run, "wf-1-2-0", WorkflowSubStatus.Finished);
        await End(run, "wf-1-2-1", WorkflowSubStatus.Faulted);
        run.Effects.OfType<Effect.WriteLine>().ShouldHaveSingleItem().Text.ShouldBe("wf-1-2-1");
        run.Outcomes.ShouldBeEmpty("the port of the first child still waits");
        await run.ResumeAsync(bookmark: run.Bookmarks.Single(b => b.Name == "Elsa.Event"));

        run.Started.ShouldContain("ask");
        run.Outcomes.ShouldBe(["Completed", "Done"]);
    }

    private static async Task<ActivityRun> Waiting(Activity activity) =>
        await ActivityTester.For(activity).With<IChildWorkflows>(new Children("refund")).RunAsync();

    private static Task End(ActivityRun run, string child, WorkflowSubStatus subStatus) =>
        run.ResumeAsync(ChildReport.Of(Child(child, subStatus)), run.Bookmarks.Single(b => b.Name == "Elsa.BulkDispatchWorkflows"));

    private static WorkflowState Child(string id, WorkflowSubStatus subStatus) =>
        new()
        {
            InstanceId = id,
            DefinitionId = "refund",
            DefinitionVersionId = "refund-1",
            SubStatus = subStatus,
            Outputs = [new("Total", 7L)],
            Incidents =
                subStatus == WorkflowSubStatus.Finished
                    ? []
                    :
                    [
                        new()
                        {
                            Id = 1,
                            ActivityId = "pay",
                            ActivityNodeId = "pay",
                            ActivityType = "Pay",
                            Message = "The bank said no.",
                        },
                    ],
        };

    private sealed class Children(string published) : IChildWorkflows
    {
        public List<ChildWorkflowRequest> Requests { get; } = [];

        public ValueTask<bool> IsPublishedAsync(string definitionId, CancellationToken ct) => new(definitionId == published);

        public ValueTask<ChildWorkflowResult> RunAsync(ChildWorkflowRequest request, CancellationToken ct)
        {
            Requests.Add(request);
            return new(new ChildWorkflowResult(request.InstanceId, WorkflowSubStatus.Suspended, new Dictionary<string, object?>()));
        }
    }
}
