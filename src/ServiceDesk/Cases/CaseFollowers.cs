using System.Globalization;
using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Callbacks;
using ServiceLoop.ServiceDesk.Escalations;
using ServiceLoop.ServiceDesk.Routing;
using ServiceLoop.ServiceDesk.Webhooks;

namespace ServiceLoop.ServiceDesk.Cases;

/// <summary>Tells outside what happened to cases: only what was applied, in order.</summary>
internal sealed class CaseWebhooks : ICaseFollower
{
    private const string Workflow = "workflow:";

    /// <inheritdoc/>
    public IEnumerable<NpgsqlBatchCommand> Follow(CaseNews news, DateTimeOffset now)
    {
        if (NameOf(news) is not { } name)
            return [];

        var about = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["caseId"] = news.CaseId,
            ["status"] = news.Fact("status"),
            ["stage"] = news.Fact("stage"),
            ["priority"] = news.Fact("priority"),
            ["category"] = news.Fact("category"),
            ["resolution"] = news.Fact("resolution"),
            ["customerId"] = news.Fact("customer"),
            ["channel"] = news.Fact("on") ?? news.Fact("channel"),
            ["instanceId"] = news.Actor.StartsWith(Workflow, StringComparison.Ordinal) ? news.Actor[Workflow.Length..] : null,
        };
        return [WebhookEvents.Adding([WebhookEvents.Telling(name, about, $"{name}:{news.Key}", news.At)])];
    }

    private static string? NameOf(CaseNews news) =>
        news.Names switch
        {
            [] => null,
            [CaseNewsNames.Stage] => "case.moved",
            [CaseNewsNames.Priority or CaseNewsNames.Category or CaseNewsNames.Judged, ..] => "case.changed",
            [
                var first
                and (
                    CaseNewsNames.Opened
                    or CaseNewsNames.Customer
                    or CaseNewsNames.Reopened
                    or CaseNewsNames.Resolved
                    or CaseNewsNames.Closed
                    or CaseNewsNames.Cancelled
                    or CaseNewsNames.Merged
                    or CaseNewsNames.Orphaned
                    or CaseNewsNames.Inbound
                    or CaseNewsNames.Outbound
                ),
                ..,
            ] => first,
            _ => "case.moved",
        };
}

/// <summary>Callbacks that a settled case needs no more are looked at.</summary>
internal sealed class SettledCallbacks : ICaseFollower
{
    /// <inheritdoc/>
    public IEnumerable<NpgsqlBatchCommand> Follow(CaseNews news, DateTimeOffset now) =>
        news.Names.Contains(CaseNewsNames.Resolved) ? [WorkRowsCommand.Adding([CallbackWork.Solved(news.CaseId, news.Key, now)])] : [];
}

/// <summary>Places in queues depend on whose a case is.</summary>
internal sealed class CasePlaces : ICaseFollower
{
    /// <inheritdoc/>
    public IEnumerable<NpgsqlBatchCommand> Follow(CaseNews news, DateTimeOffset now) =>
        news.Names.Contains(CaseNewsNames.Customer)
            ? [CasePlacing.Asking([(news.CaseId, string.Create(CultureInfo.InvariantCulture, $"case:{news.Seq}"))], now)]
            : [];
}

/// <summary>The ladder looks at cases that were opened, moved, or judged anew.</summary>
internal sealed class WatchedCases : ICaseFollower
{
    /// <inheritdoc/>
    public IEnumerable<NpgsqlBatchCommand> Follow(CaseNews news, DateTimeOffset now) =>
        news.Status is not null || news.Names.Contains(CaseNewsNames.Opened) || news.Names.Contains(CaseNewsNames.Judged)
            ? [WorkRowsCommand.Adding([CaseWatch.Look(news.CaseId, news.Key, now)])]
            : [];
}

/// <summary>Raises an alarm for a case that nobody acts on any more; it is over when a workflow moves the case again, or the case is settled.</summary>
internal sealed class CaseAlarms : ICaseFollower
{
    private const string Workflow = "workflow";

    private static readonly string Clearing = SqlFile.Beside<ServiceCase>("escalation.clear_case");

    /// <inheritdoc/>
    public IEnumerable<NpgsqlBatchCommand> Follow(CaseNews news, DateTimeOffset now)
    {
        if (news.Names.Contains(CaseNewsNames.Orphaned))
            yield return Adding(
                news,
                Workflow,
                SignalKinds.Asked,
                2,
                $"The workflow of the case has {news.Fact("how")}, and nobody acts on the case."
            );
        else if (news.Status is not null)
            yield return Cleared(news, Workflow);
    }

    private static NpgsqlBatchCommand Adding(CaseNews news, string metric, string kind, int level, string reason) =>
        WorkRowsCommand.Adding([EscalationWork.Of(Signal(news, metric) with { Kind = kind, Level = level, Reason = reason })]);

    // Most cases have nothing to be cleared.
    private static NpgsqlBatchCommand Cleared(CaseNews news, string metric)
    {
        var command = WorkRowsCommand.Adding([EscalationWork.Of(Signal(news, metric) with { IsClear = true })], Clearing);
        command.Parameters.Add(Arg.Text(news.CaseId));
        command.Parameters.Add(Arg.Text(metric));
        return command;
    }

    private static EscalationSignal Signal(CaseNews news, string metric) =>
        new()
        {
            Key = $"case:{metric}:{news.Key}",
            Kind = SignalKinds.Asked,
            SubjectKind = "case",
            SubjectId = news.CaseId,
            Metric = metric,
            CaseId = news.CaseId,
            Priority = news.Fact("priority"),
            QueueId = news.Fact("queue"),
            Assignee = news.Fact("assignee"),
            At = news.At,
        };
}
