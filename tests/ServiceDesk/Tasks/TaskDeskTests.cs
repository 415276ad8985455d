using System.Text;
using ServiceLoop.ServiceDesk.Routing;
using ServiceLoop.ServiceDesk.Tasks;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Tasks;

public sealed class TaskDeskTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TaskHouse house = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        house = await TaskHouse.OpenAsync(postgres);
        await house.PublishAsync("approval", Inputs.Approval);
        await house.AgentAsync("ann");
        await house.AgentAsync("bob");
    }

    public async ValueTask DisposeAsync()
    {
        await house.UnitsShouldFitAsync();
        await house.DisposeAsync();
    }

    [Fact]
    public async Task Every_verb_leaves_a_line_and_a_new_revision()
    {
        var task = await house.StartAsync("approval");

        task = await DoAsync(task, TaskVerb.Claim, "ann");
        task = await DoAsync(task, TaskVerb.Start, "ann");
        task = await DoAsync(task, TaskVerb.SaveDraft, "ann", o => o with { Text = """{"amount": 700}""" });
        task.Draft!.Value.GetProperty("amount").GetInt32().ShouldBe(700);
        task = await DoAsync(task, TaskVerb.Comment, "bob", o => o with { Text = "<b>{{ 7*7 }}'; drop table task; --" });
        task = await DoAsync(task, TaskVerb.SetDue, "ann", o => o with { At = TaskHouse.Noon.AddDays(1) });
        task = await DoAsync(task, TaskVerb.SetFollowUp, "ann", o => o with { At = TaskHouse.Noon.AddHours(2) });
        task = await DoAsync(task, TaskVerb.SetPriority, "ann", o => o with { Priority = Priority.P1 });
        task = await DoAsync(task, TaskVerb.Stop, "ann");
        task = await DoAsync(task, TaskVerb.Delegate, "ann", o => o with { Target = "bob" });
        task.ShouldSatisfyAllConditions(t => t.Assignee.ShouldBe("bob"), t => t.Owner.ShouldBe("ann"));
        task = await DoAsync(task, TaskVerb.ResolveBack, "bob");
        task = await DoAsync(task, TaskVerb.Suspend, "ann");
        (await house.AgentOfAsync("ann")).UsedUnits.ShouldBe(0);
        task = await DoAsync(task, TaskVerb.Resume, "ann");
        (await house.AgentOfAsync("ann")).UsedUnits.ShouldBe(15);
        task = await DoAsync(task, TaskVerb.Reassign, "boss", o => o with { Target = "bob" }, isSupervisor: true);
        task = await DoAsync(task, TaskVerb.Release, "bob");
        task = await DoAsync(task, TaskVerb.Assign, "boss", o => o with { Target = "ann" }, isSupervisor: true);
        task = await DoAsync(task, TaskVerb.ReturnToSender, "ann");
        task = await DoAsync(task, TaskVerb.Escalate, "boss", isSupervisor: true);

        task.Rev.ShouldBe(18);
        task.DueAt.ShouldBe(TaskHouse.Noon.AddDays(1));
        task.Priority.ShouldBe(Priority.P1);
        using var system = house.As("system");
        var lines = await house.Desk.HistoryAsync(task.Id, Ct);
        lines
            .Select(l => l.Verb)
            .ShouldBe([
                "create",
                "claim",
                "start",
                "save-draft",
                "comment",
                "set-due",
                "set-follow-up",
                "set-priority",
                "stop",
                "delegate",
                "resolve-back",
                "suspend",
                "resume",
                "reassign",
                "release",
                "assign",
                "return-to-sender",
                "escalate",
            ]);
        lines.Select(l => l.Rev).ShouldBe(Enumerable.Range(1, 18).Select(i => (long)i));
        lines[4].Detail.ShouldBe("<b>{{ 7*7 }}'; drop table task; --");
    }

    [Theory]
    [InlineData(TaskVerb.Complete)]
    [InlineData(TaskVerb.Skip)]
    [InlineData(TaskVerb.Attach)]
    public async Task What_needs_more_than_a_new_state_is_not_done_here(TaskVerb verb)
    {
        var task = await house.StartAsync("approval");

        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => DoAsync(task, verb, "ann", isSupervisor: true));

        (await house.GetAsync(task.Id)).State.ShouldBe(TaskState.Ready);
    }

    [Fact]
    public async Task The_same_wish_gets_the_same_answer_whatever_happened_since()
    {
        var task = await house.StartAsync("approval");
        var claimed = await DoAsync(task, TaskVerb.Claim, "ann", o => o with { OperationId = "one" });
        await DoAsync(claimed, TaskVerb.Start, "ann");

        var again = await DoAsync(task, TaskVerb.Claim, "ann", o => o with { OperationId = "one" });

        again.Rev.ShouldBe(claimed.Rev);
        again.State.ShouldBe(TaskState.Assigned);
        (await RefusalAsync(() => DoAsync(task, TaskVerb.Release, "ann", o => o with { OperationId = "one" }))).Code.ShouldBe(
            "operation.other-content"
        );
    }

    [Fact]
    public async Task Who_saw_an_old_revision_is_told()
    {
        var task = await house.StartAsync("approval");
        await DoAsync(task, TaskVerb.Claim, "ann");

        var refused = await RefusalAsync(() => DoAsync(task, TaskVerb.Claim, "bob"));

        refused.Code.ShouldBe("task.changed");
        refused.Message.ShouldContain("ann");
    }

    [Theory]
    [InlineData(TaskVerb.Comment, "text.missing")]
    [InlineData(TaskVerb.SaveDraft, "task.answer")]
    [InlineData(TaskVerb.SetPriority, "priority.missing")]
    public async Task What_a_verb_needs_must_be_there(TaskVerb verb, string code)
    {
        var task = await DoAsync(await house.StartAsync("approval"), TaskVerb.Claim, "ann");

        (await RefusalAsync(() => DoAsync(task, verb, "ann"))).Code.ShouldBe(code);
    }

    [Fact]
    public async Task Bad_values_are_refused_with_their_field()
    {
        var task = await DoAsync(await house.StartAsync("approval"), TaskVerb.Claim, "ann");

        (
            await RefusalAsync(() => DoAsync(task, TaskVerb.SetDue, "ann", o => o with { At = DateTimeOffset.MinValue }))
        ).Fields.ShouldContainKey("at");
        (await RefusalAsync(() => DoAsync(task, TaskVerb.Comment, "ann", o => o with { Text = "a\0b" }))).Code.ShouldBe("text.unreadable");
        (await RefusalAsync(() => DoAsync(task, TaskVerb.Comment, "ann", o => o with { Text = "a\ud800b" }))).Code.ShouldBe(
            "text.unreadable"
        );
        (await RefusalAsync(() => DoAsync(task, TaskVerb.Comment, "ann", o => o with { Text = new string('x', 10_001) }))).Code.ShouldBe(
            "text.too-long"
        );
        (
            await RefusalAsync(() => DoAsync(task, TaskVerb.Start, "ann", o => o with { OperationId = new string('x', 101) }))
        ).Fields.ShouldContainKey("operationId");
        (await RefusalAsync(() => DoAsync(task, TaskVerb.Start, "ann", o => o with { OperationId = "" }))).Fields.ShouldContainKey(
            "operationId"
        );
        (await house.GetAsync(task.Id)).Rev.ShouldBe(task.Rev);
    }

    [Theory]
    [InlineData("note.txt", "text/plain", "hello", null)]
    [InlineData("note.txt", "text/plain; charset=utf-8", "hello", null)]
    [InlineData("scan.pdf", "application/pdf", "%PDF-1.7 x", null)]
    [InlineData("scan.pdf", "application/pdf", "<html>", "file.content")]
    [InlineData("page.html", "text/html", "<html>", "file.type")]
    [InlineData("image.svg", "image/svg+xml", "<svg/>", "file.type")]
    [InlineData("../../etc/passwd", "text/plain", "x", "file.name")]
    [InlineData("a\"b.txt", "text/plain", "x", "file.name")]
    [InlineData("empty.txt", "text/plain", "", "file.size")]
    public async Task Files_must_be_what_they_are_said_to_be(string name, string type, string content, string? code)
    {
        var task = await house.StartAsync("approval");
        using var ann = house.As("ann");
        var files = house.Get<TaskFiles>();

        if (code is not null)
        {
            (await RefusalAsync(() => files.AddAsync(task.Id, name, type, Encoding.UTF8.GetBytes(content), Ct))).Code.ShouldBe(code);
            (await files.ListAsync(task.Id, Ct)).ShouldBeEmpty();
            return;
        }

        var added = await files.AddAsync(task.Id, name, type, Encoding.UTF8.GetBytes(content), Ct);
        (await files.AddAsync(task.Id, name, type, Encoding.UTF8.GetBytes(content), Ct)).Id.ShouldBe(added.Id);
        (await files.ListAsync(task.Id, Ct)).ShouldHaveSingleItem();
        Encoding.UTF8.GetString((await files.GetAsync(task.Id, added.Id, Ct)).Content).ShouldBe(content);
    }

    [Fact]
    public async Task A_file_that_is_too_large_or_one_too_many_is_refused()
    {
        var task = await house.StartAsync("approval");
        using var ann = house.As("ann");
        var files = house.Get<TaskFiles>();

        (await RefusalAsync(() => files.AddAsync(task.Id, "a.txt", "text/plain", new byte[TaskFiles.MaxBytes + 1], Ct))).Code.ShouldBe(
            "file.size"
        );

        for (var i = 0; i < TaskFiles.MaxFiles; i++)
            await files.AddAsync(task.Id, $"{i}.txt", "text/plain", "x"u8.ToArray(), Ct);

        (await RefusalAsync(() => files.AddAsync(task.Id, "b.txt", "text/plain", "x"u8.ToArray(), Ct))).Code.ShouldBe(
            "task.too-many-files"
        );
    }

    private async Task<TaskView> DoAsync(
        TaskView task,
        TaskVerb verb,
        string who,
        Func<TaskOrder, TaskOrder>? with = null,
        bool isSupervisor = false
    )
    {
        using var actor = house.As(who, isSupervisor);
        var order = new TaskOrder(task.Rev, $"{verb}-{task.Rev}-{who}");
        return await house.Desk.DoAsync(task.Id, verb, with is null ? order : with(order), Ct);
    }

    private static async Task<DeskRefusedException> RefusalAsync(Func<Task> act) => await Should.ThrowAsync<DeskRefusedException>(act);
}
