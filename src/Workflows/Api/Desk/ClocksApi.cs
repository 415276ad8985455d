using System.Collections.Immutable;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Clocks;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>Clocks of service levels.</summary>
internal static class ClocksApi
{
    private const int StandardPage = 50;
    private const int MaxPage = 200;

    /// <summary>Which clocks.</summary>
    /// <param name="CaseId">Of this case.</param>
    /// <param name="Metric">Of this metric.</param>
    /// <param name="State">Pending, Running, Paused, Met, Missed or Cancelled.</param>
    /// <param name="PolicyId">Of this policy.</param>
    /// <param name="DueBefore">Running, and due before this moment.</param>
    /// <param name="AwaitsApproval">Missed, and not so by a later calendar.</param>
    internal sealed record Wanted(
        string? CaseId,
        string? Metric,
        string? State,
        string? PolicyId,
        DateTimeOffset? DueBefore,
        bool? AwaitsApproval
    );

    /// <summary>A clock that is wanted.</summary>
    /// <param name="CaseId">The case.</param>
    /// <param name="Metric">What is measured.</param>
    /// <param name="Policy">A policy by id or name; nothing means the one that fits.</param>
    /// <param name="Facts">What is known of the case, for example its priority.</param>
    /// <param name="ContractCalendarId">Calendar of the contract.</param>
    /// <param name="QueueCalendarId">Calendar of the queue.</param>
    internal sealed record StartRequest(
        string? CaseId,
        string? Metric,
        string? Policy,
        Dictionary<string, string?>? Facts,
        string? ContractCalendarId,
        string? QueueCalendarId
    );

    /// <summary>What is asked of a clock.</summary>
    /// <param name="Reason">Why; for a pause one of waiting-customer, waiting-third-party, agreed-callback, force-majeure.</param>
    /// <param name="Amount">For another target: how much.</param>
    /// <param name="Unit">For another target: Minutes or Days.</param>
    /// <param name="Priority">For another target: the new priority.</param>
    /// <param name="Minutes">For more time: how much.</param>
    internal sealed record AskRequest(string? Reason, int? Amount, string? Unit, string? Priority, int? Minutes);

    /// <summary>A clock.</summary>
    internal sealed record View(
        string Id,
        string CaseId,
        string? InstanceId,
        string Metric,
        string PolicyId,
        int PolicyVersion,
        string CalendarId,
        int CalendarVersion,
        string? Priority,
        int TargetAmount,
        string TargetUnit,
        double ExtensionMinutes,
        string State,
        DateTimeOffset StartedAt,
        double ConsumedMinutes,
        DateTimeOffset? DueAt,
        string? PauseReason,
        DateTimeOffset? BreachedAt,
        string? BreachReason,
        DateTimeOffset? ReprieveAt,
        DateTimeOffset? StoppedAt,
        IReadOnlyList<int> Thresholds,
        IReadOnlyList<int> Fired,
        int? NextPercent,
        DateTimeOffset? NextAt
    )
    {
        public static View Of(SlaClock c) =>
            new(
                c.Id,
                c.CaseId,
                c.InstanceId,
                c.Metric,
                c.PolicyId,
                c.PolicyVersion,
                c.CalendarId,
                c.CalendarVersion,
                c.Priority,
                c.Target.Amount,
                c.Target.Unit.ToString(),
                c.Extension.TotalMinutes,
                c.State.ToString(),
                c.StartedAt,
                c.Consumed.TotalMinutes,
                c.DueAt,
                c.PauseReason,
                c.BreachedAt,
                c.BreachReason,
                c.ReprieveAt,
                c.StoppedAt,
                c.Thresholds,
                c.Fired,
                c.NextPercent,
                c.NextAt
            );
    }

    /// <summary>A page, and where the next begins.</summary>
    internal sealed record PageOfClocks(IReadOnlyList<View> Items, string? Next);

