using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Secrets;

namespace ServiceLoop.Workflows.Api.Instances;

/// <summary>The history of an instance, line by line: POST with a filter as Elsa Studio's viewer asks, GET without. Both only read.</summary>
internal static class JournalApi
{
    private const int MaxPage = 500;

    /// <summary>Which lines; nulls and empty lists do not count.</summary>
    /// <param name="ActivityIds">Ids of activities.</param>
    /// <param name="ActivityNodeIds">Paths of ids to activities.</param>
    /// <param name="ExcludedActivityTypes">Types left out.</param>
    /// <param name="EventNames">For example <c>Faulted</c>.</param>
    internal sealed record JournalFilter(
        string[]? ActivityIds,
        string[]? ActivityNodeIds,
        string[]? ExcludedActivityTypes,
        string[]? EventNames
    );

    /// <summary>The body.</summary>
    internal sealed record JournalRequest(JournalFilter? Filter);

    /// <summary>A line of the history.</summary>
    /// <param name="Payload">Outcomes of a completion; else null.</param>
    /// <param name="Who">Who caused the burst; null for the system.</param>
    internal sealed record JournalView(
        string Id,
        string? ActivityInstanceId,
        string? ParentActivityInstanceId,
        string ActivityId,
        string ActivityType,
        int ActivityTypeVersion,
        string? ActivityName,
        string NodeId,
        DateTimeOffset Timestamp,
        long Sequence,
        string EventName,
        string? Message,
        string? Source,
        IReadOnlyDictionary<string, object?> ActivityState,
        IReadOnlyDictionary<string, object?>? Payload,
        IReadOnlyList<string> Outcomes,
        string? Who
    )
    {
        private static readonly IReadOnlyDictionary<string, object?> NoState = new Dictionary<string, object?>(StringComparer.Ordinal);

        public static JournalView Of(string instanceId, HistoryEntry entry, int position) =>
            new(
                $"{instanceId}:{position}",
                Places.ExecutionId(instanceId, entry.FrameId),
                Places.ExecutionId(instanceId, entry.ParentId),
                entry.ActivityId,
                entry.Node?.Descriptor.TypeName ?? "",
                entry.Node?.Descriptor.Version ?? 0,
                entry.Node?.Activity.Name,
                entry.NodeId,
                entry.At,
                position,
                NameOf(entry),
                entry.Message,
                null,
                NoState,
                entry.Outcomes.IsEmpty ? null : new Dictionary<string, object?>(StringComparer.Ordinal) { ["Outcomes"] = entry.Outcomes },
                entry.Outcomes,
                entry.Who
            );
    }

    public static RouteGroupBuilder MapJournal(this RouteGroupBuilder routes)
    {
        routes
            .MapGet(
                "/workflow-instances/{id}/journal",
                (string id, int? skip, int? take, Histories histories, Secrecy secrecy, CancellationToken ct) =>
                    ReadAsync(id, null, skip, take, histories, secrecy, ct)
            )
            .WithSummary("What happened to an instance, in order.");
        routes.MapPost("/workflow-instances/{id}/journal", ReadAsync);
        return routes;
    }

    /// <summary>The name of an event as Elsa's log has it; <c>WriteLine</c> for a printed line.</summary>
    private static string NameOf(HistoryEntry entry) =>
        entry.Event is { } happened ? new JournalEntry(0, 0, 0, happened, null).EventName : "WriteLine";

    /// <summary>What happened to an instance, in order; a query although it is a POST.</summary>
    private static async Task<Results<Ok<PageView<JournalView>>, ProblemHttpResult>> ReadAsync(
        string id,
        JournalRequest? request,
        int? skip,
        int? take,
        Histories histories,
        Secrecy secrecy,
        CancellationToken ct
    )
    {
        if (await histories.FindAsync(id, ct) is not { } history)
            return InstancesApi.Unknown(id);

        var (lines, total) = history.Page(FitterOf(request?.Filter), Math.Max(0, skip ?? 0), Math.Clamp(take ?? MaxPage, 0, MaxPage));
        var mask = await secrecy.OfAsync(id, ct);
        return TypedResults.Ok(
            new PageView<JournalView>([.. lines.Select(l => JournalView.Of(id, Secrecy.Shown(l.Entry, mask), l.Position))], total)
        );
    }

    private static Func<HistoryEntry, bool> FitterOf(JournalFilter? filter)
    {
        var activities = SetOf(filter?.ActivityIds);
        var nodes = SetOf(filter?.ActivityNodeIds);
        var types = SetOf(filter?.ExcludedActivityTypes);
        var events = SetOf(filter?.EventNames);
        return entry =>
            activities?.Contains(entry.ActivityId) != false
            && nodes?.Contains(entry.NodeId) != false
            && events?.Contains(NameOf(entry)) != false
            && (types is null || entry.Node is null || !types.Contains(entry.Node.Descriptor.TypeName));
    }

    private static HashSet<string>? SetOf(string[]? values) => values is { Length: > 0 } ? new(values, StringComparer.Ordinal) : null;
}
