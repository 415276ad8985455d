using ServiceLoop.ServiceDesk.Knowledge;
using ServiceLoop.Workflows.CommandLine;
using ServiceLoop.Workflows.Replay;
using ServiceLoop.Workflows.Tests.CommandLine;

namespace ServiceLoop.Workflows.Tests.Replay;

public sealed class ReplayArticlesTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2010, 1, 13, 0, 0, 0, TimeSpan.Zero);

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Articles_are_read_with_the_time_of_the_product_and_a_readme_is_none()
    {
        folder.Write("README.md", "What lies here.");
        folder.Write("b.md", Article("age", "age_limit", "true"));
        folder.Write("a.md", Article("lost", "lost_card, Stolen-Card", "false"));

        var articles = ReplayArticles.Read(folder.Path, Now);

        articles.Files.Select(f => f.Key).ShouldBe(["lost", "age"]);
        articles.Files[1].Text.ExpiresAt.ShouldBe(Now.AddMonths(120));
    }

    [Fact]
    public void What_a_standard_article_is_about_is_a_standard_question_however_it_is_spelt()
    {
        folder.Write("a.md", Article("refund", "Refund_not_showing_up", "true"));
        folder.Write("b.md", Article("reverted", "reverted_card_payment?", "true"));
        folder.Write("c.md", Article("lost", "lost_card", "false"));

        var articles = ReplayArticles.Read(folder.Path, Now);

        articles.AnswersAlone("Refund_not_showing_up").ShouldBeTrue();
        articles.AnswersAlone("reverted_card_payment?").ShouldBeTrue();
        articles.AnswersAlone("lost_card").ShouldBeFalse("a person must look into it");
        articles.AnswersAlone("age_limit").ShouldBeFalse("no article is about it");
        articles.Unasked(["Refund_not_showing_up", "lost_card"]).ShouldBe(["reverted_card_payment?"]);
    }

    [Theory]
    [InlineData("no head at all", "'a.md' has no head")]
    [InlineData("---\nlanguage: en\n---\nx", "'a.md' has no 'key'")]
    [InlineData("---\nkey: a\nlanguage: de\ntitle: t\n---\nx", "'language' is 'de', and must be zh or en")]
    [InlineData("---\nkey: a\nlanguage: en\ntitle: t\nstandard: perhaps\n---\nx", "'standard' is 'perhaps'. Write true")]
    [InlineData("---\nkey: a\nlanguage: en\ntitle: t\nmonths: 500\n---\nx", "'months' is '500'. Give after how many months")]
    [InlineData("---\nkey: a\nlanguage: en\ntitle: t\n---\n", "'body'")]
    public void A_file_that_is_wrong_is_named_with_value_and_cure(string text, string says)
    {
        var path = folder.Write("a.md", text);

        var refused = Should.Throw<UsageException>(() => ReplayArticles.Read(folder.Path, Now)).Message;

        refused.ShouldStartWith(path);
        refused.ShouldContain(says);
        refused.ShouldContain("Correct the file");
    }

    [Fact]
    public void An_empty_folder_and_an_article_that_is_there_twice_are_refused()
    {
        Should.Throw<UsageException>(() => ReplayArticles.Read(folder.Path, Now)).Message.ShouldContain("There is no article in");
        folder.Write("a.md", Article("age", "age_limit", "true"));
        folder.Write("b.md", Article("age", "other", "true"));

        Should.Throw<UsageException>(() => ReplayArticles.Read(folder.Path, Now)).Message.ShouldStartWith("a.md and b.md");
    }

    [Fact]
    public void The_articles_of_the_bank_answer_each_category_once_and_about_two_thirds_of_them_alone()
    {
        var articles = ReplayArticles.Read(Path.Combine(AppContext.BaseDirectory, "Banking", "articles"), Now);

        articles.Files.Length.ShouldBe(77);
        articles.Files.ShouldAllBe(f => f.Text.Intents.Length == 1 && f.Text.Intents[0] == ArticleRequest.IntentOf(f.Text.Category!));
        articles.Files.Select(f => f.Text.Intents[0]).Distinct(StringComparer.Ordinal).Count().ShouldBe(77);
        ((double)articles.Files.Count(f => f.Text.IsStandard) / 77).ShouldBeInRange(0.5, 0.67);
        // What the log of four years needs.
        articles.Files.ShouldAllBe(f => f.Text.ExpiresAt > Now.AddYears(5));

        foreach (var file in articles.Files)
            file.Text.Body.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Length.ShouldBeInRange(40, 130, file.Key);
    }

    private static string Article(string key, string intents, string standard) =>
        $"---\nkey: {key}\nlanguage: en\ntitle: About {key}\ncategory: {key}\nintents: {intents}\nstandard: {standard}\nmonths: 120\n---\n\nIt is like this.\n";
}
