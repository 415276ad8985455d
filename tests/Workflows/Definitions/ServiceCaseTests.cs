using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Escalations;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.ServiceDesk.Messages;
using ServiceLoop.ServiceDesk.Promises;
using ServiceLoop.ServiceDesk.Tasks;

namespace ServiceLoop.Workflows.Tests.Definitions;

/// <summary>Contacts walk the shipped <c>service-case</c>, on a clock that stands until it is moved.</summary>
public sealed class ServiceCaseTests : IAsyncLifetime
{
    private const string Work = "solve-case";

    private ShippedDesk desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => desk = await ShippedDesk.OpenAsync();

    public ValueTask DisposeAsync() => desk.DisposeAsync();

    [Fact]
    public async Task A_contact_walks_through_all_five_stages()
    {
        var id = await WorkingAsync();
        (await desk.CaseAsync(id)).FirstResponseAt.ShouldBeNull("a receipt is no answer");

        await desk.AnswerAsync(id, Work, "Solved", """{ "note": "Between us.", "message": "It is corrected." }""");

        var settled = await desk.CaseAsync(id);
        settled.FirstResponseAt.ShouldNotBeNull();
        (settled.Status, settled.ResolutionCode, settled.ResolutionMode).ShouldBe(
            (CaseStatus.InFollowUp, ResolutionCode.Solved, ResolutionMode.Human)
        );
        var told = (await desk.Get<MessageService>().ListAsync(new() { CaseId = id }, 50, Ct)).Select(m => m.Body).ToList();
        told.ShouldContain(b => b.Contains(settled.Label) && b.Contains("It is corrected."));
        told.ShouldNotContain(b => b.Contains("Between us.") || b.Contains(id));
        await desk.Desk.PassAsync(TimeSpan.FromDays(8));
        await desk.ShouldBeOverAsync(id, CaseStatus.Closed);
    }

    [Theory]
    [InlineData("en", "We have received your message")]
    [InlineData("zh", "我们已收到您的来信")]
    [InlineData(null, "我们已收到您的来信")]
    public async Task The_receipt_is_in_the_language_of_the_contact(string? language, string words)
    {
        var id = await desk.ContactAsync(language: language);

        (await desk.Get<MessageService>().ListAsync(new() { CaseId = id }, 50, Ct)).ShouldHaveSingleItem().Body.ShouldStartWith(words);
    }

    [Fact]
    public async Task A_letter_that_comes_while_somebody_works_is_read_before_the_end()
    {
        var id = await WorkingAsync();
        await desk.SayAsync(id, body: "One more thing.", channel: "chat");

        await desk.AnswerAsync(id, Work, "Solved");

        (await desk.CaseAsync(id)).Status.ShouldBe(CaseStatus.InSolution);
        await OnlyAsync(id, Work);
        await desk.AnswerAsync(id, Work, "Solved");
        (await desk.CaseAsync(id)).Status.ShouldBe(CaseStatus.InFollowUp);
    }

    [Fact]
    public async Task A_question_waits_for_the_customer_on_whatever_channel_the_answer_comes()
    {
        var id = await WorkingAsync();
        await desk.AnswerAsync(id, Work, "Need customer", """{ "message": "Which invoice?" }""");
        var waiting = await desk.CaseAsync(id);
        (waiting.Status, waiting.FirstResponseAt is null).ShouldBe((CaseStatus.PendingCustomer, false));
        (await desk.TypesAsync(id)).ShouldBeEmpty();

        await desk.SayAsync(id, body: "That of March.", channel: "phone");

        (await desk.CaseAsync(id)).Status.ShouldBe(CaseStatus.InSolution);
        await OnlyAsync(id, Work);
    }

    [Fact]
    public async Task A_question_is_not_asked_when_the_customer_has_written_meanwhile()
    {
        var id = await WorkingAsync();
        await desk.SayAsync(id, body: "It is that of March.");

        await desk.AnswerAsync(id, Work, "Need customer", """{ "message": "Which invoice?" }""");

        (await desk.CaseAsync(id)).Status.ShouldBe(CaseStatus.InSolution);
        await OnlyAsync(id, Work);
    }

