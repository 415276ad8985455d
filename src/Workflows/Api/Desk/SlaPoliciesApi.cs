using System.Collections.Immutable;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk.Clocks;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>Policies of service levels.</summary>
internal static class SlaPoliciesApi
{
    /// <summary>A question about a fact of the case.</summary>
    /// <param name="Fact">Name of the fact, for example priority.</param>
    /// <param name="Comparison">Is, IsNot, AtLeast or AtMost.</param>
    /// <param name="Values">With what.</param>
    internal sealed record TestView(string? Fact, string? Comparison, string[]? Values)
    {
        public static TestView Of(FactTest test) => new(test.Fact, test.Comparison.ToString(), [.. test.Values]);

        public FactTest Read(string field) =>
            new(Fact ?? "", DeskWords.Enum<FactComparison>(Comparison, $"{field}.comparison") ?? FactComparison.Is, [.. Values ?? []]);
    }

    /// <summary>A target for some cases.</summary>
    /// <param name="When">All must hold; nothing means all cases.</param>
    /// <param name="Amount">How much.</param>
    /// <param name="Unit">Minutes of working time, or working Days.</param>
    internal sealed record TargetView(TestView[]? When, int Amount, string? Unit);

    /// <summary>When something applies.</summary>
    /// <param name="Events">After one of these events of the case; nothing means any.</param>
    /// <param name="Tests">When all of these hold.</param>
    internal sealed record ConditionView(string[]? Events, TestView[]? Tests)
    {
        public static ConditionView Of(ClockCondition condition) => new([.. condition.Events], [.. condition.Tests.Select(TestView.Of)]);

        public ClockCondition Read(string field) =>
            new([.. Events ?? []], [.. (Tests ?? []).Select((t, i) => t.Read($"{field}.tests[{i}]"))]);
    }

    /// <summary>Events of a case that move its clocks.</summary>
    internal sealed record ConditionsView(
        ConditionView[]? Start,
        ConditionView[]? Pause,
        ConditionView[]? Resume,
        ConditionView[]? Stop,
        ConditionView[]? Reset,
        ConditionView[]? Cancel,
        string? PauseReason
    )
    {
        public static ConditionsView Of(ClockConditions c) =>
            new(List(c.Start), List(c.Pause), List(c.Resume), List(c.Stop), List(c.Reset), List(c.Cancel), c.PauseReason);

        public ClockConditions Read() =>
            new()
            {
                Start = Read(Start, "start"),
                Pause = Read(Pause, "pause"),
                Resume = Read(Resume, "resume"),
                Stop = Read(Stop, "stop"),
                Reset = Read(Reset, "reset"),
                Cancel = Read(Cancel, "cancel"),
                PauseReason = PauseReason ?? ClockConditions.None.PauseReason,
            };

        private static ConditionView[] List(ImmutableArray<ClockCondition> list) => [.. list.Select(ConditionView.Of)];

        private static ImmutableArray<ClockCondition> Read(ConditionView[]? list, string name) =>
            [.. (list ?? []).Select((c, i) => c.Read($"conditions.{name}[{i}]"))];
    }

    /// <summary>A policy as it is to be; what is left out has its standard value.</summary>
    internal sealed record SaveRequest(
        string? Name,
        string? Metric,
        TargetView[]? Targets,
        string? CalendarId,
        ConditionsView? Conditions,
        string[]? PauseReasons,
        int[]? Thresholds,
        string? Retarget,
        int? ReopenDays,
        int? LongPauseDays
    )
    {
        public PolicyContent Read()
        {
            var content = new PolicyContent
            {
                Targets =
                [
                    .. (Targets ?? []).Select(
                        (t, i) =>
                            new TargetRule(
                                [.. (t.When ?? []).Select((w, j) => w.Read($"targets[{i}].when[{j}]"))],
                                new(t.Amount, DeskWords.Enum<TargetUnit>(t.Unit, $"targets[{i}].unit") ?? TargetUnit.Minutes)
                            )
                    ),
                ],
                CalendarId = string.IsNullOrWhiteSpace(CalendarId) ? null : CalendarId,
                Conditions = Conditions?.Read() ?? ClockConditions.None,
                Retarget = DeskWords.Enum<RetargetRule>(Retarget, "retarget") ?? RetargetRule.KeepConsumed,
            };
            return content with
            {
                PauseReasons = PauseReasons is null ? content.PauseReasons : [.. PauseReasons],
                Thresholds = Thresholds is null ? content.Thresholds : [.. Thresholds],
                ReopenDays = ReopenDays ?? content.ReopenDays,
                LongPauseDays = LongPauseDays ?? content.LongPauseDays,
            };
        }
    }

