using Cronos;
using ServiceLoop.Engine;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>Waits for the next moment of a calendar rule, or starts a workflow at each.</summary>
/// <remarks>Six fields, seconds first; UTC. Five fields are refused, as in Elsa: they would mean something else.</remarks>
[Activity(
    "Elsa",
    "Scheduling",
    "Waits for the next moment of a calendar rule, or starts a workflow at each. Six fields, seconds first; UTC."
)]
public sealed class Cron : Trigger
{
    /// <summary>The rule: seconds, minutes, hours, day of month, month, day of week.</summary>
    [Input(Description = "Seconds, minutes, hours, day of month, month, day of week; for example 0 30 8 * * MON-FRI.")]
    public Input<string> CronExpression { get; set; } = new("");

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow)
        {
            context.Complete();
            return;
        }

        var rule = CronExpression?.Get(context) ?? "";
        var next = Next(rule, context.Now);
        context.CreateBookmark(
            new BookmarkRequest("Elsa.Cron")
            {
                Payload = new Dictionary<string, object?>(StringComparer.Ordinal) { ["ExecuteAt"] = next, ["CronExpression"] = rule },
                IncludeActivityInstanceId = true,
                DueAt = next,
            }
        );
    }

    /// <inheritdoc/>
    protected override IEnumerable<BookmarkRequest> GetTriggers(ActivityExecutionContext context)
    {
        var rule = CronExpression?.Get(context) ?? "";
        return
        [
            new BookmarkRequest("Elsa.Cron")
            {
                Payload = new Dictionary<string, object?>(StringComparer.Ordinal) { ["CronExpression"] = rule },
                DueAt = Next(rule, context.Now),
            },
        ];
    }

    /// <summary>The first moment of the rule after <paramref name="now"/>.</summary>
    private static DateTimeOffset Next(string rule, DateTimeOffset now)
    {
        try
        {
            return Cronos.CronExpression.Parse(rule, CronFormat.IncludeSeconds).GetNextOccurrence(now.ToUniversalTime(), TimeZoneInfo.Utc)
                ?? throw new WorkflowFaultException(
                    $"Error when parsing cron expression: '{rule}' names a day that never comes.",
                    "cron.never"
                );
        }
        catch (CronFormatException e)
        {
            throw new WorkflowFaultException(
                $"Error when parsing cron expression: {e.Message} It reads '{rule}'; six fields are needed, seconds first, for example '0 30 8 * * MON-FRI'.",
                "cron.format"
            );
        }
    }
}
