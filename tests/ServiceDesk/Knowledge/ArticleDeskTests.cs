using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk.Knowledge;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Knowledge;

public sealed class ArticleDeskTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static int serial;
    private readonly Editors editors = new();
    private DeskUnderTest desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ArticleDesk Articles => desk.Get<ArticleDesk>();

    public async ValueTask InitializeAsync() =>
        desk = await DeskUnderTest.OpenAsync(
            postgres,
            new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.FromHours(8)),
            more => more.AddSingleton<IAccess>(editors)
        );

    public async ValueTask DisposeAsync()
    {
        desk.Failures.ShouldBeEmpty();
        await desk.DisposeAsync();
    }

    [Fact]
    public async Task An_article_is_found_from_its_approval_to_its_end()
    {
        var word = NewWord();
        var draft = await WriteAsync("ann", word);
        (await FoundAsync(word)).ShouldBeNull();
        var review = await Articles.SubmitAsync(draft.Id, draft.Rev, Ct);
        (await FoundAsync(word)).ShouldBeNull();

        editors.Are("bob");
        var published = await Articles.ApproveAsync(draft.Id, review.Rev, Ct);

        (published.State, published.PublishedVersion, published.Latest.ApprovedBy).ShouldBe((ArticleState.Published, 1, "bob"));
        (await FoundAsync(word))!.Version.ShouldBe(1);
        var over = await Articles.ExpireAsync(draft.Id, published.Rev, "outdated", Ct);
        (over.State, over.PublishedVersion).ShouldBe((ArticleState.Expired, null));
        (await FoundAsync(word)).ShouldBeNull();
        (await Articles.HistoryAsync(draft.Id, Ct)).Select(e => e.Action).ShouldBe(["create", "submit", "approve", "expire"]);
    }

    [Fact]
    public async Task Who_wrote_at_a_version_cannot_approve_it_nor_can_the_machine()
    {
        var draft = await WriteAsync("ann", NewWord());
        editors.Are("bob");
        var changed = await Articles.ChangeAsync(draft.Id, draft.Rev, Request(NewWord()), Ct);
        var review = await Articles.SubmitAsync(draft.Id, changed.Rev, Ct);

        changed.Latest.Authors.ShouldBe(["ann", "bob"]);

        foreach (var (who, code) in new[] { ("ann", "article.four-eyes"), ("BOB", "article.four-eyes"), (null, "article.person") })
        {
            editors.Are(who);
            (await RefusedAsync(() => Articles.ApproveAsync(draft.Id, review.Rev, Ct))).ShouldBe(code);
        }

        editors.Are("carl");
        (await Articles.ApproveAsync(draft.Id, review.Rev, Ct)).State.ShouldBe(ArticleState.Published);
    }

    [Fact]
    public async Task Nobody_approves_the_own_text_by_acting_for_somebody_else_nor_does_a_program_by_itself()
    {
        var draft = await WriteAsync("ann", NewWord());
        editors.Are(ActorKind.Key, "portal", "bob");
        var changed = await Articles.ChangeAsync(draft.Id, draft.Rev, Request(NewWord()), Ct);
        var review = await Articles.SubmitAsync(draft.Id, changed.Rev, Ct);
        (ActorKind Kind, string Name, string? For, string Code)[] tries =
        [
            (ActorKind.Person, "ann", "carl", "article.four-eyes"),
            (ActorKind.Person, "dora", "Ann", "article.four-eyes"),
            (ActorKind.Person, "bob", null, "article.four-eyes"),
            (ActorKind.Key, "portal", "carl", "article.four-eyes"),
            (ActorKind.Key, "robot", null, "article.person"),
        ];

        foreach (var (kind, name, other, code) in tries)
        {
            editors.Are(kind, name, other);
            (await RefusedAsync(() => Articles.ApproveAsync(draft.Id, review.Rev, Ct))).ShouldBe(code, $"{name} for {other}");
        }

        editors.Are(ActorKind.Key, "desktop", "carl");
        (await Articles.ApproveAsync(draft.Id, review.Rev, Ct)).Latest.ApprovedBy.ShouldBe("desktop for carl");
    }

    [Fact]
    public async Task Of_two_who_approve_at_once_one_does()
    {
        var draft = await WriteAsync("ann", NewWord());
        var review = await Articles.SubmitAsync(draft.Id, draft.Rev, Ct);

        var codes = await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(i =>
                    Task.Run(() =>
                        RefusedAsync(() =>
                        {
                            editors.Are($"editor{i}");
                            return Articles.ApproveAsync(draft.Id, review.Rev, Ct);
                        })
                    )
                )
        );

        codes.Count(c => c is null).ShouldBe(1);
        codes.Where(c => c is not null).ShouldAllBe(c => c == "article.changed");
    }

    [Fact]
    public async Task What_is_published_stays_while_the_next_version_is_written_and_gives_way_to_it()
    {
        var (before, after) = (NewWord(), NewWord());
        var published = await PublishAsync(before);
        editors.Are("ann");
        var draft = await Articles.ChangeAsync(published.Id, published.Rev, Request(after), Ct);

        (draft.State, draft.PublishedVersion, draft.Latest.Version, draft.Latest.State).ShouldBe(
            (ArticleState.Published, 1, 2, ArticleState.Draft)
        );
        (await FoundAsync(before))!.Version.ShouldBe(1);
        (await FoundAsync(after)).ShouldBeNull();
        var review = await Articles.SubmitAsync(draft.Id, draft.Rev, Ct);
        (await RefusedAsync(() => Articles.ChangeAsync(draft.Id, review.Rev, Request(after), Ct))).ShouldBe("article.state");
        editors.Are("bob");
        await Articles.ApproveAsync(draft.Id, review.Rev, Ct);

        (await FoundAsync(before)).ShouldBeNull();
        (await FoundAsync(after))!.Version.ShouldBe(2);
        (await Articles.VersionsAsync(draft.Id, Ct)).Select(v => v.State).ShouldBe([ArticleState.Published, ArticleState.Superseded]);
    }

    [Fact]
    public async Task An_article_is_sent_back_for_a_reason_and_goes_on()
    {
        var draft = await WriteAsync("ann", NewWord());
        var review = await Articles.SubmitAsync(draft.Id, draft.Rev, Ct);
        editors.Are("bob");

        (await RefusedAsync(() => Articles.RejectAsync(draft.Id, review.Rev, " ", Ct))).ShouldBe("text.missing");
        var back = await Articles.RejectAsync(draft.Id, review.Rev, "too long", Ct);

        (back.State, back.Latest.Note).ShouldBe((ArticleState.Draft, "too long"));
        (await RefusedAsync(() => Articles.ApproveAsync(draft.Id, back.Rev, Ct))).ShouldBe("article.state");
        (await RefusedAsync(() => Articles.SubmitAsync(draft.Id, review.Rev, Ct))).ShouldBe("article.changed");
    }

    [Fact]
    public async Task An_article_expires_at_its_time_and_a_later_version_at_its_own()
    {
        var word = NewWord();
        var first = await PublishAsync(word, desk.Clock.GetUtcNow().AddDays(10));
        var second = await PublishAsync(NewWord(), desk.Clock.GetUtcNow().AddDays(10));
        editors.Are("ann");
        var draft = await Articles.ChangeAsync(
            second.Id,
            second.Rev,
            Request(word) with
            {
                ExpiresAt = desk.Clock.GetUtcNow().AddDays(30),
            },
            Ct
        );
        var review = await Articles.SubmitAsync(draft.Id, draft.Rev, Ct);
        editors.Are("bob");
        await Articles.ApproveAsync(draft.Id, review.Rev, Ct);

        await desk.PassAsync(TimeSpan.FromDays(11));

        (await Articles.GetAsync(first.Id, Ct)).State.ShouldBe(ArticleState.Expired);
        (await Articles.GetAsync(second.Id, Ct)).State.ShouldBe(ArticleState.Published);
        (await FoundAsync(word))!.ArticleId.ShouldBe(second.Id);
        await desk.PassAsync(TimeSpan.FromDays(20));
        (await Articles.GetAsync(second.Id, Ct)).State.ShouldBe(ArticleState.Expired);
    }

    [Theory]
    [InlineData("fr", "t", "b", "article.language")]
    [InlineData("en", "", "b", "text.missing")]
    [InlineData("en", "t", "a\0b", "text.unreadable")]
    public async Task A_wrong_article_is_refused(string language, string title, string body, string code) =>
        (
            await RefusedAsync(() =>
                Articles.CreateAsync(
                    new()
                    {
                        Language = language,
                        Title = title,
                        Body = body,
                    },
                    Ct
                )
            )
        ).ShouldBe(code);

    [Fact]
    public async Task A_key_is_there_once_for_each_language_also_when_two_begin_it_at_once()
    {
        var key = NewWord();
        var request = Request("x") with { Key = key };

        var codes = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RefusedAsync(() => Articles.CreateAsync(request, Ct))));

        codes.Count(c => c is null).ShouldBe(1);
        codes.Where(c => c is not null).ShouldAllBe(c => c == "article.key");
        (await RefusedAsync(() => Articles.CreateAsync(request with { Language = "zh" }, Ct))).ShouldBeNull();
        (await RefusedAsync(() => Articles.CreateAsync(request with { Key = "a b" }, Ct))).ShouldBe("article.key");
    }

    [Fact]
    public async Task The_starter_set_is_imported_once_and_what_people_made_of_it_stays()
    {
        var folder = Directory.CreateTempSubdirectory("articles");

        try
        {
            var word = NewWord();
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, "a.md"),
                $"---\nkey: {word}\nlanguage: en\ntitle: About {word}\nintents: one, Two-Three\nstandard: true\n---\n\nBody\n",
                Ct
            );
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => desk.Get<StarterArticles>().ImportAsync(folder.FullName, Ct)));
            var made = (await Articles.ListAsync("published", "en", null, null, 50, Ct)).Single(a => a.Key == word);
            made.Latest.Text.Intents.ShouldBe(["one", "two_three"]);
            made.Latest.Text.IsStandard.ShouldBeTrue();
            editors.Are("ann");
            await Articles.ExpireAsync(made.Id, made.Rev, "not ours", Ct);

            (await desk.Get<StarterArticles>().ImportAsync(folder.FullName, Ct)).ShouldBe(0);

            (await Articles.GetAsync(made.Id, Ct)).State.ShouldBe(ArticleState.Expired);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "b.md"), "no head", Ct);
            (await RefusedAsync(() => desk.Get<StarterArticles>().ImportAsync(folder.FullName, Ct))).ShouldBe("article.file");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task What_did_not_help_sinks_and_what_helped_rises()
    {
        var word = NewWord();
        var (first, second) = (await PublishAsync(word), await PublishAsync(word));
        var uses = desk.Get<KnowledgeUses>();
        var found = await desk.Get<KnowledgeSearch>().RecommendAsync(new() { Text = word }, 5, Ct);
        await uses.KeepAsync([.. found.Select((r, i) => new KnowledgeUse($"{word}:{i}", UseKind.Recommended, r, null, "cat", i + 1))], Ct);
        var worse = found[0].ArticleId;

        await uses.JudgeAsync($"{word}:0", "rejected", "wrong product", false, Ct);
        await uses.JudgeAsync($"{word}:1", "accepted", null, true, Ct);

        var after = await desk.Get<KnowledgeSearch>().RecommendAsync(new() { Text = word }, 5, Ct);
        after.Select(r => r.ArticleId).ShouldBe([worse == first.Id ? second.Id : first.Id, worse]);
        after[0].Reasons.ShouldContain(r => r.StartsWith("helped in 1 of 1", StringComparison.Ordinal));
        (await RefusedAsync(() => uses.JudgeAsync($"{word}:0", "rejected", null, null, Ct))).ShouldBe("text.missing");
        (await RefusedAsync(() => uses.JudgeAsync($"{word}:0", "perhaps", null, null, Ct))).ShouldBe("word.unknown");
        (await RefusedAsync(() => uses.JudgeAsync($"{word}:0", null, null, null, Ct))).ShouldBe("knowledge.judgement");
        (await RefusedAsync(() => uses.JudgeAsync("none", "accepted", null, null, Ct))).ShouldBe("knowledge.use");
    }

    private async Task<Article> PublishAsync(string word, DateTimeOffset? expiresAt = null)
    {
        editors.Are("ann");
        var draft = await Articles.CreateAsync(Request(word) with { ExpiresAt = expiresAt }, Ct);
        var review = await Articles.SubmitAsync(draft.Id, draft.Rev, Ct);
        editors.Are("bob");
        return await Articles.ApproveAsync(draft.Id, review.Rev, Ct);
    }

    private Task<Article> WriteAsync(string who, string word)
    {
        editors.Are(who);
        return Articles.CreateAsync(Request(word), Ct);
    }

    private async Task<Recommendation?> FoundAsync(string word) =>
        await desk.Get<KnowledgeSearch>().RecommendAsync(new() { Text = word }, 1, Ct) is [var found] ? found : null;

    private static ArticleRequest Request(string word) =>
        new()
        {
            Language = "en",
            Title = $"About {word}",
            Body = $"All that there is to say of {word}",
            Category = "cat",
        };

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

    private static string NewWord() => $"zq{Interlocked.Increment(ref serial)}w";
}
