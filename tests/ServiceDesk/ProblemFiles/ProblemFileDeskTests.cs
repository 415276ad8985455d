using System.Text.Json;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Intake;
using ServiceLoop.ServiceDesk.ProblemFiles;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.ProblemFiles;

public sealed class ProblemFileDeskTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static int serial;
    private DeskUnderTest desk = null!;
    private ServiceCase open = null!;
    private string mail = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ProblemFileDesk Files => desk.Get<ProblemFileDesk>();

    public async ValueTask InitializeAsync()
    {
        desk = await DeskUnderTest.OpenAsync(postgres, new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.FromHours(8)));
        mail = $"pf{Interlocked.Increment(ref serial)}@example.org";
        var customer = await desk.Get<CustomerDesk>().CreateAsync(new(), [new("email", mail)], Ct);
        open = await desk.Get<CaseDesk>().OpenAsync(new() { CustomerId = customer.Id, Category = "refund" }, Ct);
    }

    public ValueTask DisposeAsync() => desk.DisposeAsync();

    [Fact]
    public async Task A_file_gathers_what_every_channel_tells_and_asks_only_for_what_is_missing()
    {
        await SendAsync(
            "web",
            new { email = mail, message = "Refund for order AB-12345, please" },
            new IncomingFile("x.png", "image/png", Intake.ChannelAdapterTests.PngOf(8, 9))
        );

        var file = await Files.AssembleAsync(open.Id, null, Ct);

        file.Find("order-number").ShouldBe("AB-12345");
        file.Facts.Single(f => f.Key == "picture").Value.ShouldContain("8×9");
        file.Contacts.ShouldHaveSingleItem().FileCount.ShouldBe(1);
        file.OpenQuestions.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(q => q.Key.ShouldBe("amount"), q => q.Question.ShouldBe("What is the amount?"));
        file.Questions.Single(q => q.Key == "order-number").Answer.ShouldBe("AB-12345");
    }

    [Fact]
    public async Task Assembled_at_once_and_again_it_is_the_same()
    {
        await SendAsync("web", new { email = mail, message = "Refund $20 for order AB-12345" });

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Files.AssembleAsync(open.Id, "refund", Ct)));
        var first = await Files.GetAsync(open.Label, Ct);
        var second = await Files.AssembleAsync(open.Id, null, Ct);

        second.Facts.ShouldBe(first.Facts);
        second.Questions.ShouldBe(first.Questions);
        second.OpenQuestions.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_transcript_that_is_not_sure_is_to_be_verified_by_a_person_and_makes_its_facts_less_sure()
    {
        await SendAsync(
            "phone",
            new
            {
                callId = "c1",
                from = "+8613800138000",
                segments = new object[]
                {
                    new
                    {
                        speaker = "customer",
                        text = "订单号 AB-12345 要退款",
                        confidence = 0.55,
                    },
                    new
                    {
                        speaker = "agent",
                        text = "好的",
                        confidence = 0.99,
                    },
                },
            }
        );
        await desk.ExecuteAsync($"update interaction set case_id = '{open.Id}', state = 'correlated' where channel = 'phone'");

        var file = await Files.AssembleAsync(open.Id, null, Ct);

        var verify = file.OpenQuestions.Single(q => q.Key.StartsWith("verify-transcript:", StringComparison.Ordinal));
        verify.Question.ShouldContain("请核对");
        file.Facts.Single(f => f.Key == "order-number").Confidence.ShouldBe(0.55 * 0.95, 0.001);
        (await Files.AnswerAsync(open.Id, verify.Key, "text is right", Ct)).OpenQuestions.ShouldNotContain(q => q.Key == verify.Key);
        await desk.ExecuteAsync("update interaction set case_id = null where channel = 'phone'");
    }

    [Fact]
    public async Task What_is_known_is_never_asked_and_the_attempt_is_counted()
    {
        await Files.AddFactAsync(open.Id, "Product", "washer W7", null, Ct);
        var before = await Files.RepeatsAsync(null, Ct);

        var known = await Files.AskAsync(open.Id, "product", null, Ct);
        var asked = await Files.AskAsync(open.Id, "address", null, Ct);
        await Files.AnswerAsync(open.Id, "address", "1 Long Road", Ct);
        var again = await Files.AskAsync(open.Id, "address", "Where do you live?", Ct);

        (known.IsAsked, known.Question.Answer, known.Question.RepeatCount).ShouldBe((false, "washer W7", 1));
        (asked.IsAsked, asked.Question.AskedCount).ShouldBe((true, 1));
        (again.IsAsked, again.Question.Answer, again.Question.AskedCount, again.Question.RepeatCount).ShouldBe(
            (false, "1 Long Road", 1, 1)
        );
        var after = await Files.RepeatsAsync(null, Ct);
        (after.Asked - before.Asked, after.Repeated - before.Repeated).ShouldBe((1, 2));
    }

    [Theory]
    [InlineData("bad key", "v", 1.0, "fact.key")]
    [InlineData("", "v", 1.0, "text.missing")]
    [InlineData("k", "", 1.0, "text.missing")]
    [InlineData("k", "a\0b", 1.0, "text.unreadable")]
    [InlineData("k", "v", 1.5, "fact.confidence")]
    public async Task A_wrong_fact_is_refused(string key, string value, double confidence, string code) =>
        (await Should.ThrowAsync<DeskRefusedException>(() => Files.AddFactAsync(open.Id, key, value, confidence, Ct))).Code.ShouldBe(code);

    [Fact]
    public async Task Sql_and_templates_in_facts_stay_text()
    {
        const string value = "'); drop table problem_fact; -- {{ 7*7 }} <script>";

        (await Files.AddFactAsync(open.Id, "note", value, 0.4, Ct)).Find("note").ShouldBe(value);
    }

    [Fact]
    public async Task Unknown_cases_and_questions_are_told()
    {
        (await Should.ThrowAsync<DeskRefusedException>(() => Files.GetAsync("none", Ct))).Code.ShouldBe("case.unknown");
        (await Should.ThrowAsync<DeskRefusedException>(() => Files.AnswerAsync(open.Id, "none", "x", Ct))).Code.ShouldBe(
            "question.unknown"
        );
    }

    [Fact]
    public async Task An_erased_customer_leaves_an_empty_file_that_takes_nothing_in()
    {
        await Files.AddFactAsync(open.Id, "phone", "+8613800138000", null, Ct);
        await desk.Get<CustomerDesk>().EraseAsync(open.CustomerId!, "asked", Ct);

        (await Files.GetAsync(open.Id, Ct)).Facts.ShouldBeEmpty();
        (await Should.ThrowAsync<DeskRefusedException>(() => Files.AddFactAsync(open.Id, "a", "b", null, Ct))).Code.ShouldBe("case.erased");
    }

    private Task SendAsync(string channel, object payload, params IncomingFile[] files) =>
        desk.Get<IntakeDesk>().ReceiveAsync(channel, new(JsonSerializer.SerializeToElement(payload), null, files), Ct);
}
