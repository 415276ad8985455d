using System.Text.Json;
using ServiceLoop.ServiceDesk.Callbacks;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Intake;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.ServiceDesk.Tracking;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Tracking;

public sealed class StatusDeskTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Morning = new(2026, 3, 4, 10, 0, 0, TimeSpan.FromHours(8));
    private static int serial;
    private DeskUnderTest desk = null!;
    private ServiceCase open = null!;
    private string mail = null!;
    private string token = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private StatusDesk Status => desk.Get<StatusDesk>();

    private StatusLinks Links => desk.Get<StatusLinks>();

    public async ValueTask InitializeAsync()
    {
        desk = await DeskUnderTest.OpenAsync(postgres, Morning);
        (open, mail) = await OpenCaseAsync();
        token = await Links.OfCaseAsync(open.Id, Ct);
    }

    public ValueTask DisposeAsync() => desk.DisposeAsync();

    [Fact]
    public async Task The_page_tells_stage_steps_promises_and_who_acts_in_both_languages()
    {
        await MoveAsync(CaseStatus.Triaged, "secret reason of Bob");
        await MoveAsync(CaseStatus.InSolution, "internal note");
        await desk.ExecuteAsync(
            $"""
            insert into promise (id, case_id, what, due_at, made_at, kept_at, broken_at) values
              ('{open.Id}a', '{open.Id}', 'A new charger', '2026-03-05', '2026-03-04', '2026-03-04', null),
              ('{open.Id}b', '{open.Id}', 'A call', '2026-03-03', '2026-03-02', null, '2026-03-03'),
              ('{open.Id}c', '{open.Id}', 'An answer', '2026-03-06', '2026-03-04', null, null)
            """
        );

        var english = await Status.GetAsync(token, "en-GB", Ct);
        var chinese = await Status.GetAsync(token, "zh-CN", Ct);

        (english.CaseNumber, english.Status, english.Stage, english.Text).ShouldBe(
            (open.Label, "in-solution", 3, "We are working on a solution")
        );
        (chinese.Language, chinese.Text).ShouldBe(("zh", "我们正在准备解决方案"));
        english.Steps.Select(s => s.Status).ShouldBe(["triaged", "in-solution"]);
        english.Promises.Select(p => p.State).ShouldBe(["broken", "kept", "open"]);
        english.NextActor.ShouldBe(NextActor.Bot);
        english.May.ShouldBe([StatusAction.AddInformation]);
        JsonSerializer.Serialize(english).ShouldNotContain("secret");
        JsonSerializer.Serialize(english).ShouldNotContain("internal");
        JsonSerializer.Serialize(english).ShouldNotContain("Ann");
    }

    [Theory]
    [InlineData(CaseStatus.PendingCustomer, false, false, NextActor.Customer)]
    [InlineData(CaseStatus.OnHold, true, false, NextActor.System)]
    [InlineData(CaseStatus.InDiagnosis, true, false, NextActor.Agent)]
    [InlineData(CaseStatus.InDiagnosis, false, true, NextActor.Agent)]
    [InlineData(CaseStatus.InDiagnosis, false, false, NextActor.Bot)]
    [InlineData(CaseStatus.InFollowUp, false, false, NextActor.Customer)]
    [InlineData(CaseStatus.Closed, true, true, NextActor.Nobody)]
    public void Who_acts_next_follows_from_where_it_stands(CaseStatus status, bool hasTask, bool hasCallback, NextActor next) =>
        StatusRules.Next(status, hasTask, hasCallback).ShouldBe(next);

    [Fact]
    public void Every_status_has_words_in_both_languages()
    {
        foreach (var status in Enum.GetValues<CaseStatus>())
            StatusText.Of(status, true).ShouldNotBe(StatusText.Of(status, false));
    }

    [Fact]
    public void A_pause_keeps_the_stage_before_it() =>
        StatusText.StageOf([CaseStatus.New, CaseStatus.InSolution, CaseStatus.PendingCustomer]).ShouldBe(3);

    [Fact]
    public async Task A_link_that_was_changed_or_is_for_something_else_opens_nothing()
    {
        var other = (await OpenCaseAsync()).Case;
        var dot = token.IndexOf('.', StringComparison.Ordinal);
        var subject = System.Buffers.Text.Base64Url.DecodeFromChars(token.AsSpan(0, dot));
        var forged = System.Text.Encoding.UTF8.GetString(subject).Replace(open.Id, other.Id, StringComparison.Ordinal);
        var longer = System.Text.Encoding.UTF8.GetString(subject).Replace("|17", "|97", StringComparison.Ordinal);
        var survey = await desk.Get<LinkTokens>().IssueAsync("survey", System.Text.Encoding.UTF8.GetString(subject), Ct);
        string?[] attacks =
        [
            null,
            "",
            ".",
            "x",
            token[..^1],
            token[..dot],
            $"{token}A",
            survey,
            $"{System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(forged))}{token[dot..]}",
            $"{System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(longer))}{token[dot..]}",
            new string('A', 10_000),
            "' or 1=1 --.x",
            await desk.Get<LinkTokens>().IssueAsync("status", open.Id, Ct),
            await desk.Get<LinkTokens>().IssueAsync("status", "c|-5|99999999999999999999|x", Ct),
        ];

        foreach (var attack in attacks)
            (await RefusedAsync(() => Status.GetAsync(attack, null, Ct))).ShouldBe("link.unknown", attack);
    }

    [Fact]
    public async Task A_link_ends_by_its_time_by_revocation_and_by_erasure()
    {
        var erased = (await OpenCaseAsync()).Case;
        var ofErased = await Links.OfCaseAsync(erased.Id, Ct);
        await desk.Get<CustomerDesk>().EraseAsync(erased.CustomerId!, "asked", Ct);
        (await RefusedAsync(() => Status.GetAsync(ofErased, null, Ct))).ShouldBe("link.revoked");

        await Links.RevokeAsync(open.Id, Ct);
        (await RefusedAsync(() => Status.GetAsync(token, null, Ct))).ShouldBe("link.revoked");
        (await RefusedAsync(() => Status.AddAsync(token, "x", null, null, Ct))).ShouldBe("link.revoked");
        desk.Clock.Advance(TimeSpan.FromSeconds(2));
        var renewed = await Links.OfCaseAsync(open.Id, Ct);
        (await Status.GetAsync(renewed, null, Ct)).CaseNumber.ShouldBe(open.Label);

        desk.Clock.Advance(StatusLinks.Lifetime);
        (await RefusedAsync(() => Status.GetAsync(renewed, null, Ct))).ShouldBe("link.expired");
        (await RefusedAsync(() => Links.RevokeAsync("none", Ct))).ShouldBe("case.unknown");
    }

    [Fact]
    public async Task Who_writes_somebody_elses_address_into_a_form_joins_their_case_and_does_not_see_it()
    {
        desk.Clock.Advance(TimeSpan.FromSeconds(5));
        var stranger = await desk.Get<IntakeDesk>()
            .ReceiveAsync(
                "web",
                new(JsonSerializer.SerializeToElement(new { email = mail, message = "Where is my order?" }), null, []),
                Ct
            );

        stranger.CaseId.ShouldBe(open.Id);
        var page = await Status.GetAsync(stranger.StatusToken, null, Ct);
        (page.CaseNumber, page.Steps.Count, page.Promises.Count, page.May.Count).ShouldBe((null, 0, 0, 0));
        (await RefusedAsync(() => Status.AddAsync(stranger.StatusToken, "x", null, null, Ct))).ShouldBe("status.early");
    }

    [Fact]
    public async Task The_customer_adds_information_once()
    {
        var page = await Status.AddAsync(token, "The number is <b>AB-12345</b>", "k1", "en", Ct);
        await Status.AddAsync(token, "The number is <b>AB-12345</b>", "k1", "en", Ct);

        page.May.ShouldContain(StatusAction.AddInformation);
        var added = (await desk.Get<InteractionDesk>().ListAsync(open.Id, null, StatusDesk.Channel, null, 10, Ct)).ShouldHaveSingleItem();
        (added.Body, added.CustomerId).ShouldBe(("The number is <b>AB-12345</b>", open.CustomerId));
        (await RefusedAsync(() => Status.AddAsync(token, "Else", "k1", null, Ct))).ShouldBe("interaction.differs");
        (await RefusedAsync(() => Status.AddAsync(token, " ", null, null, Ct))).ShouldBe("text.missing");
        (await RefusedAsync(() => Status.AddAsync(token, new string('x', 10_001), null, null, Ct))).ShouldBe("text.too-long");
    }

    [Fact]
    public async Task A_settled_case_is_reopened_within_the_window_and_not_after()
    {
        (await RefusedAsync(() => Status.ReopenAsync(token, "again", null, Ct))).ShouldBe("case.open");
        await MoveAsync(CaseStatus.Resolved, null);
        var settled = await Status.GetAsync(token, null, Ct);
        settled.May.ShouldBe([StatusAction.Reopen]);
        settled.ResolvedAt.ShouldBe(desk.Clock.GetUtcNow());

        var reopened = await Status.ReopenAsync(token, "It leaks again", "zh", Ct);

        (reopened.Status, reopened.Stage).ShouldBe(("in-diagnosis", 2));
        await MoveAsync(CaseStatus.Resolved, null);
        desk.Clock.Advance(TimeSpan.FromDays(8));
        (await Status.GetAsync(token, null, Ct)).May.ShouldBeEmpty();
        (await RefusedAsync(() => Status.ReopenAsync(token, "again", null, Ct))).ShouldBe("case.over");
        (await RefusedAsync(() => Status.AddAsync(token, "more", null, null, Ct))).ShouldBe("status.over");
    }

    [Fact]
    public async Task A_callback_is_moved_and_called_off_by_its_customer_and_by_no_other()
    {
        var callback = await desk.Get<CallbackDesk>()
            .RequestAsync(new(open.Id, open.CustomerId, null, ["+8613800138000"], null, null, null, null), Ct);
        await desk.PumpAsync();
        var strange = await Links.OfCaseAsync((await OpenCaseAsync()).Case.Id, Ct);

        (await RefusedAsync(() => Status.SlotsAsync(strange, callback.Id, Ct))).ShouldBe("callback.unknown");
        (await RefusedAsync(() => Status.CancelAsync(strange, callback.Id, null, Ct))).ShouldBe("callback.unknown");
        var slots = await Status.SlotsAsync(token, callback.Id, Ct);
        var moved = await Status.RescheduleAsync(token, callback.Id, slots[^1].Start, null, Ct);
        var off = await Status.CancelAsync(token, callback.Id, null, Ct);

        moved.Callbacks.ShouldHaveSingleItem().From.ShouldBe(slots[^1].Start);
        moved.May.ShouldContain(StatusAction.RescheduleCallback);
        moved.NextActor.ShouldBe(NextActor.Agent);
        off.Callbacks.ShouldBeEmpty();
    }

    [Fact]
    public async Task Looks_and_questions_for_the_status_are_counted()
    {
        var before = await Status.FiguresAsync(null, desk.Clock.GetUtcNow().AddMinutes(1), Ct);

        await Status.GetAsync(token, null, Ct);
        await Status.GetAsync(token, null, Ct);
        await desk.Get<IntakeDesk>()
            .ReceiveAsync(
                "web",
                new(JsonSerializer.SerializeToElement(new { email = mail, message = "Any news on my repair?" }), null, []),
                Ct
            );

        var after = await Status.FiguresAsync(null, desk.Clock.GetUtcNow().AddMinutes(1), Ct);
        (after.Views - before.Views, after.Cases - before.Cases, after.Contacts - before.Contacts, after.Asks - before.Asks).ShouldBe(
            (2, 1, 1, 1)
        );
    }

    private async Task<(ServiceCase Case, string Mail)> OpenCaseAsync()
    {
        var address = $"st{Interlocked.Increment(ref serial)}@example.org";
        var customer = await desk.Get<CustomerDesk>().CreateAsync(new() { Name = "Ann" }, [new("email", address)], Ct);
        return (await desk.Get<CaseDesk>().OpenAsync(new() { CustomerId = customer.Id, Title = "internal title" }, Ct), address);
    }

    private Task MoveAsync(CaseStatus status, string? reason) =>
        desk.Get<CaseDesk>().ProjectAsync(new(open.Id, "stage", status, reason), Ct);

    private static async Task<string?> RefusedAsync(Func<Task> act)
    {
        try
        {
            await act();
            return null;
        }
        catch (DeskRefusedException refused)
        {
            return refused.Code;
        }
    }
}