    /// <summary>How the figures of a clock come about.</summary>
    internal sealed record ExplanationView(
        View Clock,
        string Zone,
        DateTimeOffset At,
        IReadOnlyList<RunView> Runs,
        decimal ConsumedMinutes,
        decimal? TargetMinutes,
        decimal? RemainingMinutes,
        DateTimeOffset? DueAt,
        IReadOnlyList<ExplainedThreshold> Thresholds,
        bool IsCut
    );

    /// <summary>A span in which the clock ran.</summary>
    internal sealed record RunView(DateTimeOffset From, DateTimeOffset To, bool IsOpen, decimal Minutes, IReadOnlyList<DayView> Days);

    /// <summary>Working time of a day within it.</summary>
    internal sealed record DayView(DateOnly Day, string? Exception, decimal Minutes, IReadOnlyList<SpanView> Segments);

    /// <summary>A span of working time.</summary>
    internal sealed record SpanView(DateTimeOffset From, DateTimeOffset To, double Minutes);

    public static IEndpointRouteBuilder MapClocks(this IEndpointRouteBuilder routes)
    {
        var clocks = routes.MapGroup("/clocks").Needs(Permissions.ClocksRead).WithTags("Clocks");
        clocks.MapGet("", ListAsync).WithSummary("Lists clocks, newest first, page by page.");
        clocks.MapGet("/{id}", GetAsync).WithSummary("A clock.");
        clocks.MapGet("/{id}/explain", ExplainAsync).WithSummary("How its figures come about: segments with their sums.");
        clocks.MapGet("/{id}/history", HistoryAsync).WithSummary("What happened to it.");
        clocks.MapPost("", StartAsync).Needs(Permissions.ClocksManage).WithSummary("Starts a clock.");

        foreach (
            var (path, verb, summary) in new[]
            {
                ("pause", ClockVerb.Pause, "Pauses it for a reason that its policy allows."),
                ("resume", ClockVerb.Resume, "Lets it go on."),
                ("stop", ClockVerb.Stop, "Stops it: met or missed."),
                ("cancel", ClockVerb.Cancel, "Ends it without a result, for a reason."),
                ("reset", ClockVerb.Reset, "Lets it begin anew."),
                ("retarget", ClockVerb.Retarget, "Gives it another target; what is used up stays."),
                ("reopen", ClockVerb.Reopen, "Lets it go on after its end, within the time of its policy."),
                ("extend", ClockVerb.Extend, "Grants more time, for a reason."),
            }
        )
            clocks
                .MapPost(
                    $"/{{id}}/{path}",
                    (string id, AskRequest? request, ClockService service, CancellationToken ct) => AskAsync(id, verb, request, service, ct)
                )
                .Needs(Permissions.ClocksManage)
                .WithSummary(summary);

        clocks
            .MapPost("/{id}/reprieve", ReprieveAsync)
            .Needs(Permissions.ClocksManage)
            .WithSummary("Approves that a miss is taken back which a later calendar has undone.");
        return routes;
    }

    private static async Task<Results<Ok<PageOfClocks>, ProblemHttpResult>> ListAsync(
        [AsParameters] Wanted wanted,
        string? before,
        int? take,
        ClockService service,
        CancellationToken ct
    )
    {
        var most = Math.Clamp(take ?? StandardPage, 1, MaxPage);
        var page = await service.ListAsync(
            new()
            {
                CaseId = wanted.CaseId,
                Metric = wanted.Metric,
                State = DeskWords.Enum<ClockState>(wanted.State, "state"),
                PolicyId = wanted.PolicyId,
                DueBefore = wanted.DueBefore,
                AwaitsApproval = wanted.AwaitsApproval ?? false,
                Before = before,
                Take = most,
            },
            ct
        );
        return TypedResults.Ok(new PageOfClocks([.. page.Select(View.Of)], page.Count == most ? page[^1].Id : null));
    }

