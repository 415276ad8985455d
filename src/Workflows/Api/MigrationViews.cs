using System.Text.Json;
using ServiceLoop.Engine.Migration;
using ServiceLoop.Runtime.Migrating;

namespace ServiceLoop.Workflows.Api;

/// <summary>A run as the door shows it.</summary>
/// <param name="Counts">How many instances are in each state; null where nobody counted.</param>
internal sealed record MigrationView(
    string Id,
    string DefinitionId,
    string TargetVersionId,
    int TargetVersion,
    IReadOnlyList<string> SourceVersionIds,
    IReadOnlyList<string> InstanceIds,
    string? CorrelationId,
    JsonElement Plan,
    MigrationPace Pace,
    string Status,
    string? HaltReason,
    string? Note,
    string? Who,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    int? Total,
    IReadOnlyDictionary<string, int>? Counts
)
{
    public static MigrationView Of(MigrationRun run, MigrationProgress? progress = null) =>
        new(
            run.Id,
            run.DefinitionId,
            run.TargetVersionId,
            run.TargetVersion,
            run.Scope.SourceVersionIds,
            run.Scope.InstanceIds,
            run.Scope.CorrelationId,
            PlanOf(run.Plan),
            run.Pace,
            run.Status.ToString(),
            run.HaltReason,
            run.Note,
            run.Who,
            run.CreatedAt,
            run.StartedAt,
            run.EndedAt,
            progress?.Total,
            progress?.Counts.ToDictionary(c => c.Key.ToString(), c => c.Value)
        );

    private static JsonElement PlanOf(MigrationPlan plan)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();

        using (var writer = new Utf8JsonWriter(buffer))
            MigrationJson.Write(writer, plan);

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }
}

/// <summary>A dry run, counted.</summary>
internal sealed record SummaryView(
    int Total,
    IReadOnlyDictionary<string, int> Verdicts,
    IReadOnlyList<WaitCount> Waits,
    IReadOnlyList<ReasonCount> Reasons
)
{
    public static SummaryView Of(ForecastSummary summary) =>
        new(summary.Total, summary.Verdicts.ToDictionary(v => v.Key.ToString(), v => v.Value), summary.Waits, summary.Reasons);
}

/// <summary>A page of a dry run.</summary>
internal sealed record ForecastsView(IReadOnlyList<ForecastView> Items, string? Next)
{
    public static ForecastsView Of(ForecastPage page) => new([.. page.Items.Select(ForecastView.Of)], page.Next);
}

/// <summary>What a dry run says of one instance.</summary>
internal sealed record ForecastView(
    string InstanceId,
    string FromVersionId,
    int FromVersion,
    string Verdict,
    IReadOnlyList<MigrationMove> Moves,
    IReadOnlyList<MigrationRefusal> Refusals,
    IReadOnlyList<MigrationRefusal> Notes
)
{
    public static ForecastView Of(InstanceForecast f) =>
        new(f.InstanceId, f.FromVersionId, f.FromVersion, f.Verdict.ToString(), f.Moves, f.Refusals, f.Notes);
}

/// <summary>A page of a run's instances.</summary>
internal sealed record ItemsView(IReadOnlyList<ItemView> Items, string? Next)
{
    public static ItemsView Of(IReadOnlyList<MigrationItem> items, int size) =>
        new([.. items.Select(ItemView.Of)], items.Count == size ? items[^1].InstanceId : null);
}

/// <summary>One instance of a run.</summary>
internal sealed record ItemView(
    string InstanceId,
    string Status,
    string? Reason,
    int Attempts,
    string? FromVersionId,
    DateTimeOffset UpdatedAt
)
{
    public static ItemView Of(MigrationItem i) =>
        new(i.InstanceId, i.Status.ToString(), i.Reason, i.Attempts, i.FromVersionId, i.UpdatedAt);
}
