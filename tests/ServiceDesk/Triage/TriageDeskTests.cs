using System.Text;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Triage;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Triage;

public sealed class TriageDeskTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private DeskUnderTest desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TriageDesk Triage => desk.Get<TriageDesk>();

    public async ValueTask InitializeAsync()
    {
        desk = await DeskUnderTest.OpenAsync(
            postgres,
            new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.FromHours(8)),
            more => more.AddSingleton<IClassifier, Keywords>()
        );

        if ((await desk.Get<TaxonomyDesk>().CurrentAsync(Ct)).Version == 0)
            await desk.Get<TaxonomyDesk>().ChangeAsync(0, TaxonomyTests.Sample, Ct);
    }

    public ValueTask DisposeAsync() => desk.DisposeAsync();

    [Fact]
    public async Task The_tables_of_priorities_are_the_ones_of_the_program()
    {
        foreach (var impact in Enum.GetValues<CaseImpact>())
        foreach (var urgency in Enum.GetValues<CaseUrgency>())
        {
            var table = await desk.ReadAsync<short>(
                "select priority from service_case_priority where impact = $1 and urgency = $2",
                Words.Of(impact),
                Words.Of(urgency)
            );
            table.ShouldBe((short)CasePriority.Of(impact, urgency));
            var raised = await desk.ReadAsync<string>("select raised from service_case_urgency where urgency = $1", Words.Of(urgency));
            raised.ShouldBe(Words.Of(CasePriority.Raised(urgency, isAngry: true, 1)));
        }
    }

    [Fact]
    public async Task A_sure_judgement_sets_category_and_priority_of_its_case()
    {
        var opened = await desk.Get<CaseDesk>().OpenAsync(new(), Ct);

        var outcome = await JudgeAsync(opened.Id, "I want a refund");

        var after = await desk.Get<CaseDesk>().GetAsync(opened.Id, Ct);
        (after.Category, after.Impact, after.Urgency, after.Priority).ShouldBe(("money", CaseImpact.One, CaseUrgency.Urgent, 2));
        (outcome.Priority, outcome.Result.IsSure).ShouldBe((2, true));
        var kept = (await Triage.GetAsync(opened.Id, Ct)).Results.ShouldHaveSingleItem();
        (kept.Intent, kept.Queue, kept.ModelVersion, kept.Confidence).ShouldBe(("refund", "billing", Keywords.Version, 0.92));
        kept.Ranked.Select(r => r.Intent).ShouldBe(["refund", "order_status"]);
    }

    [Fact]
    public async Task The_priority_that_is_told_is_the_one_that_the_case_gets()
    {
        foreach (var text in new[] { "where is it", "refund", "invoice please", "where is it, you thieves", "hello", "this is ridiculous" })
        foreach (var urgency in Words.All<CaseUrgency>())
        foreach (var isAngry in new[] { false, true })
        {
            var opened = await desk.Get<CaseDesk>().OpenAsync(new() { Urgency = urgency, IsAngry = isAngry }, Ct);

            var outcome = await JudgeAsync(opened.Id, text);

            (await desk.Get<CaseDesk>().GetAsync(opened.Id, Ct)).Priority.ShouldBe(outcome.Priority, $"{text}, {urgency}, {isAngry}");
        }
    }

    [Fact]
    public async Task An_unsure_judgement_leaves_the_case_as_it_is_but_for_anger()
    {
        var calm = await desk.Get<CaseDesk>().OpenAsync(new(), Ct);
        var angry = await desk.Get<CaseDesk>().OpenAsync(new(), Ct);

        await JudgeAsync(calm.Id, "an invoice");
        await JudgeAsync(angry.Id, "an invoice, you thieves");
        await JudgeAsync(angry.Id, "an invoice, you thieves");

        (await desk.Get<CaseDesk>().GetAsync(calm.Id, Ct)).ShouldSatisfyAllConditions(
            c => c.Category.ShouldBeNull(),
            c => c.Rev.ShouldBe(calm.Rev)
        );
        (await desk.Get<CaseDesk>().GetAsync(angry.Id, Ct)).ShouldSatisfyAllConditions(
            c => c.Category.ShouldBeNull(),
            c => c.Urgency.ShouldBe(CaseUrgency.Urgent)
        );
    }

    [Fact]
    public async Task A_correction_is_ground_truth_and_no_judgement_changes_it()
    {
        var opened = await desk.Get<CaseDesk>().OpenAsync(new(), Ct);
        await JudgeAsync(opened.Id, "where is my refund");
        desk.Clock.Advance(TimeSpan.FromMinutes(30));

        var corrected = await Triage.CorrectAsync(opened.Id, "order_status", "they ask for the parcel", Ct);
        await JudgeAsync(opened.Id, "refund");

        var entry = corrected.Corrections.ShouldHaveSingleItem();
        (entry.IntentBefore, entry.Intent, entry.IsMisroute).ShouldBe(("refund", "order_status", true));
        (await desk.Get<CaseDesk>().GetAsync(opened.Id, Ct)).Category.ShouldBe("orders");
        (await Triage.TruthAsync(100, Ct)).ShouldContain(new LabelledText("where is my refund", "order_status"));
        (await desk.ReadAsync<long>("select count(*) from work where key like $1", $"%{entry.Id}:corrected")).ShouldBe(1);
    }

    [Fact]
    public async Task Figures_tell_misroutes_with_their_minutes_and_what_people_made_of_the_unsure()
    {
        desk.Clock.Advance(TimeSpan.FromDays(40));
        var since = desk.Clock.GetUtcNow();
        var cases = new List<string>();

        foreach (var text in new[] { "refund", "refund", "refund", "invoice", "invoice", "invoice" })
        {
            cases.Add((await desk.Get<CaseDesk>().OpenAsync(new(), Ct)).Id);
            await JudgeAsync(cases[^1], text);
        }

        desk.Clock.Advance(TimeSpan.FromMinutes(10));
        await Triage.CorrectAsync(cases[0], "order_status", null, Ct);
        await Triage.CorrectAsync(cases[1], "refund", "right as it was", Ct);
        await Triage.CorrectAsync(cases[3], "invoice", null, Ct);
        await Triage.CorrectAsync(cases[4], "refund", null, Ct);

        var figures = await Triage.FiguresAsync(since, desk.Clock.GetUtcNow(), Ct);

        figures.Single(f => f.Intent == "refund").ShouldBe(new TriageFigure("refund", 3, 3, 1, 10, 0, 0));
        figures.Single(f => f.Intent == "invoice").ShouldBe(new TriageFigure("invoice", 3, 0, 0, 0, 2, 1));
        TriageFigure.Sum([.. figures]).Accuracy!.Value.ShouldBe(2.0 / 3, 1e-9);
    }

    [Fact]
    public async Task What_cannot_be_is_refused()
    {
        var opened = await desk.Get<CaseDesk>().OpenAsync(new(), Ct);

        (await Should.ThrowAsync<DeskRefusedException>(Triage.CorrectAsync(opened.Id, "no_such", null, Ct))).Code.ShouldBe("triage.intent");
        (await Should.ThrowAsync<DeskRefusedException>(Triage.CorrectAsync(opened.Id, "a\0", null, Ct))).Code.ShouldBe("text.unreadable");
        (await Should.ThrowAsync<DeskRefusedException>(Triage.CorrectAsync(opened.Id, " ", null, Ct))).Code.ShouldBe("text.missing");
        (await Should.ThrowAsync<DeskRefusedException>(Triage.CorrectAsync("nobody", "refund", null, Ct))).Code.ShouldBe("case.unknown");
        (await Should.ThrowAsync<DeskRefusedException>(Triage.GetAsync("nobody", Ct))).Code.ShouldBe("case.unknown");
        (await Should.ThrowAsync<DeskRefusedException>(Triage.JudgeAsync("i", opened.Id, "x", 1.5, Ct))).Code.ShouldBe("triage.threshold");
        (await Should.ThrowAsync<DeskRefusedException>(Triage.JudgeAsync("i", opened.Id, "x", double.NaN, Ct))).Code.ShouldBe(
            "triage.threshold"
        );
    }

    [Theory]
    [InlineData("'; drop table triage_result; --")]
    [InlineData("<script>alert(1)</script> {{ customer.name }}")]
    [InlineData("a\0b")]
    [InlineData("\ud83d half")]
    [InlineData("😀 refund 😀")]
    public async Task Hostile_texts_stay_texts(string text)
    {
        var opened = await desk.Get<CaseDesk>().OpenAsync(new(), Ct);

        await JudgeAsync(opened.Id, text);

        (await Triage.GetAsync(opened.Id, Ct)).Results.ShouldHaveSingleItem().Text.ShouldBe(TriageRules.Judged(text));
    }

    [Fact]
    public async Task The_text_goes_with_the_customer_who_is_erased()
    {
        var customer = await desk.Get<CustomerDesk>().CreateAsync(new(), null, Ct);
        var opened = await desk.Get<CaseDesk>().OpenAsync(new() { CustomerId = customer.Id }, Ct);
        await JudgeAsync(opened.Id, "refund for Ann");
        await Triage.CorrectAsync(opened.Id, "invoice", "Ann said so", Ct);

        await desk.Get<CustomerDesk>().EraseAsync(customer.Id, "asked for", Ct);

        var left = await Triage.GetAsync(opened.Id, Ct);
        left.Results.ShouldHaveSingleItem().Text.ShouldBeNull();
        left.Corrections.ShouldHaveSingleItem().Reason.ShouldBeNull();
    }

    // What a step of a workflow does: judge, and write in its own transaction; twice is once.
    private async Task<TriageOutcome> JudgeAsync(string caseId, string text)
    {
        var now = desk.Clock.GetUtcNow();
        var outcome = await Triage.JudgeAsync(Guid.CreateVersion7(now).ToString("N"), caseId, text, null, Ct);

        for (var i = 0; i < 2; i++)
            await desk.Get<Database>()
                .TransactionAsync(
                    async (db, _) =>
                    {
                        await using var batch = new Npgsql.NpgsqlBatch(db);
                        new TriageOutcomeWriter().Write(batch, [new("i", 1, outcome, now)]);
                        await batch.ExecuteNonQueryAsync(Ct);
                    },
                    Ct
                );

        return outcome;
    }
}

