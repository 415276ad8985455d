using System.Globalization;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>Sends an HTTP request and goes on by the status code of the response.</summary>
[Activity(
    "Elsa",
    "HTTP",
    "Sends an HTTP request.",
    DisplayName = "HTTP Request (flow)",
    Kind = ActivityKind.Task,
    ResilienceCategory = "HTTP"
)]
[FlowNode("200", Unmatched, FailedToConnect, Timeout, Outcomes.Done)]
public sealed class FlowSendHttpRequest : HttpRequestActivity
{
    private const string Unmatched = "Unmatched status code";
    private const string FailedToConnect = "Failed to connect";
    private const string Timeout = "Timeout";

    /// <summary>Status codes that have an outcome of their own; the others take <c>Unmatched status code</c>.</summary>
    [Input(Description = "Status codes that have an outcome of their own.", UIHint = InputHints.MultiText, Order = 7)]
    public Input<int[]> ExpectedStatusCodes { get; set; } = new([200]);

    private protected override IReadOnlyCollection<int> ExpectedCodes(ActivityExecutionContext context) =>
        ExpectedStatusCodes?.Get(context) ?? [];

    private protected override void GoOn(ActivityExecutionContext context, HttpExchange exchange)
    {
        switch (exchange)
        {
            case HttpExchange.TimedOut:
                context.CompleteWithOutcomes(Timeout);
                break;
            case HttpExchange.Unreachable:
                context.CompleteWithOutcomes(FailedToConnect);
                break;
            case HttpExchange.Answered answer:
                var expected = ExpectedCodes(context);

                if (expected.Count == 0)
                    context.Complete();
                else if (expected.Contains(answer.StatusCode))
                    context.CompleteWithOutcomes(answer.StatusCode.ToString(CultureInfo.InvariantCulture), Outcomes.Done);
                else
                    context.CompleteWithOutcomes(Unmatched, Outcomes.Done);

                break;
            default:
                throw new InvalidOperationException($"Unknown exchange {exchange}.");
        }
    }
}

/// <summary>Sends an HTTP request and runs the activity that stands for what came of it.</summary>
[Activity("Elsa", "HTTP", "Sends an HTTP request.", DisplayName = "HTTP Request", Kind = ActivityKind.Task, ResilienceCategory = "HTTP")]
public sealed class SendHttpRequest : HttpRequestActivity
{
    /// <summary>Status codes with what runs after each; one without an activity completes. Each code once, the first counts.</summary>
    [Input(Description = "Status codes with what runs after each.", UIHint = InputHints.HttpStatusCodes, Order = 7)]
    public HttpStatusCodeCase[] ExpectedStatusCodes { get; set; } = [];

    /// <summary>Runs after a status code that is not expected.</summary>
    [Port]
    public Activity? UnmatchedStatusCode { get; set; }

    /// <summary>Runs when no connection was made.</summary>
    [Port]
    public Activity? FailedToConnect { get; set; }

    /// <summary>Runs when no response came in time.</summary>
    [Port]
    public Activity? Timeout { get; set; }

    /// <inheritdoc/>
    protected override void OnChildCompleted(ActivityExecutionContext context, ActivityCompletion completion) => context.Complete();

    private protected override IReadOnlyCollection<int> ExpectedCodes(ActivityExecutionContext context) =>
        [.. (ExpectedStatusCodes ?? []).Select(c => c.StatusCode)];

    private protected override void GoOn(ActivityExecutionContext context, HttpExchange exchange)
    {
        var next = exchange switch
        {
            HttpExchange.TimedOut => Timeout,
            HttpExchange.Unreachable => FailedToConnect,
            HttpExchange.Answered answer => After(answer.StatusCode),
            _ => throw new InvalidOperationException($"Unknown exchange {exchange}."),
        };

        if (next is null)
            context.Complete();
        else
            context.Schedule(next);
    }

    private Activity? After(int statusCode) =>
        Array.Find(ExpectedStatusCodes ?? [], c => c.StatusCode == statusCode) is { } expected ? expected.Activity : UnmatchedStatusCode;
}

/// <summary>What runs after a status code.</summary>
public sealed class HttpStatusCodeCase : ActivityCase
{
    /// <summary>A case that is read from a definition.</summary>
    public HttpStatusCodeCase() { }

    /// <summary>A case.</summary>
    /// <param name="statusCode">The code.</param>
    /// <param name="activity">What runs after it; null completes.</param>
    public HttpStatusCodeCase(int statusCode, Activity? activity = null)
    {
        StatusCode = statusCode;
        Activity = activity;
    }

    /// <summary>The code, 100 to 599.</summary>
    public int StatusCode { get; private set; }

    /// <inheritdoc/>
    protected override bool TryRead(object? value)
    {
        // Elsa writes objects; a bare code means one without an activity.
        var code = value is IDictionary<string, object?> members
            ? members.FirstOrDefault(m => string.Equals(m.Key, "statusCode", StringComparison.OrdinalIgnoreCase)).Value
            : value;

        if (!ValueConverter.TryConvert(code, typeof(int), out var number) || number is not (>= 100 and <= 599))
            return false;

        StatusCode = (int)number;
        return true;
    }
}
