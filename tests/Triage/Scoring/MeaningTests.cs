using System.IO.Compression;
using System.Text;
using ServiceLoop.ServiceDesk.Triage;
using ServiceLoop.Triage.Embeddings;
using ServiceLoop.Triage.Scoring;
using ServiceLoop.Triage.Tests.Embeddings;
using ServiceLoop.Triage.Training;

namespace ServiceLoop.Triage.Tests.Scoring;

/// <summary>Models of words and meaning, trained from some of the examples of the product.</summary>
public sealed class MeaningTests(MiniLmFixture fixture) : IClassFixture<MiniLmFixture>
{
    private static readonly string[] SomeIntents = ["refund", "login_password", "human_agent"];

    private static readonly LabelledText[] Some = [.. StarterModel.Examples().Where(e => SomeIntents.Contains(e.Label))];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Meaning_tells_English_apart_better_than_words_alone_and_leaves_Chinese_as_it_is()
    {
        var both = Train(Some, fixture.Embedding).Report;
        var words = Train(Some, null).Report;

        Of(both, TextLanguage.English).ShouldBeGreaterThanOrEqualTo(Of(words, TextLanguage.English));
        Of(both, TextLanguage.English).ShouldBeGreaterThan(0.9);
        Of(both, TextLanguage.Chinese).ShouldBe(Of(words, TextLanguage.Chinese));
        both.Embedding.ShouldBe(fixture.Embedding.Name);
        both.Embedded.ShouldBe(Some.Count(e => fixture.Embedding.Covers(e.Text)));
        words.Embedding.ShouldBeNull();
    }

    [Fact]
    public void A_model_says_the_same_after_it_was_written_and_read_and_training_is_repeatable()
    {
        var content = Train(Some, fixture.Embedding).Content;
        using var model = IntentModel.Read(content, fixture.Embedding);
        using var again = IntentModel.Read(model.ToBytes(), fixture.Embedding);
        using var trained = IntentModel.Read(Train(Some, fixture.Embedding).Content, fixture.Embedding);

        again.Embedding.ShouldBe(fixture.Embedding.Name);
        again.MeaningTemperature.ShouldBe(model.MeaningTemperature);

        foreach (var text in new[] { "我要退款", "give me back what I have paid", "请转人工" })
        {
            again.Rank(text).ShouldBe(model.Rank(text));
            trained.Rank(text).ShouldBe(model.Rank(text));
            model.Rank(text).Sum(r => r.Probability).ShouldBe(1, 1e-6);
        }
    }

    [Fact]
    public void Chinese_is_judged_by_its_words_without_the_embedding()
    {
        var counted = new Stub { Name = fixture.Embedding.Name, Size = fixture.Embedding.Size };
        using var model = IntentModel.Read(Train(Some, fixture.Embedding).Content, counted);
        using var words = IntentModel.Read(Train(Some, null).Content, null);

        model.Rank("我要退款，钱什么时候到账").ShouldBe(words.Rank("我要退款，钱什么时候到账"));
        counted.Asked.ShouldBe(0);

        // It covers English, and cannot be used on this machine: the words do without.
        model.Rank("I want a refund").ShouldBe(words.Rank("I want a refund"));
        counted.Asked.ShouldBe(1);
    }

    [Fact]
    public void Intents_without_an_English_example_keep_their_chance_in_English_texts()
    {
        LabelledText[] examples = [.. Some.Where(e => e.Label != "human_agent" || TextLanguage.Of(e.Text) == TextLanguage.Chinese)];
        using var model = IntentModel.Read(Train(examples, fixture.Embedding).Content, fixture.Embedding);

        model.Rank("请转人工")[0].Intent.ShouldBe("human_agent");
        model.Rank("I want a refund")[0].Intent.ShouldBe("refund");
        model.Rank("I want a refund").Sum(r => r.Probability).ShouldBe(1, 1e-6);
        model.Rank("I want a refund").ShouldContain(r => r.Intent == "human_agent" && r.Probability > 0);
    }

    [Fact]
    public void A_model_of_another_embedding_is_refused_with_both_names_and_what_to_do()
    {
        var content = Train(Some, fixture.Embedding).Content;

        var missing = Should.Throw<InvalidDataException>(() => IntentModel.Read(content, null)).Message;
        missing.ShouldContain(fixture.Embedding.Name);
        missing.ShouldContain("none");
        missing.ShouldContain("Train the model again");

        var foreign = new Stub { Name = "another", Size = fixture.Embedding.Size };
        Should.Throw<InvalidDataException>(() => IntentModel.Read(content, foreign)).Message.ShouldContain("'another'");
    }

    [Theory]
    [InlineData("\"Known\":[0,1,2]", "\"Known\":[0,1,7]")]
    [InlineData("\"Known\":[0,1,2]", "\"Known\":[0,1,1]")]
    [InlineData("\"Known\":[0,1,2]", "\"Known\":[0,1]")]
    [InlineData("\"Format\":2", "\"Format\":3")]
    public void A_model_whose_parts_do_not_belong_together_is_refused_when_it_is_read(string what, string by)
    {
        using var buffer = new MemoryStream();
        buffer.Write(Train(Some, fixture.Embedding).Content);

        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Update, leaveOpen: true))
        {
            var entry = zip.GetEntry("model.json")!;
            string head;

            using (var reader = new StreamReader(entry.Open(), Encoding.UTF8))
                head = reader.ReadToEnd();

            head.ShouldContain(what);
            entry.Delete();
            using var writer = new StreamWriter(zip.CreateEntry("model.json").Open());
            writer.Write(head.Replace(what, by, StringComparison.Ordinal));
        }

        Should.Throw<InvalidDataException>(() => IntentModel.Read(buffer.ToArray(), fixture.Embedding));
    }

    [Fact]
    public void A_machine_without_the_embedding_trains_by_words()
    {
        var told = new List<string>();

        var trained = ModelTraining.Run(Some, StarterFixture.Quick, new Stub { Name = "stub", Size = 4 }, told.Add, Ct);

        trained.Report.Embedding.ShouldBeNull();
        told.ShouldContain(t => t.Contains("words only"));
        using var model = IntentModel.Read(trained.Content, null);
        model.Rank("I want a refund")[0].Intent.ShouldBe("refund");
    }

    private static TrainingResult Train(LabelledText[] examples, ISentenceEmbedding? embedding) =>
        ModelTraining.Run(examples, StarterFixture.Quick, embedding, null, Ct);

    private static double Of(TrainingReport report, string language) => report.Languages.Single(l => l.Language == language).Accuracy;

    /// <summary>Covers English, and cannot be used.</summary>
    private sealed class Stub : ISentenceEmbedding
    {
        private int asked;

        public int Asked => asked;

        public required string Name { get; init; }

        public required int Size { get; init; }

        public bool Covers(string text) => TextLanguage.Of(text) == TextLanguage.English;

        public float[][]? Of(IReadOnlyList<string> texts, int threads, CancellationToken ct)
        {
            Interlocked.Increment(ref asked);
            return null;
        }
    }
}
