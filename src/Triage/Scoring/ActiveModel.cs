using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using ServiceLoop.ServiceDesk.Triage;
using ServiceLoop.ServiceDesk.TriageModels;
using ServiceLoop.Triage.Embeddings;

namespace ServiceLoop.Triage.Scoring;

/// <summary>The model in force, in the memory of this node: the built-in classifier.</summary>
/// <remarks>One model is kept. The one before is let go when nobody uses it any more.</remarks>
public sealed class ActiveModel : IClassifier, IDisposable
{
    private readonly ModelStore store;
    private readonly ISentenceEmbedding embedding;
    private readonly ILogger<ActiveModel> logger;
    private readonly SemaphoreSlim turn = new(1, 1);
    private volatile Loaded? current;
    private volatile bool wasLooked;

    /// <param name="store">Where models are.</param>
    /// <param name="embedding">For models that were trained with it.</param>
    /// <param name="logger">Is told of models.</param>
    public ActiveModel(ModelStore store, ISentenceEmbedding embedding, ILogger<ActiveModel> logger)
    {
        this.store = store;
        this.embedding = embedding;
        this.logger = logger;
    }

    /// <summary>Version of the model in memory; null for none.</summary>
    public long? Version => current?.Version;

    /// <inheritdoc/>
    public async ValueTask<Classification> ClassifyAsync(string text, CancellationToken ct)
    {
        // The first contact after the start waits until it is known whether there is a model.
        if (!wasLooked)
            await LookAsync(ct);

        return current is { } loaded
            ? new(loaded.Version.ToString(CultureInfo.InvariantCulture), [.. loaded.Model.Rank(text)], loaded.Threshold)
            : Classification.None;
    }

    /// <summary>Looks which model is in force, and loads it where it is another one.</summary>
    /// <remarks>A model that cannot be loaded leaves the one before in force on this node, and is told of in the log.</remarks>
    public async Task LookAsync(CancellationToken ct)
    {
        await turn.WaitAsync(ct);

        try
        {
            if (await store.ActiveAsync(ct) is { } version && version != current?.Version)
                await LoadAsync(version, ct);

            wasLooked = true;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    private async Task LoadAsync(long version, CancellationToken ct)
    {
        if (await store.ContentAsync(version, ct) is not { } found)
            return;

        try
        {
            if (Convert.ToHexStringLower(SHA256.HashData(found.Content)) != found.Sha256)
                throw new InvalidDataException("The content of the model is not what was kept: its hash differs.");

            // The engines of the model before are collected with it: contacts that are being judged may still use them.
            current = new(version, IntentModel.Read(found.Content, embedding), found.Threshold);
            Log.Loaded(logger, version, found.Content.Length);
        }
        catch (InvalidDataException e)
        {
            Log.Unusable(logger, version, e.Message);
        }
    }

    private sealed record Loaded(long Version, IntentModel Model, double Threshold);
}