    /// <summary>A version of a policy.</summary>
    internal sealed record View(
        string Id,
        string Name,
        string Metric,
        int Version,
        string State,
        IReadOnlyList<TargetView> Targets,
        string? CalendarId,
        ConditionsView Conditions,
        IReadOnlyList<string> PauseReasons,
        IReadOnlyList<int> Thresholds,
        string Retarget,
        int ReopenDays,
        int LongPauseDays,
        DateTimeOffset MadeAt,
        string MadeBy
    )
    {
        public static View Of(SlaPolicy p) =>
            new(
                p.PolicyId,
                p.Name,
                p.Metric,
                p.Number,
                p.State.ToString(),
                [
                    .. p.Content.Targets.Select(t => new TargetView(
                        [.. t.When.Select(TestView.Of)],
                        t.Target.Amount,
                        t.Target.Unit.ToString()
                    )),
                ],
                p.Content.CalendarId,
                ConditionsView.Of(p.Content.Conditions),
                p.Content.PauseReasons,
                p.Content.Thresholds,
                p.Content.Retarget.ToString(),
                p.Content.ReopenDays,
                p.Content.LongPauseDays,
                p.MadeAt,
                p.MadeBy
            );
    }

    public static IEndpointRouteBuilder MapSlaPolicies(this IEndpointRouteBuilder routes)
    {
        var policies = routes.MapGroup("/sla-policies").Needs(Permissions.ClocksManage).WithTags("SLA policies");
        policies.MapGet("", ListAsync).Needs(Permissions.ClocksRead).WithSummary("All versions of all policies, by name and number.");
        policies.MapGet("/{id}", GetAsync).Needs(Permissions.ClocksRead).WithSummary("The versions of a policy.");
        policies.MapPost("", CreateAsync).WithSummary("Makes a policy, as a draft.");
        policies.MapPut("/{id}/draft", SaveAsync).WithSummary("Saves the draft; makes one when there is none.");
        policies.MapPost("/{id}/versions/{version:int}/activate", ActivateAsync).WithSummary("Puts the draft in force, for new clocks.");
        policies.MapPost("/{id}/retire", RetireAsync).WithSummary("Takes it out of force: no new clocks.");
        policies
            .MapGet("/{id}/versions/{version:int}/rebinding", PreviewAsync)
            .WithSummary("What moving its open clocks to a version would do: how many change, how many are missed at once.");
        policies.MapPost("/{id}/versions/{version:int}/rebinding", RebindAsync).WithSummary("Begins to move its open clocks to a version.");
        policies
            .MapGet("/{id}/rebindings", RebindsAsync)
            .Needs(Permissions.ClocksRead)
            .WithSummary("How far its clocks are moved to other versions, the latest first.");
        return routes;
    }

    private static async Task<Ok<ListView<View>>> ListAsync(SlaPolicyService service, CancellationToken ct)
    {
        var all = await service.ListAsync(ct);
        return TypedResults.Ok(new ListView<View>([.. all.Select(View.Of)], all.Count));
    }

    private static async Task<Results<Ok<ListView<View>>, ProblemHttpResult>> GetAsync(
        string id,
        SlaPolicyService service,
        CancellationToken ct
    )
    {
        var all = await service.GetAsync(id, ct);
        return TypedResults.Ok(new ListView<View>([.. all.Select(View.Of)], all.Count));
    }

    private static async Task<Results<Created<View>, ProblemHttpResult>> CreateAsync(
        SaveRequest request,
        SlaPolicyService service,
        CancellationToken ct
    )
    {
        var view = View.Of(await service.CreateAsync(request.Name ?? "", request.Metric ?? "", request.Read(), ct));
        return TypedResults.Created($"/api/sla-policies/{view.Id}", view);
    }

    private static async Task<Results<Ok<View>, ProblemHttpResult>> SaveAsync(
        string id,
        SaveRequest request,
        SlaPolicyService service,
        CancellationToken ct
    ) => TypedResults.Ok(View.Of(await service.SaveDraftAsync(id, request.Name ?? "", request.Read(), ct)));

    private static async Task<Results<Ok<View>, ProblemHttpResult>> ActivateAsync(
        string id,
        int version,
        SlaPolicyService service,
        CancellationToken ct
    ) => TypedResults.Ok(View.Of(await service.ActivateAsync(id, version, ct)));

    private static async Task<Results<NoContent, ProblemHttpResult>> RetireAsync(string id, SlaPolicyService service, CancellationToken ct)
    {
        await service.RetireAsync(id, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<Rebinding>, ProblemHttpResult>> PreviewAsync(
        string id,
        int version,
        SlaPolicyService service,
        CancellationToken ct
    ) => TypedResults.Ok(await service.PreviewAsync(id, version, ct));

    private static async Task<Results<Accepted<PolicyRebind>, ProblemHttpResult>> RebindAsync(
        string id,
        int version,
        SlaPolicyService service,
        CancellationToken ct
    ) => TypedResults.Accepted($"/api/sla-policies/{Uri.EscapeDataString(id)}/rebindings", await service.RebindAsync(id, version, ct));

    private static async Task<Results<Ok<ListView<PolicyRebind>>, ProblemHttpResult>> RebindsAsync(
        string id,
        SlaPolicyService service,
        CancellationToken ct
    )
    {
        var all = await service.RebindsAsync(id, ct);
        return TypedResults.Ok(new ListView<PolicyRebind>([.. all], all.Count));
    }
}