    private static async Task<Results<Ok<View>, ProblemHttpResult>> GetAsync(string id, ClockService service, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await service.GetAsync(id, ct)));

    private static async Task<Results<Ok<ExplanationView>, ProblemHttpResult>> ExplainAsync(
        string id,
        ClockService service,
        CancellationToken ct
    )
    {
        var told = await service.ExplainAsync(id, ct);
        return TypedResults.Ok(
            new ExplanationView(
                View.Of(told.Clock),
                told.Zone,
                told.At,
                [
                    .. told.Runs.Select(r => new RunView(
                        r.From,
                        r.To,
                        r.IsOpen,
                        r.Minutes,
                        [
                            .. r.Days.Select(d => new DayView(
                                d.Day,
                                d.Exception,
                                d.Minutes,
                                [.. d.Spans.Select(s => new SpanView(s.From, s.To, s.Length.TotalMinutes))]
                            )),
                        ]
                    )),
                ],
                told.ConsumedMinutes,
                told.TargetMinutes,
                told.RemainingMinutes,
                told.DueAt,
                told.Thresholds,
                told.IsCut
            )
        );
    }

    private static async Task<Results<Ok<ListView<ClockHistoryLine>>, ProblemHttpResult>> HistoryAsync(
        string id,
        ClockService service,
        CancellationToken ct
    )
    {
        var lines = await service.HistoryAsync(id, ct);
        return TypedResults.Ok(new ListView<ClockHistoryLine>(lines, lines.Count));
    }

    private static async Task<Results<Created<View>, ProblemHttpResult>> StartAsync(
        StartRequest request,
        ClockService service,
        TimeProvider time,
        CancellationToken ct
    )
    {
        var now = time.GetUtcNow();
        var clock = await service.StartAsync(
            new()
            {
                Id = Guid.CreateVersion7(now).ToString("N"),
                CaseId = request.CaseId ?? "",
                Metric = request.Metric ?? "",
                Policy = request.Policy,
                Facts = request.Facts?.ToImmutableSortedDictionary() ?? ImmutableSortedDictionary<string, string?>.Empty,
                ContractCalendarId = request.ContractCalendarId,
                QueueCalendarId = request.QueueCalendarId,
                At = now,
            },
            ct
        );
        return TypedResults.Created($"/api/clocks/{clock.Id}", View.Of(clock));
    }

    private static async Task<Results<Ok<View>, ProblemHttpResult>> AskAsync(
        string id,
        ClockVerb verb,
        AskRequest? request,
        ClockService service,
        CancellationToken ct
    )
    {
        var unit = DeskWords.Enum<TargetUnit>(request?.Unit, "unit") ?? TargetUnit.Minutes;
        var ask = new ClockAsk
        {
            Id = id,
            Verb = verb,
            At = default,
            Reason = request?.Reason,
            Target = request?.Amount is { } amount ? new SlaTarget(amount, unit) : null,
            Priority = request?.Priority,
            Minutes = request?.Minutes ?? 0,
        };
        return TypedResults.Ok(View.Of(await service.AskAsync(id, verb, ask, ct)));
    }

    private static async Task<Results<Ok<View>, ProblemHttpResult>> ReprieveAsync(
        string id,
        AskRequest? request,
        ClockService service,
        CancellationToken ct
    ) => TypedResults.Ok(View.Of(await service.ApproveReprieveAsync(id, request?.Reason, ct)));
}

/// <summary>Words of queries and bodies of the desk.</summary>
internal static class DeskWords
{
    /// <summary>A name of an enum, in any case; null for none.</summary>
    /// <exception cref="DeskRefusedException">It is none of its names.</exception>
    public static T? Enum<T>(string? word, string field)
        where T : struct, Enum =>
        string.IsNullOrEmpty(word) ? null
        : !char.IsDigit(word[0]) && word[0] != '-' && System.Enum.TryParse<T>(word, ignoreCase: true, out var value) ? value
        : throw DeskRefusedException.Invalid(
            "value.unknown",
            field,
            $"'{field}' has none of its values. There are: {string.Join(", ", System.Enum.GetNames<T>())}."
        );
}
