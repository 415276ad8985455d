using ServiceLoop.Runtime.Store;
using ServiceLoop.ServiceDesk.Callbacks;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.ServiceDesk.Windows;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Callbacks;

public sealed class CallbackDeskTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Morning = new(2026, 3, 4, 9, 45, 0, TimeSpan.FromHours(8));
    private static int serial;
    private DeskUnderTest desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private CallbackDesk Callbacks => desk.Get<CallbackDesk>();

    public async ValueTask InitializeAsync()
    {
        desk = await DeskUnderTest.OpenAsync(postgres, Morning);

        // Work and slots of other tests of this class are not ours.
        await desk.ReadAsync<object>(
            "with w as (delete from work), s as (delete from callback_slot), r as (delete from callback_rate) select 1"
        );
    }

    public async ValueTask DisposeAsync()
    {
        desk.Failures.ShouldBeEmpty();
        await desk.DisposeAsync();
    }

    [Fact]
    public async Task A_callback_is_promised_within_an_hour_and_the_allowed_time()
    {
        var planned = await PlannedAsync();

        planned.State.ShouldBe(CallbackState.Scheduled);
        planned.Window!.Value.Length.ShouldBeLessThanOrEqualTo(CallbackPolicy.LongestWindow);
        planned.Window.Value.Start.ShouldBeGreaterThanOrEqualTo(Morning.AddMinutes(15));
        planned.Propensity.ShouldNotBeNull();
        planned.Zones.ShouldContain("\"assumed\": true");
    }

    [Fact]
    public async Task Reached_in_the_window_is_on_time()
    {
        var planned = await PlannedAsync();
        await desk.PassUntilAsync(planned.Window!.Value.Start);
        (await Callbacks.GetAsync(planned.Id, Ct)).State.ShouldBe(CallbackState.Reserved);

        await Callbacks.DialAsync(planned.Id, Ct);
        var reached = await Callbacks.ReportAttemptAsync(planned.Id, 1, "reached", "fine", Ct);

        (reached.State, reached.IsOnTime).ShouldBe((CallbackState.Reached, true));
        (await Should.ThrowAsync<DeskRefusedException>(() => Callbacks.ReportAttemptAsync(planned.Id, 2, "busy", null, Ct))).Kind.ShouldBe(
            DeskRefusal.Gone
        );
    }

    [Fact]
    public async Task An_attempt_told_twice_counts_once_and_told_otherwise_is_refused()
    {
        var planned = await PlannedAsync();
        await desk.PassUntilAsync(planned.Window!.Value.Start);

        var ends = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Callbacks.ReportAttemptAsync(planned.Id, 1, "no-answer", null, Ct))
        );

        ends.ShouldAllBe(e => e.Attempts.Length == 1 && e.State == CallbackState.RetryScheduled);
        (await Should.ThrowAsync<DeskRefusedException>(() => Callbacks.ReportAttemptAsync(planned.Id, 1, "busy", null, Ct))).Code.ShouldBe(
            "callback.attempt-differs"
        );
        (
            await Should.ThrowAsync<DeskRefusedException>(() => Callbacks.ReportAttemptAsync(planned.Id, 3, "busy", null, Ct))
        ).Fields.Keys.ShouldBe(["no"]);
    }

    [Fact]
    public async Task Three_attempts_without_answer_exhaust_it_and_all_lie_in_the_allowed_time()
    {
        var planned = await PlannedAsync();

        for (var no = 1; no <= 3; no++)
        {
            var next = await Callbacks.GetAsync(planned.Id, Ct);
            await desk.PassUntilAsync(next.NextAt!.Value);
            (await Callbacks.DialAsync(planned.Id, Ct)).State.ShouldBe(CallbackState.Dialling);
            await Callbacks.ReportAttemptAsync(planned.Id, no, "no-answer", null, Ct);
        }

        var ended = await Callbacks.GetAsync(planned.Id, Ct);
        (ended.State, ended.EndReason, ended.Attempts.Length).ShouldBe((CallbackState.Exhausted, "max-attempts", 3));
        var shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
        ended.Attempts.ShouldAllBe(a => LocalTimes.Wall(shanghai, a.At).Hour >= 9 && LocalTimes.Wall(shanghai, a.At).Hour < 20);
    }

    [Fact]
    public async Task Nobody_dials_outside_the_allowed_time()
    {
        var planned = await PlannedAsync();
        await desk.PassUntilAsync(Morning.AddHours(11));

        var refused = await Should.ThrowAsync<DeskRefusedException>(() => Callbacks.DialAsync(planned.Id, Ct));

        refused.Code.ShouldBe("callback.not-now");
    }

    [Fact]
    public async Task Nobody_dials_before_the_promised_window()
    {
        var planned = await PlannedAsync();
        await desk.PassUntilAsync(planned.Window!.Value.Start - TimeSpan.FromMinutes(5));
        (await Callbacks.GetAsync(planned.Id, Ct)).State.ShouldBe(CallbackState.Reserved);

        var refused = await Should.ThrowAsync<DeskRefusedException>(() => Callbacks.DialAsync(planned.Id, Ct));

        refused.Code.ShouldBe("callback.too-early");
        refused.Message.ShouldContain($"{planned.Window.Value.Start:u}");
        (await Callbacks.GetAsync(planned.Id, Ct)).State.ShouldBe(CallbackState.Reserved);
    }

    [Fact]
    public async Task A_window_that_passed_without_a_call_is_told()
    {
        var planned = await PlannedAsync();

        await desk.PassUntilAsync(planned.Window!.Value.End + TimeSpan.FromMinutes(6));

        (await Callbacks.GetAsync(planned.Id, Ct)).IsOnTime.ShouldBe(false);
    }

    [Fact]
    public async Task Who_refuses_is_not_called_for_ninety_days()
    {
        var customer = await CustomerAsync();
        var planned = await PlannedAsync(customer);
        await desk.PassUntilAsync(planned.Window!.Value.Start);

        await Callbacks.ReportAttemptAsync(planned.Id, 1, "refused", null, Ct);
        var next = await Callbacks.RequestAsync(new(null, customer, null, null, "again", null, null, null), Ct);
        await desk.PumpAsync();

        next = await Callbacks.GetAsync(next.Id, Ct);
        (next.State, next.NeedsBooking).ShouldBe((CallbackState.Requested, true));
        (await desk.Get<CustomerDesk>().GetAsync(customer, Ct)).SuppressedUntil!.Value.ShouldBe(
            planned.Window.Value.Start.AddDays(90),
            TimeSpan.FromMinutes(1)
        );
    }

    [Fact]
    public async Task A_slot_takes_as_many_as_it_has_room_for()
    {
        var start = Morning.AddMinutes(15).ToUniversalTime();
        await Callbacks.SetRoomAsync(start, 3, Ct);
        var wish = (From: start, To: start.AddMinutes(30));
        var ids = new List<string>();

        for (var i = 0; i < 8; i++)
            ids.Add((await Callbacks.RequestAsync(new(null, null, null, ["+8613800000000"], null, null, wish.From, wish.To), Ct)).Id);

        await Task.WhenAll(ids.Select(id => desk.Get<CallbackPlans>().PlanAsync(id, Ct)));

        var planned = await Task.WhenAll(ids.Select(id => Callbacks.GetAsync(id, Ct)));
        planned.Count(c => c.State == CallbackState.Scheduled).ShouldBe(3);
        planned.Count(c => c.NeedsBooking).ShouldBe(5);

        // Room comes back when one is called off.
        await Callbacks.CancelAsync(planned.First(c => c.State == CallbackState.Scheduled).Id, "not needed", Ct);
        (await desk.ReadAsync<int>("select reserved from callback_slot where starts_at = $1", start)).ShouldBe(2);
    }

    [Fact]
    public async Task A_wish_wins_and_the_law_wins_over_the_wish()
    {
        var evening = Morning.AddHours(9).ToUniversalTime();
        var wished = await PlannedAsync(wish: (evening, evening.AddHours(1)));
        var night = Morning.AddHours(14).ToUniversalTime();
        var unlawful = await PlannedAsync(wish: (night, night.AddHours(1)));

        (wished.SlotReason, wished.Window!.Value.Start >= evening).ShouldBe((SlotReason.Wish, true));
        (unlawful.State, unlawful.NeedsBooking).ShouldBe((CallbackState.Requested, true));
    }

    [Fact]
    public async Task A_customer_without_a_common_hour_books_with_a_link()
    {
        // 09:00 to 20:00 in Berlin is over when it is nine in Honolulu.
        var planned = await PlannedAsync(numbers: ["+4930123456", "+14155550100"]);
        planned.NeedsBooking.ShouldBeTrue();
        var token = await desk.Get<LinkTokens>().IssueAsync("callback-booking", planned.Id, Ct);

        (await Should.ThrowAsync<DeskRefusedException>(() => Callbacks.SlotsByLinkAsync(token + "x", Ct))).Kind.ShouldBe(
            DeskRefusal.Unknown
        );
        var slots = await Callbacks.SlotsByLinkAsync(token, Ct);

        slots.ShouldBeEmpty("no law allows a call to both at once");
    }

    [Fact]
    public async Task A_slot_that_was_booked_with_a_link_is_promised()
    {
        var night = Morning.AddHours(14).ToUniversalTime();
        var planned = await PlannedAsync(wish: (night, night.AddHours(1)));
        var token = await desk.Get<LinkTokens>().IssueAsync("callback-booking", planned.Id, Ct);
        var slots = await Callbacks.SlotsByLinkAsync(token, Ct);

        var booked = await Callbacks.BookByLinkAsync(token, slots[5].Start, null, Ct);

        booked.ShouldBe(slots[5]);
        (await Callbacks.GetAsync(planned.Id, Ct)).State.ShouldBe(CallbackState.Scheduled);
        (
            await Should.ThrowAsync<DeskRefusedException>(() => Callbacks.BookByLinkAsync(token, slots[5].Start.AddMinutes(7), null, Ct))
        ).Code.ShouldBe("callback.slot-taken");
    }

    [Fact]
    public async Task An_old_plan_does_nothing_after_a_move()
    {
        var planned = await PlannedAsync();
        var later = (await Callbacks.SlotsAsync(planned.Id, Ct)).First(s => s.Start > planned.Window!.Value.End.AddHours(2));

        var moved = await Callbacks.RescheduleAsync(planned.Id, later.Start, "customer asked", Ct);
        await desk.PassUntilAsync(planned.Window!.Value.End + TimeSpan.FromMinutes(10));

        var after = await Callbacks.GetAsync(planned.Id, Ct);
        (moved.WasMoved, after.State, after.IsOnTime).ShouldBe((true, CallbackState.Scheduled, null));
        await desk.PassUntilAsync(later.Start);
        (await Callbacks.GetAsync(planned.Id, Ct)).State.ShouldBe(CallbackState.Reserved);
    }

    [Fact]
    public async Task A_contact_about_the_case_offers_to_end_it_and_only_a_settled_case_does()
    {
        var customer = await CustomerAsync();
        var open = await desk.Get<CaseDesk>().OpenAsync(new() { CustomerId = customer }, Ct);
        var planned = await PlannedAsync(customer, open.Id);

        (await Should.ThrowAsync<DeskRefusedException>(() => Callbacks.SupersedeAsync(planned.Id, "solved", Ct))).Code.ShouldBe(
            "callback.no-contact"
        );
        var thanks = await desk.Get<InteractionDesk>()
            .ReceiveAsync(
                new()
                {
                    Channel = "email",
                    ExternalId = $"thanks-{planned.Id}",
                    CaseId = open.Id,
                    Body = "Thanks, OK",
                },
                Ct
            );
        await desk.PumpAsync();

        thanks.PendingCallbacks.ShouldBe([planned.Id]);
        (await Callbacks.GetAsync(planned.Id, Ct)).State.ShouldBe(CallbackState.Scheduled, "a thank-you destroys no promise");

        await desk.Get<CallbackDesk>().SupersedeOfCaseAsync(open.Id, Ct);
        (await Callbacks.GetAsync(planned.Id, Ct)).State.ShouldBe(CallbackState.Scheduled, "the case is not settled");
        await desk.Get<CaseDesk>().ProjectAsync(new(open.Id, "resolve", CaseStatus.Resolved, null), Ct);
        await desk.Get<CallbackDesk>().SupersedeOfCaseAsync(open.Id, Ct);
        (await Callbacks.GetAsync(planned.Id, Ct)).State.ShouldBe(CallbackState.Superseded);
    }

    [Fact]
    public async Task Answers_are_learned_from()
    {
        var planned = await PlannedAsync();
        await desk.PassUntilAsync(planned.Window!.Value.Start);
        await Callbacks.ReportAttemptAsync(planned.Id, 1, "reached", null, Ct);

        (await desk.ReadAsync<long>("select sum(answers)::bigint from callback_rate where segment = ''")).ShouldBe(1);
        (await desk.Get<IWorkflowStore>().ListWorkAsync(true, null, 0, 10, Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_moment_that_the_customer_chose_is_dialled_although_own_windows_leave_it_out()
    {
        var customer = await CustomerAsync(new() { Preferences = new([new("18:00", "18:10", null)], null, null) });
        var planned = await PlannedAsync(customer);
        planned.NeedsBooking.ShouldBeTrue("ten minutes are no slot");
        var token = await desk.Get<LinkTokens>().IssueAsync("callback-booking", planned.Id, Ct);
        var slot = (await Callbacks.SlotsByLinkAsync(token, Ct))[3];
        await Callbacks.BookByLinkAsync(token, slot.Start, null, Ct);

        await desk.PassUntilAsync(slot.Start);

        (await Callbacks.DialAsync(planned.Id, Ct)).State.ShouldBe(CallbackState.Dialling);
    }

    [Fact]
    public async Task A_booking_that_is_sent_twice_is_promised_once()
    {
        var night = Morning.AddHours(14).ToUniversalTime();
        var planned = await PlannedAsync(wish: (night, night.AddHours(1)));
        var token = await desk.Get<LinkTokens>().IssueAsync("callback-booking", planned.Id, Ct);
        var slot = (await Callbacks.SlotsByLinkAsync(token, Ct))[5];
        await Callbacks.SetRoomAsync(slot.Start, 1, Ct);
        await Callbacks.BookByLinkAsync(token, slot.Start, null, Ct);
        var once = await Callbacks.GetAsync(planned.Id, Ct);

        (await Callbacks.BookByLinkAsync(token, slot.Start, null, Ct)).ShouldBe(slot);

        (await Callbacks.GetAsync(planned.Id, Ct)).Rev.ShouldBe(once.Rev);
    }

    [Fact]
    public async Task A_moment_beyond_all_calendars_is_refused_like_every_other_that_is_no_slot()
    {
        var planned = await PlannedAsync();

        (
            await Should.ThrowAsync<DeskRefusedException>(() =>
                Callbacks.RescheduleAsync(planned.Id, DateTimeOffset.MaxValue, "customer asked", Ct)
            )
        ).Code.ShouldBe("callback.slot-taken");
    }

    [Fact]
    public async Task A_slot_gets_its_room_back_although_it_was_tried_before()
    {
        var planned = await PlannedAsync();
        await desk.PassUntilAsync(planned.Window!.Value.Start);
        await Callbacks.ReportAttemptAsync(planned.Id, 1, "no-answer", null, Ct);
        var slots = await Callbacks.SlotsAsync(planned.Id, Ct);
        var (second, third) = (slots[8].Start, slots[9].Start);
        await Callbacks.RescheduleAsync(planned.Id, second, "customer asked", Ct);

        await Callbacks.RescheduleAsync(planned.Id, third, "customer asked again", Ct);
        (await ReservedAsync(second)).ShouldBe(0);
        await Callbacks.CancelAsync(planned.Id, "not needed", Ct);

        (await ReservedAsync(third)).ShouldBe(0);
    }

    [Theory]
    [InlineData("nobody", null, "customerId")]
    [InlineData(null, "nothing", "caseId")]
    public async Task Who_or_what_is_not_known_is_refused(string? customer, string? caseId, string field)
    {
        var refused = await Should.ThrowAsync<DeskRefusedException>(() =>
            Callbacks.RequestAsync(new(caseId, customer, null, ["+8613800000000"], null, null, null, null), Ct)
        );

        refused.Fields.Keys.ShouldBe([field]);
    }

    private async Task<Callback> PlannedAsync(
        string? customer = null,
        string? caseId = null,
        (DateTimeOffset From, DateTimeOffset To)? wish = null,
        string[]? numbers = null
    )
    {
        var made = await Callbacks.RequestAsync(
            new(caseId, customer, null, numbers ?? (customer is null ? ["+8613800000000"] : null), "talk", null, wish?.From, wish?.To),
            Ct
        );
        await desk.PumpAsync();
        return await Callbacks.GetAsync(made.Id, Ct);
    }

    private Task<int> ReservedAsync(DateTimeOffset slot) =>
        desk.ReadAsync<int>("select reserved from callback_slot where starts_at = $1", slot);

    private async Task<string> CustomerAsync(CustomerRequest? wanted = null) =>
        (
            await desk.Get<CustomerDesk>()
                .CreateAsync(wanted ?? new(), [new("phone", $"+86139{Interlocked.Increment(ref serial):00000000}")], Ct)
        ).Id;
}
