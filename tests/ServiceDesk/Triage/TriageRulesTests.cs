using System.Collections.Immutable;
using ServiceLoop.ServiceDesk.Triage;

namespace ServiceLoop.ServiceDesk.Tests.Triage;

public sealed class TriageRulesTests
{
    [Theory]
    [InlineData("Where is my order?", "en")]
    [InlineData("我的订单在哪里", "zh")]
    [InlineData("我的 iPhone 15 Pro Max 坏了怎么办", "zh")]
    [InlineData("Please look at my order, 订单", "en")]
    [InlineData("", "en")]
    public void The_language_is_that_of_most_of_the_text(string text, string language)
    {
        TextLanguage.Of(text).ShouldBe(language);
    }

    [Theory]
    [InlineData("Where is my parcel?", 1, 0.1, Complexity.Simple)]
    [InlineData("Where is my parcel? And what did it cost?", 1, 0.3, Complexity.Medium)]
    [InlineData("Where is my parcel?", 3, 0.1, Complexity.Medium)]
    [InlineData("One? Two? Three? Four?", 3, 0.1, Complexity.Complex)]
    public void Complexity_grows_with_questions_contacts_and_rivals(string text, int contactNo, double second, Complexity complexity)
    {
        ImmutableArray<RankedIntent> ranked = [new("a", 1 - second), new("b", second)];

        ComplexityRule.Of(text, ranked, contactNo).ShouldBe(complexity);
    }

    [Fact]
    public void A_long_story_is_more_than_simple_in_both_languages()
    {
        ComplexityRule.Of(string.Concat(Enumerable.Repeat("and then they told me to wait ", 12)), [], 1).ShouldBe(Complexity.Medium);
        ComplexityRule.Of(string.Concat(Enumerable.Repeat("然后他们让我再等一等", 12)), [], 1).ShouldBe(Complexity.Medium);
    }

    public static TheoryData<string, ServiceModeFacts, ServiceMode, ServiceModeReason> Modes()
    {
        var easy = new ServiceModeFacts
        {
            IsSure = true,
            HasAnswer = true,
            IsStandard = true,
        };
        return new()
        {
            { "a standard question with an answer", easy, ServiceMode.Bot, ServiceModeReason.StandardQuestion },
            { "more than one question", easy with { Complexity = Complexity.Medium }, ServiceMode.Assisted, ServiceModeReason.NotSimple },
            { "unhappy", easy with { Sentiment = new(-0.4, false) }, ServiceMode.Assisted, ServiceModeReason.Unhappy },
            { "not standard", easy with { IsStandard = false }, ServiceMode.Assisted, ServiceModeReason.NotStandard },
            { "no article", easy with { HasAnswer = false }, ServiceMode.Human, ServiceModeReason.NoAnswer },
            { "unsure", easy with { IsSure = false }, ServiceMode.Human, ServiceModeReason.Unsure },
            { "third contact", easy with { ContactNo = 3 }, ServiceMode.Human, ServiceModeReason.RepeatedContact },
            { "second contact", easy with { ContactNo = 2 }, ServiceMode.Bot, ServiceModeReason.StandardQuestion },
            { "come back", easy with { IsReopened = true }, ServiceMode.Human, ServiceModeReason.Reopened },
            { "angry", easy with { Sentiment = new(-0.9, true) }, ServiceMode.Human, ServiceModeReason.Angry },
            { "wants a person", easy with { WantsPerson = true }, ServiceMode.Human, ServiceModeReason.PersonWanted },
            { "complex", easy with { Complexity = Complexity.Complex }, ServiceMode.Specialist, ServiceModeReason.Complex },
            { "priority 1", easy with { Priority = 1 }, ServiceMode.Specialist, ServiceModeReason.TopPriority },
            { "special", easy with { IsSpecial = true }, ServiceMode.Specialist, ServiceModeReason.SpecialIntent },
            { "perhaps special", easy with { IsSpecial = true, IsSure = false }, ServiceMode.Human, ServiceModeReason.Unsure },
            {
                "angry and complex",
                easy with
                {
                    Sentiment = new(-0.9, true),
                    Complexity = Complexity.Complex,
                },
                ServiceMode.Specialist,
                ServiceModeReason.Complex
            },
        };
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void The_first_line_of_the_table_that_holds_chooses_the_mode(
        string title,
        ServiceModeFacts facts,
        ServiceMode mode,
        ServiceModeReason reason
    )
    {
        ServiceModeRule.Of(facts).ShouldBe(new ServiceModeChoice(mode, reason), title);
    }

    [Fact]
    public void Nothing_that_worries_makes_the_service_less_human()
    {
        var gen = CsCheck.Gen.Select(CsCheck.Gen.Int[0, 63], CsCheck.Gen.Int[1, 4], CsCheck.Gen.Int[1, 4], CsCheck.Gen.Int[0, 2]);
        CsCheck.Check.Sample(
            gen,
            g =>
            {
                var (flags, priority, contact, complexity) = g;
                var facts = new ServiceModeFacts
                {
                    IsSure = (flags & (1 << 0)) != 0,
                    HasAnswer = (flags & (1 << 1)) != 0,
                    IsStandard = (flags & (1 << 2)) != 0,
                    IsSpecial = (flags & (1 << 3)) != 0,
                    WantsPerson = (flags & (1 << 4)) != 0,
                    Sentiment = (flags & (1 << 5)) != 0 ? new(-0.5, false) : default,
                    Priority = priority,
                    ContactNo = contact,
                    Complexity = (Complexity)complexity,
                };
                var before = ServiceModeRule.Of(facts).Mode;
                return ServiceModeRule.Of(facts with { Sentiment = new(-0.9, true) }).Mode >= before
                    && ServiceModeRule.Of(facts with { ContactNo = 5 }).Mode >= before
                    && ServiceModeRule.Of(facts with { IsReopened = true }).Mode >= before
                    && ServiceModeRule.Of(facts with { HasAnswer = false }).Mode >= before;
            }
        );
    }

    [Theory]
    [InlineData(0.6, true)]
    [InlineData(0.93, false)]
    public void A_judgement_is_sure_from_the_threshold_on(double threshold, bool isSure)
    {
        var classified = new Classification("m", [new("refund", 0.92)], 0.5);

        var outcome = TriageRules.Judge("r", "c", "refund", classified, threshold, new(0, true), Taxonomy.Empty, default);

        outcome.Result.IsSure.ShouldBe(isSure);
        outcome.Rule!.Category.ShouldBe("refund");
    }

    [Fact]
    public void Without_a_model_nothing_is_sure_even_when_nothing_is_asked()
    {
        var outcome = TriageRules.Judge("r", "c", "hello", Classification.None, 0, new(0, true), Taxonomy.Empty, default);

        outcome.Result.IsSure.ShouldBeFalse();
        outcome.Rule.ShouldBeNull();
        outcome.Priority.ShouldBe(3);
    }

    [Fact]
    public void What_is_judged_can_be_kept()
    {
        TriageRules.Judged("a\0b\ud83dc").ShouldBe("a b\ufffdc");
        TriageRules.Judged(new string('x', 3_999) + "😀").Length.ShouldBe(3_999);
        TriageRules.Judged(null).ShouldBe("");
    }
}
