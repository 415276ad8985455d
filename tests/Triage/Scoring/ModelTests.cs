using System.IO.Compression;
using ServiceLoop.ServiceDesk.Triage;
using ServiceLoop.Triage.Scoring;
using ServiceLoop.Triage.Training;

namespace ServiceLoop.Triage.Tests.Scoring;

/// <summary>A model trained once from the examples of the product.</summary>
public sealed class StarterFixture
{
    internal static TrainingOptions Quick { get; } = new() { Threads = 1, Iterations = 40 };

    public TrainingResult Trained { get; } = ModelTraining.Run(StarterModel.Examples(), Quick, null, null, CancellationToken.None);
}

public sealed class ModelTests(StarterFixture starter) : IClassFixture<StarterFixture>
{
    [Fact]
    public void The_examples_of_the_product_are_many_and_different()
    {
        var (zh, en) = (StarterModel.Examples("zh"), StarterModel.Examples("en"));

        zh.Count.ShouldBeGreaterThanOrEqualTo(320);
        en.Count.ShouldBeGreaterThanOrEqualTo(150);
        zh.Concat(en).Select(e => e.Text).ShouldBeUnique();
        zh.Select(e => e.Label).Distinct().Count().ShouldBe(15);
        en.Select(e => e.Label).ToHashSet().SetEquals(zh.Select(e => e.Label)).ShouldBeTrue();
    }

    [Fact]
    public void Texts_that_were_not_seen_are_told_far_better_than_by_chance_in_both_languages()
    {
        starter.Trained.Report.Languages.ShouldAllBe(l => l.Accuracy > 0.7);
        starter.Trained.Report.CalibrationError.ShouldBeLessThan(0.12);
        starter.Trained.Report.Chosen.Wrong.ShouldBeLessThan(1 - starter.Trained.Report.Accuracy);
    }

    [Fact]
    public void A_model_says_the_same_after_it_was_written_and_read()
    {
        using var model = IntentModel.Read(starter.Trained.Content, null);
        using var again = IntentModel.Read(model.ToBytes(), null);

        foreach (var text in new[] { "我要退款", "where is my parcel", "請轉真人客服" })
            again.Rank(text).ShouldBe(model.Rank(text));

        model.Rank("我要退款，钱什么时候到账")[0].Intent.ShouldBe("refund");
        model.Rank("I forgot my password")[0].Intent.ShouldBe("login_password");
        model.Rank("轉人工")[0].Intent.ShouldBe("human_agent");
        model.Rank("我要退款").Sum(r => r.Probability).ShouldBe(1, 1e-6);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0")]
    [InlineData("😀")]
    [InlineData("\ud83d\ud83d")]
    [InlineData("ЖЖЖЖ")]
    public void Nothing_to_go_by_gives_no_intent(string text)
    {
        using var model = IntentModel.Read(starter.Trained.Content, null);

        model.Rank(text).ShouldBeEmpty();
    }

    [Fact]
    public void Many_threads_get_the_same_as_one()
    {
        using var model = IntentModel.Read(starter.Trained.Content, null);
        var texts = StarterModel.Examples().Select(e => e.Text).Append(new string('钱', 100_000)).ToArray();
        var one = texts.Select(t => model.Rank(t)[0]).ToArray();
        var many = new RankedIntent[texts.Length];

        Parallel.For(0, texts.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => many[i] = model.Rank(texts[i])[0]);

        many.ShouldBe(one);
    }

    [Fact]
    public void What_is_no_model_is_refused()
    {
        Should.Throw<InvalidDataException>(() => IntentModel.Read([1, 2, 3], null));
        Should.Throw<InvalidDataException>(() => IntentModel.Read([], null));
    }

    [Theory]
    [InlineData("weights.zip", "no weights")]
    [InlineData("tokens.tsv", "1\tsa\n")]
    [InlineData("tokens.tsv", "1\tsa\n1\tsa\n")]
    [InlineData("model.json", """{ "Format": 1, "Temperature": 1, "Labels": ["a", "b"] }""")]
    [InlineData("model.json", "{ \"Format\": 1, \"Temperature\": 1 }")]
    public void A_model_whose_parts_do_not_belong_together_is_refused_when_it_is_read(string part, string content)
    {
        using var buffer = new MemoryStream();
        buffer.Write(starter.Trained.Content);

        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Update, leaveOpen: true))
        {
            zip.GetEntry(part)!.Delete();
            using var entry = new StreamWriter(zip.CreateEntry(part).Open());
            entry.Write(content);
        }

        Should.Throw<InvalidDataException>(() => IntentModel.Read(buffer.ToArray(), null));
    }

    [Fact]
    public void Too_few_examples_are_refused_with_their_labels()
    {
        LabelledText[] few = [new("a", "x"), new("b", "x"), new("c", "y"), new("d", "y"), new("e", "z")];

        Should
            .Throw<TrainingRefusedException>(() => ModelTraining.Run(few, new() { Folds = 2 }, null, null, default))
            .Message.ShouldContain("'z' (1)");
        Should
            .Throw<TrainingRefusedException>(() => ModelTraining.Run(few, new() { Folds = 1 }, null, null, default))
            .Message.ShouldContain("folds");
        Should
            .Throw<TrainingRefusedException>(() => ModelTraining.Run(few[..2], new() { Folds = 2 }, null, null, default))
            .Message.ShouldContain("two");
    }
}
