using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Activities.CustomerService;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Escalations;
using ServiceLoop.ServiceDesk.FollowUps;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.ServiceDesk.Messages;
using ServiceLoop.ServiceDesk.Messages.Email;
using ServiceLoop.ServiceDesk.Messages.Templates;
using ServiceLoop.ServiceDesk.Surveys;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Escalations;

/// <summary>What happens elsewhere reaches the ladder, and the ladder reaches people, webhooks and starts.</summary>
public sealed class JoinedLadderTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Morning = new(2026, 3, 4, 10, 0, 0, TimeSpan.FromHours(8));
    private readonly string category = $"outage-{Guid.NewGuid():N}";
    private DeskUnderTest desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private EscalationService Ladder => desk.Get<EscalationService>();

    private CaseDesk Cases => desk.Get<CaseDesk>();

    public async ValueTask InitializeAsync()
    {
        desk = await DeskUnderTest.OpenAsync(
            postgres,
            Morning,
            services =>
                services
                    .AddSingleton(new EmailOptions { Host = "127.0.0.1", From = "desk@example.com" })
                    .AddSingleton(new WorkflowCompiler(CustomerServiceActivities.AddTo(ActivityCatalog.WithEngineActivities()), []))
        );
        await desk.ExecuteAsync(
            "truncate work, escalation, escalation_contact, escalation_signal, escalation_notice, degraded_switch, message cascade"
        );
    }

    public async ValueTask DisposeAsync()
    {
        desk.Failures.ShouldBeEmpty();
        await desk.DisposeAsync();
    }

    [Fact]
    public async Task A_case_of_the_highest_priority_is_an_emergency_until_it_is_lower_or_settled()
    {
        var opened = await Cases.OpenAsync(new() { Impact = "many", Urgency = "urgent" }, Ct);
        await desk.PumpAsync();
        var raised = await OfAsync(opened.Id);
        (raised.Level, raised.Metric, raised.Priority).ShouldBe((2, "priority", "P1"));

        // A change that has nothing to do with it, and looks that come twice, tell nothing new.
        await Cases.ChangeAsync(opened.Id, opened.Rev, new() { Title = "No light" }, Ct);
        await desk.PumpAsync();
        (await OfAsync(opened.Id)).Rev.ShouldBe(raised.Rev);

        // Up and down within the ten minutes: it goes on.
        await ChangeAsync(opened.Id, "minor");
        (await OfAsync(opened.Id)).ClearSince.ShouldNotBeNull();
        await ChangeAsync(opened.Id, "many");
        (await OfAsync(opened.Id)).ClearSince.ShouldBeNull();
        await ChangeAsync(opened.Id, "minor");
        await ChangeAsync(opened.Id, "many");
        await desk.PassAsync(TimeSpan.FromMinutes(9));
        (await OfAsync(opened.Id)).IsOpen.ShouldBeTrue();

        await SettleAsync(opened.Id);
        await desk.PassAsync(TimeSpan.FromMinutes(9));
        (await OfAsync(opened.Id)).IsOpen.ShouldBeTrue("for ten minutes it may come back");
        await desk.PassAsync(TimeSpan.FromMinutes(2));
        (await OfAsync(opened.Id)).State.ShouldBe(EscalationState.Resolved);
    }

    [Fact]
    public async Task One_that_was_waived_is_not_raised_again_by_the_next_change()
    {
        var opened = await Cases.OpenAsync(new() { Impact = "many", Urgency = "urgent" }, Ct);
        await desk.PumpAsync();
        await Ladder.WaiveAsync((await OfAsync(opened.Id)).Id, "a drill", Ct);

        await Cases.ChangeAsync(opened.Id, opened.Rev, new() { Title = "A drill" }, Ct);
        await desk.PumpAsync();

        (await OfAsync(opened.Id)).State.ShouldBe(EscalationState.Waived);
    }

    [Fact]
    public async Task Ten_cases_of_one_cause_are_one_disaster_that_ends_when_its_causes_have()
    {
        await desk.ExecuteAsync(
            "insert into escalation_contact (role, recipient, is_on_call, rank) values ('duty-manager', 'duty', true, 0), ('supervisor', 'super', true, 0)"
        );
        var cases = new List<string>();

        for (var i = 0; i < 9; i++)
            cases.Add((await Cases.OpenAsync(new() { Category = category }, Ct)).Id);

        cases.Add(
            (
                await Cases.OpenAsync(
                    new()
                    {
                        Impact = "many",
                        Urgency = "urgent",
                        Category = category + "-other",
                    },
                    Ct
                )
            ).Id
        );
        await desk.PumpAsync();
        (await StormAsync()).ShouldBeNull("nine are no storm");

        // The tenth is one that is judged later.
        await Cases.ChangeAsync(cases[9], (await Cases.GetAsync(cases[9], Ct)).Rev, new() { Category = category }, Ct);
        await desk.PumpAsync();
        var parent = (await StormAsync()).ShouldNotBeNull();
        (parent.Level, parent.Cause, parent.State).ShouldBe((3, category, EscalationState.Raised));

        var child = await Ladder.AcknowledgeAsync(parent.Id, Ct);
        child.State.ShouldBe(EscalationState.Acknowledged);

        // Another one of the cause has nothing to say, and is cared for by whoever cares for the parent.
        var late = await Cases.OpenAsync(
            new()
            {
                Impact = "many",
                Urgency = "urgent",
                Category = category,
            },
            Ct
        );
        await desk.PumpAsync();
        var silent = await OfAsync(late.Id);
        (silent.IsSilent, silent.ParentId, silent.State).ShouldBe((true, parent.Id, EscalationState.Acknowledged));
        (await Ladder.GetAsync(silent.Id, Ct)).Notices.ShouldBeEmpty();

        foreach (var one in cases)
            await SettleAsync(one);

        await desk.PassAsync(TimeSpan.FromMinutes(20));
        (await StormAsync()).ShouldNotBeNull("one of them still stands");
        await SettleAsync(late.Id);
        await desk.PassAsync(TimeSpan.FromMinutes(10));
        await desk.PassAsync(TimeSpan.FromMinutes(11));
        (await StormAsync()).ShouldBeNull();
        (await Ladder.GetAsync(parent.Id, Ct)).Escalation.State.ShouldBe(EscalationState.Resolved);

        // What came before that end does not count once more.
        await Cases.OpenAsync(new() { Category = category }, Ct);
        await desk.PumpAsync();
        (await StormAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task The_second_low_score_of_a_customer_is_an_early_warning()
    {
        var customer = (await desk.Get<CustomerDesk>().CreateAsync(new() { Zone = "Asia/Shanghai" }, null, Ct)).Id;
        await AnswerAsync(customer, 1);
        (await OfCustomerAsync(customer)).ShouldBeNull("everybody has a bad day");

        // Asked again a month later about something else.
        await desk.PassAsync(TimeSpan.FromDays(30));
        await AnswerAsync(customer, 2);
        var raised = (await OfCustomerAsync(customer)).ShouldNotBeNull();
        (raised.Level, raised.Metric).ShouldBe((1, "satisfaction"));

        // Whoever was asked about a case has it settled; the disappointment is not.
        await SettleAsync(raised.CaseId.ShouldNotBeNull());
        (await OfCustomerAsync(customer)).ShouldNotBeNull().ClearSince.ShouldBeNull();

        await desk.PassAsync(TimeSpan.FromDays(30));
        await AnswerAsync(customer, 5);
        (await OfCustomerAsync(customer)).ShouldNotBeNull().ClearSince.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_notice_is_a_message_sent_once_in_the_language_and_by_the_way_of_its_recipient()
    {
        await Ladder.SaveContactsAsync(
            "supervisor",
            [new("super", null, true, 0) { Address = "super@example.com", Language = "en" }, new("boss", null, true, 0)],
            Ct
        );
        await desk.Get<MessageTemplates>()
            .SaveAsync(
                new()
                {
                    Name = "escalation-level-2",
                    Channel = MessageChannel.Outbox,
                    Language = "zh-Hans",
                    Subject = "应急 {{ reason }}",
                    Body = "{{ subject }} / {{ role }}",
                },
                0,
                Ct
            );
        var signal = new EscalationSignal
        {
            Key = category,
            Kind = SignalKinds.Complaint,
            SubjectKind = "vendor",
            SubjectId = category,
            Metric = "service",
            Reason = "{{ 1 + 1 }} <b>",
            At = default,
        };
        await Ladder.SignalAsync(signal, Ct);
        var id = (await Ladder.ListAsync(new() { OpenOnly = true }, Ct)).Single(e => e.SubjectId == category).Id;

        // Two nodes at once, and once more after a node has died: the mark and the message are one.
        var ladder = desk.Get<EscalationDesk>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ladder.NotifyAsync(id, 2, "super", Ct)));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ladder.NotifyAsync(id, 2, "boss", Ct)));

        var sent = await desk.Get<MessageService>().ListAsync(new(), 200, Ct);
        var mail = sent.Where(m => m.Recipient == "super@example.com").ShouldHaveSingleItem();
        (mail.Channel, mail.Language, mail.Template).ShouldBe((MessageChannel.Email, "en", "escalation"));
        mail.Subject.ShouldBe("Emergency 应急: {{ 1 + 1 }} <b>", "what somebody wrote is no template");
        mail.Body.ShouldContain("vendor " + category);
        var inProduct = sent.Where(m => m.Recipient == "boss").ShouldHaveSingleItem();
        (inProduct.Channel, inProduct.Template, inProduct.Body).ShouldBe(
            (MessageChannel.Outbox, "escalation-level-2", $"{category} / supervisor")
        );
        sent.Count.ShouldBe(2);
        (await Ladder.GetAsync(id, Ct)).Notices.ShouldAllBe(n => n.SentAt != null);
        await desk.ExecuteAsync("delete from work where key like '%desk.message%'");
    }

    [Fact]
    public async Task Level_three_sends_contacts_to_the_degraded_definition_and_back()
    {
        await PublishAsync("usual", startsItself: true);
        var ladder = await Ladder.LadderAsync(Ct);
        var degraded = ladder with { Levels = ladder.Levels.SetItem(2, ladder.Top with { DegradedDefinitionId = "degraded" }) };
        await Ladder.SaveLadderAsync(degraded, ladder.Version, Ct);
        await desk.ExecuteAsync(
            "insert into webhook_subscription (id, name, url, events, secret, is_active, created_at, created_by) "
                + "values ('w', 'w', 'http://127.0.0.1:1/', '{escalation.*}', 'x', true, now(), 'test') on conflict do nothing"
        );

        await RaiseAsync("asked", 3);
        var raised = (await Ladder.ListAsync(new() { OpenOnly = true }, Ct)).Single(e => e.SubjectId == category);
        (
            await desk.ReadAsync<long>("select count(*) from work where key like $1", $"m:desk.event:escalation.raised:{raised.Id}%")
        ).ShouldBe(1);
        await desk.ExecuteAsync("delete from work where key like 'm:desk.event%'; delete from webhook_subscription");
        await desk.PumpAsync();
        var missing = (await Ladder.StatusAsync(Ct)).Degraded.ShouldHaveSingleItem();
        missing.Fault.ShouldNotBeNull().ShouldContain("not published");
        (await ReceiveAsync("a", category)).ShouldBe("usual", "better the usual way than none");

        await PublishAsync("degraded", startsItself: false);
        await desk.PassAsync(TimeSpan.FromSeconds(2));
        (await ReceiveAsync("b", category)).ShouldBe("degraded");
        (await Ladder.StatusAsync(Ct)).Degraded[0].Fault.ShouldBeNull("what was missing is there");
        (await ReceiveAsync("c", "something-else")).ShouldBe("usual");
        (await ReceiveAsync("d", null, "hotline")).ShouldBe("degraded");

        // Whoever listens to something else is not sent to a step that waits for contacts.
        await PublishAsync("listens", startsItself: true, CaseDesk.OpenedEvent);
        await Cases.OpenAsync(new() { Category = category }, Ct);
        await desk.PumpAsync();
        (await desk.Get<WorkflowRuntime>().ListAsync(new(), 0, 100, Ct)).MaxBy(s => s.CreatedAt)!.DefinitionId.ShouldBe("listens");
        var status = await Ladder.StatusAsync(Ct);
        (status.IsDegraded, status.Degraded[0].Starts, status.Levels.Single(l => l.Level == 3).Unacknowledged).ShouldBe((true, 2, 1));

        await Ladder.WaiveAsync(raised.Id, "repaired", Ct);
        (await ReceiveAsync("e", category)).ShouldBe("usual");
        (await Ladder.StatusAsync(Ct)).IsDegraded.ShouldBeFalse();
        (await Ladder.GetAsync(raised.Id, Ct))
            .History.Select(h => h.Kind)
            .ShouldBe(["Raised", "NobodyToTell", "NobodyToTell", "NobodyToTell", "DegradedAsked", "Waived", "DegradedEnded"]);
        await Ladder.SaveLadderAsync(ServiceDesk.Escalations.Ladder.Standard, (await Ladder.LadderAsync(Ct)).Version, Ct);
    }

    [Fact]
    public async Task A_step_acknowledges_for_another_workflow_that_waits()
    {
        await PublishAsync(
            "asks",
            """{"id": "up", "type": "ServiceLoop.Escalate", "version": 1, "waitForAnswer": {"typeName": "Boolean", "expression": {"type": "Literal", "value": "true"}}}"""
        );
        var asks = await desk.Get<WorkflowRuntime>().StartAsync(new StartInstanceRequest("asks") { CorrelationId = category }, Ct);
        asks.State.ShouldNotBeNull().Bookmarks.ShouldNotBeEmpty();
        await desk.PumpAsync();
        var raised = await OfAsync(category);
        await PublishAsync(
            "answers",
            $$$$"""{"id": "ack", "type": "ServiceLoop.AcknowledgeEscalation", "version": 1, "escalationId": {"typeName": "String", "expression": {"type": "Literal", "value": "{{{{raised.Id}}}}"}}, "who": {"typeName": "String", "expression": {"type": "Literal", "value": "the night watch"}}}"""
        );

        (await desk.Get<WorkflowRuntime>().StartAsync(new StartInstanceRequest("answers"), Ct))
            .State.ShouldNotBeNull()
            .Incidents.ShouldBeEmpty();
        await desk.PumpAsync();

        (await OfAsync(category)).ShouldSatisfyAllConditions(
            e => e.State.ShouldBe(EscalationState.Acknowledged),
            e => e.AckBy.ShouldBe("the night watch")
        );
        (await desk.ReadAsync<long>("select count(*) from bookmark where instance_id = $1", asks.InstanceId!)).ShouldBe(
            0,
            "who waited goes on"
        );
    }

    private async Task PublishAsync(string id, string activity)
    {
        var json = $$$$"""
            {"id": "{{{{id}}}}-1", "definitionId": "{{{{id}}}}", "name": "{{{{id}}}}", "version": 1, "toolVersion": "3.8.2.0",
             "root": {"id": "flow", "type": "Elsa.Sequence", "version": 1, "activities": [{{{{activity}}}}]}}
            """;
        await desk.Get<DefinitionService>().SaveDraftAsync(ElsaJson.Read(System.Text.Encoding.UTF8.GetBytes(json)), Ct);
        await desk.Get<DefinitionService>().PublishAsync(id, null, Ct);
    }

    private async Task RaiseAsync(string kind, int level)
    {
        await Ladder.SignalAsync(
            new()
            {
                Key = $"{category}:{kind}",
                Kind = kind,
                Level = level,
                SubjectKind = "system",
                SubjectId = category,
                Metric = "engine",
                Cause = category,
                QueueId = "hotline",
                At = default,
            },
            Ct
        );
    }

    /// <returns>The definition that has taken the contact in.</returns>
    private async Task<string> ReceiveAsync(string id, string? about, string? queue = null)
    {
        desk.Clock.Advance(TimeSpan.FromSeconds(2));
        var contact = await desk.Get<InteractionDesk>()
            .ReceiveAsync(
                new()
                {
                    Channel = "chat",
                    ExternalId = $"{category}-{id}",
                    Category = about,
                    QueueId = queue,
                },
                Ct
            );
        await desk.PumpAsync();
        var started = await desk.Get<WorkflowRuntime>().ListAsync(new(), 0, 100, Ct);
        contact.IsNew.ShouldBeTrue();
        return started.MaxBy(s => s.CreatedAt)!.DefinitionId;
    }

    private async Task PublishAsync(string id, bool startsItself, string eventName = "contact-received")
    {
        var json = $$$$"""
            {"id": "{{{{id}}}}-1", "definitionId": "{{{{id}}}}", "name": "{{{{id}}}}", "version": 1, "toolVersion": "3.8.2.0",
             "root": {"id": "flow", "type": "Elsa.Sequence", "version": 1, "activities": [
              {"id": "{{{{id}}}}-in", "type": "Elsa.Event", "version": 1, "customProperties": {"canStartWorkflow": {{{{(
                startsItself ? "true" : "false"
            )}}}}},
               "eventName": {"typeName": "String", "expression": {"type": "Literal", "value": "{{{{eventName}}}}"}}}]}}
            """;
        await desk.Get<DefinitionService>().SaveDraftAsync(ElsaJson.Read(System.Text.Encoding.UTF8.GetBytes(json)), Ct);
        await desk.Get<DefinitionService>().PublishAsync(id, null, Ct);
        desk.Clock.Advance(TimeSpan.FromSeconds(1));
    }

    private async Task ChangeAsync(string id, string impact)
    {
        desk.Clock.Advance(TimeSpan.FromSeconds(5));
        await Cases.ChangeAsync(id, (await Cases.GetAsync(id, Ct)).Rev, new() { Impact = impact }, Ct);
        await desk.PumpAsync();
    }

    private async Task SettleAsync(string id)
    {
        await Cases.ProjectAsync(new(id, "resolve", CaseStatus.Resolved, "done"), Ct);
        await desk.PumpAsync();
    }

    private async Task AnswerAsync(string customer, int score)
    {
        var about = await Cases.OpenAsync(new() { CustomerId = customer }, Ct);
        var id = Guid.NewGuid().ToString("N");
        await desk.ExecuteAsync(
            $"""
            insert into follow_up (id, case_id, customer_id, kind, metric, cause, channel, settled_at, state, sent_at, expires_at, made_at)
            values ('{id}', '{about.Id}', '{customer}', 'survey', 'csat', 'conversation', 'web', '{desk.Clock.GetUtcNow():O}', 'sent', '{desk.Clock.GetUtcNow():O}',
              '{desk.Clock.GetUtcNow().AddDays(7):O}', '{desk.Clock.GetUtcNow():O}')
            """
        );
        await desk.Get<SurveyDesk>().AnswerAsync(await desk.Get<FollowUpDesk>().TokenAsync(id, Ct), score, null, Ct);
        await desk.PumpAsync();
    }

    private async Task<Escalation> OfAsync(string caseId) => (await Ladder.ListAsync(new() { CaseId = caseId }, Ct)).ShouldHaveSingleItem();

    private async Task<Escalation?> OfCustomerAsync(string id) =>
        (await Ladder.ListAsync(new() { OpenOnly = true }, Ct)).SingleOrDefault(e => e is { SubjectKind: "customer" } && e.SubjectId == id);

    private async Task<Escalation?> StormAsync() =>
        (await Ladder.ListAsync(new() { OpenOnly = true }, Ct)).SingleOrDefault(e => e.SubjectKind == "storm" && e.Cause == category);
}
