using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Knowledge;
using ServiceLoop.ServiceDesk.Messages;
using ServiceLoop.ServiceDesk.ProblemFiles;
using ServiceLoop.ServiceDesk.Triage;

namespace ServiceLoop.Workflows.Tests.Definitions;

/// <summary>A bot answers from the starter set in the shipped <c>service-case</c>: what the customer makes of it decides whether a person is needed.</summary>
public sealed class BotAnswerTests : IAsyncLifetime
{
    private const string Question = "I forgot my password and cannot sign in.";

    private ShippedDesk desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        desk = await ShippedDesk.OpenAsync(new Passwords());
        await desk.Get<StarterArticles>().ImportAsync(Path.Combine(ShippedDesk.Folder, "desk", "articles"), Ct);
    }

    public ValueTask DisposeAsync() => desk.DisposeAsync();

    [Fact]
    public async Task A_day_of_silence_settles_what_a_bot_has_answered()
    {
        var id = await AnsweredAsync();

        await desk.Desk.PassAsync(TimeSpan.FromDays(1.1));

        await SettledByBotAsync(id);
        (await AutomationAsync()).ShouldBe(new AutomationShare(null, 1, 0, 0));
        await desk.Desk.PassAsync(TimeSpan.FromDays(8));
        await desk.ShouldBeOverAsync(id, CaseStatus.Closed);
    }

    [Fact]
    public async Task Thanks_settle_it_at_once()
    {
        var id = await AnsweredAsync();

        await desk.SayAsync(id, body: "Thank you, that was helpful. It is solved.");

        await SettledByBotAsync(id);
    }

    [Theory]
    [InlineData("I have tried that, and it did not help.")]
    [InlineData("That is not what I asked about.")]
    [InlineData("Thanks")]
    [InlineData("Thank you, very helpful! And how do I change my name?")]
    public async Task Any_other_reply_goes_to_a_person(string reply)
    {
        var id = await AnsweredAsync();

        await desk.SayAsync(id, body: reply);

        (await desk.CaseAsync(id)).Status.ShouldBe(CaseStatus.InSolution);
        (await desk.TypesAsync(id)).ShouldBe(["solve-case"]);
        await desk.AnswerAsync(id, "solve-case", "Solved");
        (await desk.CaseAsync(id)).ResolutionMode.ShouldBe(ResolutionMode.Human);
        (await AutomationAsync()).ShouldBe(new AutomationShare(null, 0, 0, 1));
    }

    [Fact]
    public async Task Who_comes_back_after_a_bots_answer_gets_a_person_and_not_the_same_answer()
    {
        var id = await AnsweredAsync();
        await desk.Desk.PassAsync(TimeSpan.FromDays(1.1));
        await SettledByBotAsync(id);

        await desk.SayAsync(id, body: Question);

        (await desk.TypesAsync(id)).ShouldBe(["solve-case"]);
        (await AnswersAsync(id)).ShouldBe(1);
    }

    [Fact]
    public async Task An_article_about_something_else_is_no_answer_however_many_words_it_shares()
    {
        // Sorted as a question about passwords, and in every word one about the warranty.
        var id = await desk.ContactAsync("How long is the warranty, and what does the warranty cover", "en");

        (await AnswersAsync(id)).ShouldBe(1);
        var sent = (await desk.Get<MessageService>().ListAsync(new() { CaseId = id }, 50, Ct)).Single(m => m.Template == "bot-answer");
        sent.Body.ShouldContain("Forgot password");
    }

    [Fact]
    public async Task An_article_that_was_found_and_not_sent_is_no_answer_that_was_tried()
    {
        var id = await desk.ContactAsync("I cannot sign in, the new page is bad and slow and broken.", "en");

        (await AnswersAsync(id)).ShouldBe(0);
        (await desk.TypesAsync(id)).ShouldBe(["solve-case"]);
        (await desk.Get<KnowledgeUses>().OfCaseAsync(id, Ct)).Select(u => u.Kind).Distinct().ShouldBe([UseKind.Recommended]);
        (await desk.Get<ProblemFileDesk>().GetAsync(id, Ct)).Tried.ShouldBeEmpty();
    }

    private async Task<string> AnsweredAsync()
    {
        var id = await desk.ContactAsync(Question, "en");
        (await desk.CaseAsync(id)).Status.ShouldBe(CaseStatus.PendingCustomer);
        (await AnswersAsync(id)).ShouldBe(1);
        (await desk.Get<KnowledgeUses>().OfCaseAsync(id, Ct)).ShouldHaveSingleItem().Kind.ShouldBe(UseKind.Answered);
        (await desk.TypesAsync(id)).ShouldBeEmpty();
        return id;
    }

    private async Task SettledByBotAsync(string id)
    {
        var settled = await desk.CaseAsync(id);
        (settled.Status, settled.ResolutionCode, settled.ResolutionMode).ShouldBe(
            (CaseStatus.InFollowUp, ResolutionCode.Solved, ResolutionMode.Auto)
        );
    }

    private async Task<int> AnswersAsync(string id) =>
        (await desk.Get<MessageService>().ListAsync(new() { CaseId = id }, 50, Ct)).Count(m => m.Template == "bot-answer");

    private async Task<AutomationShare> AutomationAsync() =>
        (await desk.Get<KnowledgeUses>().AutomationAsync(null, desk.Desk.Clock.GetUtcNow().AddMinutes(1), Ct)).All;

    /// <summary>Takes everything for a question about passwords, and is sure of it.</summary>
    private sealed class Passwords : IClassifier
    {
        public ValueTask<Classification> ClassifyAsync(string text, CancellationToken ct) =>
            new(new Classification("words", [new("login_password", 0.97), new("refund", 0.01)], 0.6));
    }
}
