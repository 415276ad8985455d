using System.Globalization;
using ServiceLoop.ServiceDesk.Triage;
using ServiceLoop.Workflows.Replay;

namespace ServiceLoop.Workflows.Tests.Replay;

public sealed class AnswerReplyTests
{
    private const int Many = 4000;

    private static readonly Chance Chance = new(7);

    [Fact]
    public void An_answer_to_the_question_helps_four_in_five_and_half_of_them_say_thanks()
    {
        var replies = Replies(true);

        Share(replies, r => r.IsHelped).ShouldBeInRange(0.77, 0.83);
        Share(replies.Where(r => r.IsHelped), r => r.Text is null).ShouldBeInRange(0.46, 0.54);
        replies.Where(r => !r.IsHelped).ShouldAllBe(r => r.Text != null);
    }

    [Fact]
    public void An_answer_to_another_question_helps_nobody_and_everybody_says_so()
    {
        Replies(false).ShouldAllBe(r => !r.IsHelped && r.Text != null);
    }

    [Fact]
    public void The_same_seed_and_case_give_the_same_reply()
    {
        foreach (var reply in Enumerable.Range(0, 50).Select(Id))
            AnswerReply.Of(reply, true, new Chance(3)).ShouldBe(AnswerReply.Of(reply, true, new Chance(3)));
    }

    [Fact]
    public void Only_thanks_sound_content()
    {
        foreach (
            var text in Replies(true).Concat(Replies(false)).Select(r => (r.IsHelped, r.Text)).Where(r => r.Text is not null).Distinct()
        )
            (Sentiment.Of(text.Text!).Score >= 0.5).ShouldBe(text.IsHelped, text.Text);
    }

    private static List<AnswerReply> Replies(bool isAbout) =>
        [.. Enumerable.Range(0, Many).Select(n => AnswerReply.Of(Id(n), isAbout, Chance))];

    private static string Id(int n) => n.ToString(CultureInfo.InvariantCulture);

    private static double Share(IEnumerable<AnswerReply> replies, Func<AnswerReply, bool> isHit) =>
        replies.Average(r => isHit(r) ? 1.0 : 0);
}
