using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Findings;
using ServiceLoop.ServiceDesk.FollowUps;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.ServiceDesk.Surveys;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.FollowUps;

public sealed class FollowUpDeskTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Morning = new(2026, 3, 4, 10, 0, 0, TimeSpan.FromHours(8));
    private DeskUnderTest desk = null!;
    private string customer = null!;
    private string caseId = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        desk = await DeskUnderTest.OpenAsync(postgres, Morning);
        customer = (await desk.Get<CustomerDesk>().CreateAsync(new() { Zone = "Asia/Shanghai" }, null, Ct)).Id;
        caseId = (await desk.Get<CaseDesk>().OpenAsync(new() { CustomerId = customer, Category = "billing" }, Ct)).Id;
    }

    public async ValueTask DisposeAsync()
    {
        desk.Failures.ShouldBeEmpty();
        await desk.DisposeAsync();
    }

    [Fact]
    public async Task A_customer_is_asked_two_hours_after_a_talk_and_answers_once()
    {
        var id = await AskAsync();
        await desk.PassUntilAsync(Morning.AddHours(1.9));
        (await GetAsync(id)).State.ShouldBe(FollowUpState.Planned);
        await desk.PassUntilAsync(Morning.AddHours(2));
        var token = await desk.Get<FollowUpDesk>().TokenAsync(id, Ct);

        (await Surveys.QuestionAsync(token, Ct)).ShouldBe(new(SurveyMetric.Csat, 1, 5, Morning.AddDays(7).ToUniversalTime(), false));
        await Surveys.AnswerAsync(token, 5, "fine", Ct);
        await Surveys.AnswerAsync(token, 5, "fine", Ct);

        (await GetAsync(id)).State.ShouldBe(FollowUpState.Answered);
        (await Should.ThrowAsync<DeskRefusedException>(() => Surveys.AnswerAsync(token, 1, "bad", Ct))).Code.ShouldBe("survey.answered");
        (await Surveys.FindAsync(id, Ct))!.Score.ShouldBe(5);
        (await FindingsAsync()).ShouldNotContain(f => f.Report.CaseId == caseId);
    }

    [Fact]
    public async Task A_low_score_becomes_one_finding_and_asks_for_a_recovery()
    {
        var id = await AskAsync();
        await desk.PassUntilAsync(Morning.AddHours(2));
        var token = await desk.Get<FollowUpDesk>().TokenAsync(id, Ct);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Surveys.AnswerAsync(token, 2, "slow", Ct)));

        var finding = (await FindingsAsync()).Where(f => f.Report.CaseId == caseId).ShouldHaveSingleItem();
        (finding.Report.Source, finding.Report.Kpi, finding.Report.Detail).ShouldBe((FindingSource.Survey, "csat", "slow"));
        (await desk.ReadAsync<long>("select count(*) from work where key like $1", $"%survey:{id}:low")).ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_is_asked_at_night()
    {
        desk.Clock.SetUtcNow(Morning.AddHours(9).ToUniversalTime());
        var id = await AskAsync();

        (await GetAsync(id)).PlannedAt.ShouldBe(Morning.AddDays(1).AddHours(-1));
    }

    [Fact]
    public async Task Without_an_answer_it_expires_after_seven_days()
    {
        var id = await AskAsync();
        await desk.PassUntilAsync(Morning.AddHours(2));
        var token = await desk.Get<FollowUpDesk>().TokenAsync(id, Ct);

        await desk.PassUntilAsync(Morning.AddDays(7));

        (await GetAsync(id)).State.ShouldBe(FollowUpState.Expired);
        (await Should.ThrowAsync<DeskRefusedException>(() => Surveys.AnswerAsync(token, 5, null, Ct))).Kind.ShouldBe(DeskRefusal.Gone);
    }

    [Fact]
    public async Task A_contact_since_spares_the_customer_at_the_last_moment()
    {
        var id = await AskAsync();
        desk.Clock.Advance(TimeSpan.FromMinutes(30));
        await desk.Get<InteractionDesk>()
            .ReceiveAsync(
                new()
                {
                    Channel = "chat",
                    ExternalId = id,
                    CaseId = caseId,
                },
                Ct
            );

        await desk.PassUntilAsync(Morning.AddHours(2));

        await ShouldBeSparedAsync(id, SuppressionReason.NewContact);
    }

    [Fact]
    public async Task Who_took_the_consent_back_is_spared()
    {
        await desk.Get<CustomerDesk>().SetConsentAsync(customer, "survey", true, "web", Ct);
        desk.Clock.Advance(TimeSpan.FromSeconds(1));
        await desk.Get<CustomerDesk>().SetConsentAsync(customer, "survey", false, "phone", Ct);

        await ShouldBeSparedAsync(await AskAsync(), SuppressionReason.NoConsent);
    }

    [Fact]
    public async Task Who_was_merged_with_somebody_who_must_not_be_contacted_is_spared()
    {
        var never = await desk.Get<CustomerDesk>().CreateAsync(new() { DoNotContact = true }, null, Ct);
        await desk.Get<CustomerDesk>().MergeAsync(customer, never.Id, "the same", Ct);

        await ShouldBeSparedAsync(await AskAsync(), SuppressionReason.NoConsent);
    }

    [Fact]
    public async Task One_case_is_asked_about_once_and_one_customer_every_two_weeks()
    {
        var first = await AskAsync();
        await desk.PassUntilAsync(Morning.AddHours(3));
        (await GetAsync(first)).State.ShouldBe(FollowUpState.Sent);

        await ShouldBeSparedAsync(await AskAsync(), SuppressionReason.AskedAlready);
        var other = await desk.Get<CaseDesk>().OpenAsync(new() { CustomerId = customer, Category = "delivery" }, Ct);
        await ShouldBeSparedAsync(await AskAsync(other.Id), SuppressionReason.SurveyedRecently);
    }

    [Fact]
    public async Task An_open_complaint_spares_the_customer()
    {
        await desk.Get<CaseDesk>().OpenAsync(new() { CustomerId = customer, Category = "complaint" }, Ct);

        await ShouldBeSparedAsync(await AskAsync(), SuppressionReason.OpenComplaint);
    }

    [Fact]
    public async Task Spam_is_not_asked_how_it_was()
    {
        var spam = await desk.Get<InteractionDesk>()
            .ReceiveAsync(
                new()
                {
                    Channel = "chat",
                    ExternalId = caseId,
                    CaseId = caseId,
                },
                Ct
            );
        await desk.Get<InteractionDesk>().MarkSpamAsync(spam.Interaction.Id, Ct);

        await ShouldBeSparedAsync(await AskAsync(), SuppressionReason.NoContact);
    }

    [Fact]
    public async Task A_closed_message_window_without_template_spares_the_customer()
    {
        await desk.Get<InteractionDesk>()
            .ReceiveAsync(
                new()
                {
                    Channel = "wechat",
                    ExternalId = caseId,
                    CaseId = caseId,
                    MessageWindowUntil = Morning.AddHours(1),
                },
                Ct
            );

        desk.Clock.Advance(TimeSpan.FromSeconds(1));
        await ShouldBeSparedAsync(await AskAsync(channel: "wechat"), SuppressionReason.WindowClosed);
    }

    [Fact]
    public async Task Findings_are_dismissed_for_a_reason_or_merged_once()
    {
        var findings = desk.Get<FindingDesk>();
        var a = await findings.ReportAsync(new("staff", "Form asks twice", Confidence: 0.5, Evidence: [$"case:{caseId}"]), Ct);
        var b = await findings.ReportAsync(new(null, "The form asks two times"), Ct);

        (await findings.MergeAsync(b.Report.Id, a.Report.Id, "the same", Ct)).MergedInto.ShouldBe(a.Report.Id);
        (await findings.DismissAsync(a.Report.Id, "wanted so", Ct)).State.ShouldBe(FindingState.Dismissed);
        (await Should.ThrowAsync<DeskRefusedException>(() => findings.DismissAsync(a.Report.Id, "again", Ct))).Code.ShouldBe(
            "finding.settled"
        );
        (await Should.ThrowAsync<DeskRefusedException>(() => findings.ReportAsync(new("rumour", "x"), Ct))).Fields.Keys.ShouldBe([
            "source",
        ]);
        (
            await Should.ThrowAsync<DeskRefusedException>(() => findings.ReportAsync(new(null, "x", Confidence: 2), Ct))
        ).Fields.Keys.ShouldBe(["confidence"]);
    }

    private SurveyDesk Surveys => desk.Get<SurveyDesk>();

    private async Task ShouldBeSparedAsync(string id, SuppressionReason reason)
    {
        var followUp = await GetAsync(id);
        (followUp.State, followUp.Reason).ShouldBe((FollowUpState.Suppressed, Words.Of(reason)));
    }

    private Task<FollowUp> GetAsync(string id) => desk.Get<FollowUpDesk>().GetAsync(id, Ct);

    private Task<IReadOnlyList<Finding>> FindingsAsync() => desk.Get<FindingDesk>().ListAsync(null, "survey", null, 100, Ct);

    private async Task<string> AskAsync(string? about = null, string channel = "email")
    {
        var now = desk.Clock.GetUtcNow();
        var id = Guid.NewGuid().ToString("N");
        var wish = new FollowUpWish(
            id,
            about ?? caseId,
            null,
            null,
            FollowUpKind.Survey,
            SurveyMetric.Csat,
            FollowUpCause.Conversation,
            channel,
            false,
            null
        );
        await desk.Get<Database>()
            .TransactionAsync(
                async (db, _) =>
                {
                    await db.DoAsync(FollowUpStore.Insert, Ct, FollowUpStore.Columns([(wish, null, now)]));
                    await db.AskAsync([FollowUpWork.Plan(id, now)], Ct);
                },
                Ct
            );
        await desk.PumpAsync();
        return id;
    }
}
