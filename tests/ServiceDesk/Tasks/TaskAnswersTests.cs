using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.ServiceDesk.Tasks;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Tasks;

public sealed class TaskAnswersTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const string Right = """{"amount": 12.5, "note": "'; drop table task; -- {{ 7*7 }} ${1+1} <script>"}""";

    private TaskHouse house = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        house = await TaskHouse.OpenAsync(postgres);
        await house.PublishAsync("approval", Inputs.Approval + Inputs.OneHour);
    }

    public ValueTask DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task An_answer_takes_the_workflow_on_and_ends_the_task()
    {
        var task = await house.StartAsync("approval", "case-7");
        task.State.ShouldBe(TaskState.Ready);
        task.Outcomes.ShouldBe(["approve", "reject"]);
        task.CaseId.ShouldBe("case-7");
        task.TimesOutAt.ShouldBe(TaskHouse.Noon.AddHours(1));

        var done = await AnswerAsync(task, "approve", Right, "op-1");

        done.State.ShouldBe(TaskState.Completed);
        done.Outcome.ShouldBe("approve");
        done.AnsweredBy.ShouldBe("ann");
        done.Answer!.Value.GetProperty("amount").GetDouble().ShouldBe(12.5);
        (await house.LinesAsync(task)).ShouldBe(["approve"]);
        (await house.CountAsync("select count(*) from work where kind <> 7")).ShouldBe(0);
        (await house.CountAsync("select count(*) from bookmark")).ShouldBe(0);
    }

    [Fact]
    public async Task The_same_wish_gets_the_same_answer_and_is_done_once()
    {
        var task = await house.StartAsync("approval");

        var first = await AnswerAsync(task, "approve", Right, "op-1");
        var second = await AnswerAsync(task, "approve", Right, "op-1");

        second.Rev.ShouldBe(first.Rev);
        second.Outcome.ShouldBe("approve");
        (await RefusalAsync(() => AnswerAsync(task, "reject", Right, "op-1"))).Code.ShouldBe("operation.other-content");
        (await house.LinesAsync(task)).ShouldBe(["approve"]);
    }

    [Fact]
    public async Task A_wrong_answer_is_told_field_by_field_and_the_task_still_waits()
    {
        var task = await house.StartAsync("approval");

        var refused = await RefusalAsync(() => AnswerAsync(task, "approve", """{"amount": 501}""", "op-1"));

        refused.Kind.ShouldBe(DeskRefusal.Invalid);
        refused.Fields.Keys.ShouldBe(["amount"]);
        (await RefusalAsync(() => AnswerAsync(task, "maybe", Right, "op-1"))).Code.ShouldBe("task.outcome");
        (await house.GetAsync(task.Id)).ShouldSatisfyAllConditions(t => t.State.ShouldBe(TaskState.Ready), t => t.Rev.ShouldBe(task.Rev));
        (await AnswerAsync(task, "approve", Right, "op-1")).State.ShouldBe(TaskState.Completed);
    }

    [Fact]
    public async Task Unknown_answered_expired_and_cancelled_tasks_are_told_apart()
    {
        var answered = await house.StartAsync("approval");
        var unknown = answered with { Id = "nobody:7" };
        (await RefusalAsync(() => AnswerAsync(unknown, "approve", Right, "a"))).Kind.ShouldBe(DeskRefusal.Unknown);

        await AnswerAsync(answered, "reject", Right, "b");
        var late = await RefusalAsync(() => AnswerAsync(answered, "approve", Right, "c"));
        late.Kind.ShouldBe(DeskRefusal.Conflict);
        late.Message.ShouldContain("'reject'");

        var expired = await house.StartAsync("approval");
        await house.PassAsync(TimeSpan.FromHours(1));
        (await RefusalAsync(() => AnswerAsync(expired, "approve", Right, "d"))).Code.ShouldBe("task.timed-out");
        (await house.LinesAsync(expired)).ShouldBe(["Timed out"]);
        (await house.GetAsync(expired.Id)).Outcome.ShouldBe("Timed out");

        var cancelled = await house.StartAsync("approval");
        await CancelAsync(cancelled);
        (await RefusalAsync(() => AnswerAsync(cancelled, "approve", Right, "e"))).Code.ShouldBe("task.cancelled");
    }

    [Fact]
    public async Task A_skipped_task_takes_the_way_of_a_cancelled_one()
    {
        var task = await house.StartAsync("approval");
        using var boss = house.As("boss", isSupervisor: true);

        (await house.Answers.SkipAsync(task.Id, new TaskOrder(task.Rev, "s"), Ct)).State.ShouldBe(TaskState.Cancelled);

        (await house.LinesAsync(task)).ShouldBe(["Cancelled"]);
    }

    [Fact]
    public async Task Who_manages_tasks_but_answers_none_can_skip_one()
    {
        var task = await house.StartAsync("approval");
        using var boss = house
            .Get<Acting>()
            .As(new Actor(ActorKind.Person, "boss", "boss") { Permissions = [Permissions.TasksRead, Permissions.TasksManage] });

        (await house.Answers.SkipAsync(task.Id, new TaskOrder(task.Rev, "s"), Ct)).State.ShouldBe(TaskState.Cancelled);
    }

    [Fact]
    public async Task An_answer_is_not_refused_because_its_workflow_cannot_be_read()
    {
        var task = await house.StartAsync("approval");
        await house.RunAsync("update workflow_instance set state = 'no state'");

        (await AnswerAsync(task, "approve", Right, "op-1", node: house.Join())).State.ShouldBe(TaskState.Completing);

        (await house.CountAsync("select count(*) from work where kind = 1 and buried_at is null")).ShouldBe(1);
    }

    [Fact]
    public async Task An_answer_whose_call_died_is_taken_by_the_work_row()
    {
        var task = await house.StartAsync("approval");
        await DieAfterWritingAsync(task);
        (await house.GetAsync(task.Id)).State.ShouldBe(TaskState.Completing);
        (await RefusalAsync(() => AnswerAsync(task, "reject", Right, "other"))).Code.ShouldBe("task.answered");

        await house.PassAsync(TimeSpan.FromSeconds(5), house.Join());

        (await house.GetAsync(task.Id)).State.ShouldBe(TaskState.Completed);
        (await house.LinesAsync(task)).ShouldBe(["approve"]);
    }

    [Fact]
    public async Task An_answer_whose_call_died_loses_against_a_timeout_that_comes_first()
    {
        var task = await house.StartAsync("approval");
        house.Clock.Advance(TimeSpan.FromMinutes(59.99));
        await DieAfterWritingAsync(task);

        // The work row of the answer is due after the timer.
        await house.PassAsync(TimeSpan.FromSeconds(1));
        await house.PassAsync(TimeSpan.FromMinutes(1));

        (await house.GetAsync(task.Id)).ShouldSatisfyAllConditions(t => t.State.ShouldBe(TaskState.TimedOut), t => t.Answer.ShouldBeNull());
        (await house.LinesAsync(task)).ShouldBe(["Timed out"]);
        (await RefusalAsync(() => AnswerAsync(task, "approve", Right, "op-1"))).Code.ShouldBe("task.timed-out");
    }

    /// <summary>Item 4 of the issue, without the kill: all at the same instant, on two nodes, again and again.</summary>
    [Fact]
    public async Task Answer_second_answer_timeout_and_cancel_at_the_same_instant_have_one_outcome()
    {
        var other = house.Join();
        var ends = new Dictionary<TaskState, int>();

        for (var round = 0; round < 25; round++)
        {
            var task = await house.StartAsync("approval");
            house.Clock.Advance(TimeSpan.FromHours(1));

            // Who has only just begun to look at the task has seen it open.
            var tries = new List<Task<string>>
            {
                TryAsync(() => AnswerAsync(task, "approve", Right, "one")),
                TryAsync(() => AnswerAsync(task, "reject", Right, "two", who: "bob", node: other)),
                TryAsync(async () =>
                {
                    using var system = house.As("system");
                    await house.PumpAsync(other);
                    return task;
                }),
            };

            if (round % 2 == 0)
                tries.Add(
                    TryAsync(async () =>
                    {
                        await CancelAsync(task);
                        return task;
                    })
                );

            var told = await Task.WhenAll(tries);
            await house.PassAsync(TimeSpan.FromSeconds(10));
            var end = await house.GetAsync(task.Id);
            ends[end.State] = ends.GetValueOrDefault(end.State) + 1;
            var lines = await house.LinesAsync(task);
            var because = $"round {round}: {end.State} {end.Outcome}, told {string.Join(" / ", told)}, printed {string.Join(",", lines)}";

            switch (end.State)
            {
                case TaskState.Completed:
                    lines.ShouldBe([end.Outcome!], because);
                    told.Take(2).Count(t => t == "done").ShouldBe(1, because);
                    told[end.Outcome == "approve" ? 0 : 1].ShouldBe("done", because);
                    end.AnsweredBy.ShouldBe(end.Outcome == "approve" ? "ann" : "bob", because);
                    break;
                case TaskState.TimedOut:
                    lines.ShouldBe(["Timed out"], because);
                    told.Take(2).ShouldNotContain("done", because);
                    end.Answer.ShouldBeNull(because);
                    break;
                case TaskState.Cancelled:
                    lines.ShouldBeEmpty(because);
                    told.Take(2).ShouldNotContain("done", because);
                    end.Answer.ShouldBeNull(because);
                    break;
                default:
                    throw new ShouldAssertException(because);
            }

            told.Take(2).Where(t => t != "done").ShouldAllBe(t => t.StartsWith("task."), because);
        }

        (await house.CountAsync("select count(*) from bookmark")).ShouldBe(0);
        (await house.CountAsync("select count(*) from work where buried_at is not null")).ShouldBe(0);
        TestContext.Current.SendDiagnosticMessage(string.Join(", ", ends.Select(e => $"{e.Key} {e.Value}")));
    }

    private async Task<TaskView> AnswerAsync(
        TaskView task,
        string outcome,
        string answer,
        string operation,
        string who = "ann",
        int node = 0
    )
    {
        using var actor = house.As(who, node: node);
        return await house.Get<TaskAnswers>(node).CompleteAsync(task.Id, outcome, answer, new TaskOrder(task.Rev, operation), Ct);
    }

    /// <summary>Writes an answer as a call does whose process dies before it takes the workflow on.</summary>
    private async Task DieAfterWritingAsync(TaskView task)
    {
        using var ann = house.As("ann");
        (
            await house.Answers.WriteAsync(task.Id, TaskVerb.Complete, "approve", Right, new TaskOrder(task.Rev, "op-1"), Ct)
        ).ShouldNotBeNull();
    }

    private async Task CancelAsync(TaskView task)
    {
        using var system = house.As("system");
        await house.Get<WorkflowRuntime>().CancelAsync(task.InstanceId, compensate: false, Ct);
    }

    private static async Task<string> TryAsync(Func<Task<TaskView>> act)
    {
        await Task.Yield();

        try
        {
            var view = await act();
            return view.State == TaskState.Completing ? "completing" : "done";
        }
        catch (DeskRefusedException e)
        {
            return e.Code;
        }
        catch (InstanceBusyException)
        {
            return "busy";
        }
    }

    private static async Task<DeskRefusedException> RefusalAsync(Func<Task> act) => await Should.ThrowAsync<DeskRefusedException>(act);
}
