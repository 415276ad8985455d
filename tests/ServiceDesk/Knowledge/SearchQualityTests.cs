using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Knowledge;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Knowledge;

/// <summary>How well the starter set is found, in both languages, on questions as customers write them; and the plan of the search when there is much more.</summary>
public sealed class SearchQualityTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const int Many = 20_000;

    private static readonly (string Text, string Key)[] Chinese =
    [
        ("我的快递到哪了，物流好几天没动", "order-status"),
        ("怎么查订单的物流信息", "order-status"),
        ("说好昨天送到，到现在还没收到包裹", "delivery-delay"),
        ("配送延误了怎么办", "delivery-delay"),
        ("退款什么时候能到账", "refund"),
        ("东西退回去一周了，钱还没退到信用卡", "refund"),
        ("发票抬头写错了能重开吗", "invoice"),
        ("怎么开单位发票", "invoice"),
        ("忘记密码登录不上", "login-password"),
        ("收不到验证码，账号被锁定了", "login-password"),
        ("我换手机号了，怎么改", "account-change"),
        ("想修改收货地址", "account-change"),
        ("付款失败了但是银行卡扣钱了", "payment-failed"),
        ("被重复扣款两次", "payment-failed"),
        ("机器坏了开不了机", "product-defect"),
        ("产品一直充不进电", "product-defect"),
        ("想预约师傅上门维修洗衣机", "repair-appointment"),
        ("上门时间能改期吗", "repair-appointment"),
        ("保修期是多长时间", "warranty"),
        ("摔坏了在不在保修范围", "warranty"),
        ("我不想要了，帮我取消订单", "cancel-order"),
        ("七天无理由退货怎么弄", "cancel-order"),
        ("优惠券为什么用不了", "price-question"),
        ("刚买就降价了能退差价吗", "price-question"),
        ("我要投诉你们的客服人员", "staff-complaint"),
        ("请删除我的个人信息", "data-privacy"),
        ("转人工", "human-agent"),
    ];

    private static readonly (string Text, string Key)[] English =
    [
        ("Where is my parcel? Tracking has not moved for days", "order-status"),
        ("How can I follow my order", "order-status"),
        ("My delivery is late, it should have come yesterday", "delivery-delay"),
        ("the carrier lost my package, it is delayed", "delivery-delay"),
        ("When do I get my refund", "refund"),
        ("I returned the goods last week and the money is not on my credit card", "refund"),
        ("I need an invoice for my company with the tax number", "invoice"),
        ("The title on the invoice is wrong", "invoice"),
        ("I forgot my password", "login-password"),
        ("cannot sign in, the account is locked", "login-password"),
        ("How do I change my phone number", "account-change"),
        ("please update the delivery address in my settings", "account-change"),
        ("Payment failed but the bank took the money", "payment-failed"),
        ("I was charged twice for the same payment", "payment-failed"),
        ("The product is broken and does not switch on", "product-defect"),
        ("battery does not charge any more", "product-defect"),
        ("I want to book a technician for a repair visit", "repair-appointment"),
        ("Can I move the repair appointment", "repair-appointment"),
        ("How long is the warranty", "warranty"),
        ("is a drop covered by the warranty", "warranty"),
        ("I want to cancel my order", "cancel-order"),
        ("how do I return an item", "cancel-order"),
        ("my voucher does not work", "price-question"),
        ("the price went down after I bought it", "price-question"),
        ("I want to make a complaint about a member of your staff", "staff-complaint"),
        ("delete my personal data", "data-privacy"),
        ("let me talk to a person", "human-agent"),
    ];

    private DeskUnderTest desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        desk = await DeskUnderTest.OpenAsync(postgres, new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.FromHours(8)));
        await desk.Get<StarterArticles>().ImportAsync(Path.Combine(Root(), "definitions", "desk", "articles"), Ct);
    }

    public ValueTask DisposeAsync() => desk.DisposeAsync();

    [Theory]
    [InlineData("zh")]
    [InlineData("en")]
    public async Task Customers_find_what_they_ask_for_among_the_first_three(string language)
    {
        var keys = await KeysAsync();
        var questions = language == "zh" ? Chinese : English;
        var missed = new List<string>();
        var firsts = 0;

        foreach (var (text, key) in questions)
        {
            var found = (await desk.Get<KnowledgeSearch>().RecommendAsync(new() { Text = text, Language = language }, 3, Ct))
                .Select(r => keys[r.ArticleId])
                .ToList();
            firsts += found.FirstOrDefault() == key ? 1 : 0;

            if (!found.Contains(key))
                missed.Add($"'{text}' is {key}, found {string.Join(", ", found)}");
        }

        var recall = 1 - (double)missed.Count / questions.Length;
        TestContext.Current.SendDiagnosticMessage(
            $"{language}: recall@3 {recall:0.000}, first {(double)firsts / questions.Length:0.000}; missed: {string.Join("; ", missed)}"
        );
        recall.ShouldBeGreaterThanOrEqualTo(0.9, string.Join("; ", missed));
        ((double)firsts / questions.Length).ShouldBeGreaterThanOrEqualTo(0.75);
    }

    [Fact]
    public async Task A_bot_answers_what_is_sure_by_intent_and_not_what_is_about_something_else()
    {
        var (right, wrong) = (0, 0);
        var keys = await KeysAsync();
        var search = desk.Get<KnowledgeSearch>();

        foreach (var (text, key) in Chinese.Concat(English).Where(q => q.Key is not ("staff-complaint" or "data-privacy" or "human-agent")))
        {
            var answer = await search.AnswerAsync(new() { Text = text, Intent = key }, null, Ct);
            right += answer is not null && keys[answer.Article.ArticleId] == key ? 1 : 0;
            wrong += answer is not null && keys[answer.Article.ArticleId] != key ? 1 : 0;
        }

        TestContext.Current.SendDiagnosticMessage($"answered rightly {right}, wrongly {wrong}");
        right.ShouldBeGreaterThanOrEqualTo(40);
        wrong.ShouldBe(0);

        foreach (
            var text in new[]
            {
                "今天天气怎么样",
                "你们公司招聘吗",
                "What is the capital of France",
                "I would like to invest in your company",
                "Tell me a joke about cats",
                "",
            }
        )
            (await search.AnswerAsync(new() { Text = text }, null, Ct)).ShouldBeNull(text);
    }

    [Fact]
    public async Task The_search_reads_its_index_alone_when_there_are_many_articles()
    {
        await desk.ExecuteAsync(
            $"""
            insert into knowledge_article (id, key, language, state, latest_version, published_version, published_at, created_at, changed_at)
            select 'f' || n, 'f' || n, case when n % 2 = 0 then 'zh' else 'en' end, 'published', 1, 1, now(), now(), now()
            from generate_series(1, {Many}) n;
            insert into knowledge_term (term, language, article_id, weight)
            select 't' || (power(random(), 3) * 5000)::int, case when n % 2 = 0 then 'zh' else 'en' end, 'f' || n, 0.3
            from generate_series(1, {Many}) n cross join generate_series(1, 30) k
            on conflict do nothing;
            """
        );
        await desk.ExecuteAsync("vacuum analyze knowledge_term");
        await desk.ExecuteAsync("vacuum analyze knowledge_article");
        var plan = new List<string>();
        await using (var command = desk.Source.CreateCommand($"explain (analyze, costs off, timing off) {KnowledgeSearch.SearchTerms}"))
        {
            command.Parameters.AddRange(new[] { Arg.Texts(["t7", "t100", "t2500", "refund"]), Arg.Texts(["en"]), Arg.Integer(40) });
            await using var reader = await command.ExecuteReaderAsync(Ct);

            while (await reader.ReadAsync(Ct))
                plan.Add(reader.GetString(0));
        }

        var text = string.Join('\n', plan);
        text.ShouldContain("Index Only Scan using knowledge_term_pkey");
        text.ShouldNotContain("Seq Scan on knowledge_term");
        text.ShouldNotContain("Seq Scan on knowledge_version");
        await desk.ExecuteAsync("delete from knowledge_article where id like 'f%'");
    }

    [Fact]
    public async Task Ranking_reads_the_uses_that_were_judged_last_and_no_more_of_many()
    {
        await desk.ExecuteAsync(
            """
            insert into knowledge_article (id, key, language, state, latest_version, published_version, published_at, created_at, changed_at)
            values ('u1', 'u1', 'en', 'published', 1, 1, now(), now(), now());
            insert into knowledge_version (article_id, version, state, title, body, intents, is_standard, authors, written_at)
            values ('u1', 1, 'published', 'T', 'B', '{}', true, '{x}', now());
            insert into knowledge_use (id, kind, article_id, version, category, place, score, at, is_helpful, judged_at)
            select 'u' || n, 'answered', 'u1', 1, 'orders', 1, 0.5, now(), case when n % 10 = 0 then n > 10000 end,
              case when n % 10 = 0 then '2026-01-01'::timestamptz + n * interval '1 minute' end
            from generate_series(1, 20000) n;
            """
        );
        await desk.ExecuteAsync("vacuum analyze knowledge_use");
        var plan = new List<string>();
        var (judged, helped) = (0, 0);

        foreach (var before in new[] { "", "explain (analyze, costs off, timing off) " })
        {
            await using var command = desk.Source.CreateCommand(before + KnowledgeSearch.Details);
            command.Parameters.AddRange(new[] { Arg.Texts(["u1"]), Arg.Text("orders"), Arg.Text(null) });
            await using var reader = await command.ExecuteReaderAsync(Ct);

            while (await reader.ReadAsync(Ct))
                if (before.Length > 0)
                    plan.Add(reader.GetString(0));
                else
                    (judged, helped) = (reader.GetInt32(9), reader.GetInt32(10));
        }

        (judged, helped).ShouldBe((500, 500));
        plan.ShouldContain(l => l.Contains("using knowledge_use_judged on knowledge_use x (actual rows=500 ", StringComparison.Ordinal));
        await desk.ExecuteAsync("delete from knowledge_use where article_id = 'u1'");
        await desk.ExecuteAsync("delete from knowledge_version where article_id = 'u1'");
        await desk.ExecuteAsync("delete from knowledge_article where id = 'u1'");
    }

    private async Task<Dictionary<string, string>> KeysAsync() =>
        (await desk.Get<ArticleDesk>().ListAsync("published", null, null, null, 200, Ct)).ToDictionary(a => a.Id, a => a.Key);

    internal static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Directory.Exists(Path.Combine(folder.FullName, "definitions", "desk", "articles")))
                return folder.FullName;

        throw new DirectoryNotFoundException("There is no folder definitions/desk/articles above the tests.");
    }
}