    [Fact]
    public async Task Silence_is_reminded_of_once_and_then_ends_the_case()
    {
        var id = await WorkingAsync();
        await desk.AnswerAsync(id, Work, "Need customer");

        await desk.Desk.PassAsync(TimeSpan.FromDays(3.1));
        (await MessagesAsync(id, "reminder")).ShouldBe(1);
        await desk.Desk.PassAsync(TimeSpan.FromDays(4));

        var settled = await desk.CaseAsync(id);
        (settled.Status, settled.ResolutionCode).ShouldBe((CaseStatus.InFollowUp, ResolutionCode.Unreachable));
        await desk.Desk.PassAsync(TimeSpan.FromDays(8));
        await desk.ShouldBeOverAsync(id, CaseStatus.Closed);
    }

    [Fact]
    public async Task A_reply_after_the_reminder_counts()
    {
        var id = await WorkingAsync();
        await desk.AnswerAsync(id, Work, "Need customer");
        await desk.Desk.PassAsync(TimeSpan.FromDays(5));

        await desk.SayAsync(id, body: "Sorry, I was away.");

        (await desk.CaseAsync(id)).Status.ShouldBe(CaseStatus.InSolution);
        await OnlyAsync(id, Work);
        await desk.Desk.PassAsync(TimeSpan.FromDays(4));
        (await desk.CaseAsync(id)).Status.ShouldBe(CaseStatus.InSolution);
    }

    [Theory]
    [InlineData("third party")]
    [InlineData("customer")]
    [InlineData("time")]
    public async Task A_wait_for_a_third_party_ends_with_whatever_comes_first(string first)
    {
        var id = await WorkingAsync();
        await desk.AnswerAsync(id, Work, "Need third party");
        (await desk.CaseAsync(id)).Status.ShouldBe(CaseStatus.PendingThirdParty);
        (await desk.TypesAsync(id)).ShouldBeEmpty();

        if (first == "third party")
            await desk.PublishAsync("third-party-answered", id);
        else if (first == "customer")
            await desk.SayAsync(id);
        else
            await desk.Desk.PassAsync(TimeSpan.FromDays(2.1));

        (await desk.CaseAsync(id)).Status.ShouldBe(CaseStatus.InSolution);
        await OnlyAsync(id, Work);
    }

    [Fact]
    public async Task A_case_that_is_handed_over_lies_in_the_other_queue()
    {
        var id = await WorkingAsync();
        (await OnlyAsync(id, Work)).QueueId.ShouldBe("first-line");

        await desk.AnswerAsync(id, Work, "Hand over");

        (await OnlyAsync(id, Work)).QueueId.ShouldBe("specialists");
    }

    [Fact]
    public async Task A_case_that_the_customer_withdraws_is_settled_as_such()
    {
        var id = await WorkingAsync();

        await desk.AnswerAsync(id, Work, "Withdrawn");

        var settled = await desk.CaseAsync(id);
        (settled.Status, settled.ResolutionCode).ShouldBe((CaseStatus.InFollowUp, ResolutionCode.CustomerWithdrew));
    }

    [Fact]
    public async Task A_task_that_nobody_answers_is_escalated_and_given_out_again_once()
    {
        var id = await WorkingAsync();
        var before = await OnlyAsync(id, Work);

        await desk.Desk.PassAsync(TimeSpan.FromDays(5.1));

        (await OnlyAsync(id, Work)).Id.ShouldNotBe(before.Id);
        var raised = await desk.Get<EscalationService>().ListAsync(new() { CaseId = id }, Ct);
        raised.ShouldContain(e => e.Metric == "task" && e.Level >= 2);
    }

    [Theory]
    [InlineData("There", CaseStatus.InFollowUp)]
    [InlineData("Not yet", CaseStatus.InTracking)]
    [InlineData("Failed", CaseStatus.InSolution)]
    [InlineData(null, CaseStatus.InTracking)]
    public async Task A_result_that_comes_later_is_promised_and_looked_after(string? outcome, CaseStatus status)
    {
        var id = await WorkingAsync();
        await desk.AnswerAsync(id, Work, "Solved", """{ "resultLater": true }""");
        (await desk.CaseAsync(id)).Status.ShouldBe(CaseStatus.InTracking);
        (await desk.Get<PromiseDesk>().ListAsync(id, Ct)).Count.ShouldBe(1);
        await desk.Desk.PassAsync(TimeSpan.FromDays(1.7));
        await OnlyAsync(id, "check-result");

        if (outcome is null)
            await desk.Desk.PassAsync(TimeSpan.FromDays(1));
        else
            await desk.AnswerAsync(id, "check-result", outcome);

        (await desk.CaseAsync(id)).Status.ShouldBe(status);
        var promises = (await desk.Get<PromiseDesk>().ListAsync(id, Ct)).Where(p => p.What != "out-of-hours").ToList();

        if (status == CaseStatus.InFollowUp)
            promises.ShouldHaveSingleItem().KeptAt.ShouldBe(desk.Desk.Clock.GetUtcNow());
        else if (status == CaseStatus.InTracking)
            promises.Count.ShouldBe(2);
        else if (status == CaseStatus.InSolution)
            await OnlyAsync(id, Work);
    }

