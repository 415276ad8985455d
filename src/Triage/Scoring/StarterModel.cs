using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk.Triage;
using ServiceLoop.ServiceDesk.TriageModels;
using ServiceLoop.Triage.Embeddings;
using ServiceLoop.Triage.Training;

namespace ServiceLoop.Triage.Scoring;

/// <summary>Settings of the start.</summary>
public sealed record StarterOptions
{
    /// <summary>Whether a model is trained when there is none: default true.</summary>
    public bool IsTrained { get; init; } = true;
}

/// <summary>
/// Makes triage work out of the box: trains a model from its own examples, in the background, where there is none yet.
/// What people made is left alone.
/// </summary>
public sealed class StarterModel(
    StarterOptions options,
    ModelDesk models,
    ModelStore store,
    ISentenceEmbedding embedding,
    IAccess access,
    ILogger<StarterModel> logger
) : BackgroundService
{
    /// <summary>The examples of the product, in both languages.</summary>
    public static IReadOnlyList<LabelledText> Examples() => [.. Examples("zh"), .. Examples("en")];

    /// <summary>The examples of the product in one language.</summary>
    /// <param name="language"><c>zh</c> or <c>en</c>.</param>
    public static IReadOnlyList<LabelledText> Examples(string language)
    {
        var name = $"service.{language}.csv";
        using var stream =
            typeof(StarterModel).Assembly.GetManifestResourceStream($"ServiceLoop.Triage.Examples.{name}")
            ?? throw new ArgumentException($"There are no examples in '{language}'.", nameof(language));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return LabelledFile.Read(reader, name, null);
    }

    /// <summary>Does all of it; several nodes may do so at once.</summary>
    internal async Task RunAsync(CancellationToken ct)
    {
        using var system = access.AsSystem();

        if (!options.IsTrained || await store.ActiveAsync(ct) is not null)
            return;

        // One thread: the start of the server is not to wait for it.
        var training = await Task.Factory.StartNew(
            () => ModelTraining.Run(Examples(), new TrainingOptions { Threads = 1 }, embedding, null, ct),
            ct,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

        if (await store.ActiveAsync(ct) is not null)
            return;

        var added = await models.AddAsync(training.ToKept("starter examples of the product"), isActivated: true, ct);
        Log.Started(logger, added.Version, training.Report.Accuracy, training.Report.TrainingSeconds + training.Report.ValidationSeconds);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();

        try
        {
            await RunAsync(stoppingToken);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            // Contacts go to people until a model is trained.
            Log.StartFailed(logger, e);
        }
    }
}
