using System.Diagnostics;
using ServiceLoop.Runtime.Bench.Measuring;
using ServiceLoop.Triage.Embeddings;
using ServiceLoop.Triage.Scoring;
using ServiceLoop.Triage.Training;

namespace ServiceLoop.Runtime.Bench.Triage;

/// <summary>The classifier: how long training takes, how good it is, and how many texts it judges, beside a bare engine of ML.NET in a loop.</summary>
internal sealed class TriageMode : IBenchMode
{
    private const int Rounds = 3;

    public string Name => "triage";

    public string Usage =>
        "[--file CSV] [--folds 5]   training, cross-validation, texts judged per second; without a file the examples of the product";

    public async Task RunAsync(Arguments arguments, CancellationToken ct)
    {
        var file = arguments.Text("file", "");
        var examples = file.Length > 0 ? LabelledFile.Read(file, null) : StarterModel.Examples();
        var options = new TrainingOptions { Folds = arguments.Number("folds", 5) };
        using var embedding = arguments.Has("words-only") ? null : new MiniLm();
        var processor = Process.GetCurrentProcess().TotalProcessorTime;
        var trained = await Task.Run(() => ModelTraining.Run(examples, options, embedding, Console.Error.WriteLine, ct), ct);
        var report = trained.Report;
        var spent = Process.GetCurrentProcess().TotalProcessorTime - processor;
        Console.WriteLine(
            $"{Machine.Describe()} {report.Rows} examples, {report.Labels} intents, {report.Tokens} tokens; the model has {trained.Content.Length / 1048576.0:0.0} MiB. Load {Machine.Load()}.\n"
        );
        Console.WriteLine(
            $"* Training {report.TrainingSeconds:0.0} s, cross-validation {report.ValidationSeconds:0.0} s; {spent.TotalSeconds:0} s of the cores for both."
        );
        Console.WriteLine(
            $"* {report.Folds}-fold accuracy {report.Accuracy:P2}, macro F1 {report.MacroF1:P2}; calibration error {report.CalibrationError:P2}."
        );
        Console.WriteLine(
            $"* Threshold {report.Chosen.Threshold:0.00}: {report.Chosen.Automatic:P1} without a person, {report.Chosen.Wrong:P2} sent wrong.\n"
        );

        using var model = IntentModel.Read(trained.Content, embedding);
        string[] texts = [.. examples.Take(2000).Select(e => e.Text)];
        var bare = Array.ConvertAll(texts, model.BareEngine);
        Console.WriteLine("| texts judged | per second | of the bare engine |\n|---|---:|---:|");
        var (one, ceiling, many) = (new List<double>(), new List<double>(), new List<double>());

        for (var round = 0; round <= Rounds; round++)
        {
            var (a, b, c) = (
                Rate(texts.Length, () => Array.ForEach(bare, score => score())),
                Rate(texts.Length, () => Array.ForEach(texts, text => model.Rank(text))),
                Rate(texts.Length, () => Parallel.ForEach(texts, text => model.Rank(text)))
            );

            // The first round warms up.
            if (round == 0)
                continue;

            ceiling.Add(a);
            one.Add(b);
            many.Add(c);
        }

        var top = Latencies.Median(ceiling);
        Console.WriteLine($"| bare engine of ML.NET, vectors made before, one thread | {top:N0} | 1 |");
        Console.WriteLine($"| text to ranked intents, one thread | {Latencies.Median(one):N0} | {Latencies.Median(one) / top:0.00} |");
        Console.WriteLine(
            $"| text to ranked intents, all cores, pooled engines | {Latencies.Median(many):N0} | {Latencies.Median(many) / top:0.00} |"
        );
    }

    private static double Rate(int count, Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return count / clock.Elapsed.TotalSeconds;
    }
}