    [Fact]
    public async Task A_customer_who_writes_before_the_result_is_there_is_worked_for_again()
    {
        var id = await WorkingAsync();
        await desk.AnswerAsync(id, Work, "Solved", """{ "resultLater": true }""");
        await desk.Desk.PassAsync(TimeSpan.FromDays(1.7));
        await OnlyAsync(id, "check-result");

        await desk.SayAsync(id, body: "Where is it?");

        // The question whether the result is there is taken back: nobody is to answer it any more.
        await OnlyAsync(id, Work);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_case_is_reopened_within_its_time_even_while_the_survey_waits(bool byDesk)
    {
        var id = await WorkingAsync();
        await desk.AnswerAsync(id, Work, "Solved");
        await desk.Desk.PassAsync(TimeSpan.FromDays(1));

        if (byDesk)
        {
            await desk.Get<CaseDesk>().ReopenAsync(id, "It was not solved.", Ct);
            await desk.Desk.PumpAsync();
            desk.Desk.Failures.ShouldBeEmpty();
        }
        else
        {
            (await desk.SayAsync(id, body: "It is broken again.")).Correlation.ShouldBe(Correlation.Reopened);
        }

        var again = await desk.CaseAsync(id);
        (again.Status, again.ReopenCount).ShouldBe((CaseStatus.InSolution, 1));
        await OnlyAsync(id, Work);
        await desk.AnswerAsync(id, Work, "Solved");
        (await desk.CaseAsync(id)).Status.ShouldBe(CaseStatus.InFollowUp);
        await desk.Desk.PassAsync(TimeSpan.FromDays(8));
        await desk.ShouldBeOverAsync(id, CaseStatus.Closed);
    }

    [Fact]
    public async Task A_customer_who_comes_back_later_gets_a_case_that_follows_the_old_one()
    {
        var id = await WorkingAsync();
        await desk.AnswerAsync(id, Work, "Solved");
        await desk.Desk.PassAsync(TimeSpan.FromDays(8));

        var back = await desk.SayAsync(id, body: "Again.");

        back.Correlation.ShouldBe(Correlation.Follows);
        var next = (await desk.Get<InteractionDesk>().GetAsync(back.Interaction.Id, Ct)).CaseId.ShouldNotBeNull();
        next.ShouldNotBe(id);
        await desk.ShouldBeOverAsync(id, CaseStatus.Closed);
    }

    [Theory]
    [InlineData("triage")]
    [InlineData("work")]
    [InlineData("customer")]
    [InlineData("third party")]
    [InlineData("tracking")]
    [InlineData("check")]
    public async Task A_case_that_is_called_off_ends_at_once_and_leaves_nothing(string place)
    {
        var id = await desk.ContactAsync();

        if (place != "triage")
            await desk.TriageAsync(id);

        if (place is "customer" or "third party")
            await desk.AnswerAsync(id, Work, $"Need {place}");
        else if (place is "tracking" or "check")
            await desk.AnswerAsync(id, Work, "Solved", """{ "resultLater": true }""");

        if (place == "check")
            await desk.Desk.PassAsync(TimeSpan.FromDays(1.7));

        await desk.PublishAsync("case-cancelled", id);

        (await MessagesAsync(id, "case-cancelled")).ShouldBe(1);
        await desk.Desk.PassAsync(TimeSpan.FromDays(10));
        await desk.ShouldBeOverAsync(id, CaseStatus.Cancelled);
    }

    private async Task<string> WorkingAsync()
    {
        var id = await desk.ContactAsync();
        await desk.TriageAsync(id);
        (await desk.CaseAsync(id)).Status.ShouldBe(CaseStatus.InSolution);
        await OnlyAsync(id, Work);
        return id;
    }

    /// <summary>The only open task of a case: never two at once.</summary>
    private async Task<TaskView> OnlyAsync(string id, string type)
    {
        var only = (await desk.TasksAsync(id)).ShouldHaveSingleItem();
        only.Type.ShouldBe(type);
        return only;
    }

    private Task<long> MessagesAsync(string id, string template) =>
        desk.Desk.ReadAsync<long>("select count(*) from message where case_id = $1 and template = $2", id, template);
}