public sealed class TaxonomyTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private DeskUnderTest desk = null!;

    internal static TaxonomyRequest Sample { get; } =
        new([
            new()
            {
                Name = "refund",
                Category = "money",
                Queue = "billing",
                Skills = ["payments"],
                Urgency = "urgent",
            },
            new()
            {
                Name = "order_status",
                Category = "orders",
                Queue = "orders",
                Impact = "minor",
                IsStandard = true,
            },
            new()
            {
                Name = "invoice",
                Category = "papers",
                Queue = "billing",
            },
        ]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TaxonomyDesk Taxonomies => desk.Get<TaxonomyDesk>();

    public async ValueTask InitializeAsync() => desk = await DeskUnderTest.OpenAsync(postgres, new(2026, 3, 4, 10, 0, 0, TimeSpan.Zero));

    public ValueTask DisposeAsync() => desk.DisposeAsync();

    [Fact]
    public async Task A_change_is_a_new_version_and_the_old_one_stays()
    {
        var seeded = await Taxonomies.SeedAsync(Encoding.UTF8.GetBytes("""{ "intents": [ { "name": "a" }, { "name": "b" } ] }"""), Ct);
        var again = await Taxonomies.SeedAsync(Encoding.UTF8.GetBytes("""{ "intents": [ { "name": "other" } ] }"""), Ct);

        var changed = await Taxonomies.ChangeAsync(seeded.Version, Sample, Ct);

        again.Version.ShouldBe(seeded.Version);
        changed.Version.ShouldBe(seeded.Version + 1);
        (await Taxonomies.CurrentAsync(Ct)).Intents.ShouldBe(changed.Intents, Same);
        (await Taxonomies.GetAsync(seeded.Version, Ct)).Intents.Select(i => i.Name).ShouldBe(["a", "b"]);
        (await Should.ThrowAsync<DeskRefusedException>(Taxonomies.ChangeAsync(seeded.Version, Sample, Ct))).Kind.ShouldBe(
            DeskRefusal.Conflict
        );
        (await Taxonomies.VersionsAsync(Ct)).Select(v => v.Version).ShouldBe([changed.Version, seeded.Version]);
    }

    [Theory]
    [InlineData("""{ "intents": [] }""", "taxonomy.intents")]
    [InlineData("""{ "intents": [ { "name": "a" }, { "name": "a" } ] }""", "taxonomy.twice")]
    [InlineData("""{ "intents": [ { "name": "a", "impact": "huge" } ] }""", "word.unknown")]
    [InlineData("""{ "intents": [ { "name": " " } ] }""", "text.missing")]
    [InlineData("""{ "intents": [ null ] }""", "text.missing")]
    [InlineData("""{ "intents": "a" }""", "taxonomy.file")]
    [InlineData("", "taxonomy.file")]
    public void A_wrong_file_is_refused_with_its_place(string json, string code)
    {
        var refused = Should.Throw<DeskRefusedException>(() => TaxonomyDesk.ReadFile(Encoding.UTF8.GetBytes(json)).Read());

        refused.Code.ShouldBe(code);
        refused.Fields.ShouldNotBeEmpty();
    }

    private static readonly IEqualityComparer<IntentRule> Same = EqualityComparer<IntentRule>.Create(
        (a, b) => DeskJson.Write(IntentRequest.Of(a!)) == DeskJson.Write(IntentRequest.Of(b!)),
        a => a.Name.GetHashCode(StringComparison.Ordinal)
    );
}
