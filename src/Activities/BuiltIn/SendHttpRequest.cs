using System.Globalization;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>Sends an HTTP request and goes on by the status code of the response.</summary>
[Activity("Elsa", "HTTP", "Sends an HTTP request.", DisplayName = "HTTP Request (flow)", Kind = ActivityKind.Task)]
[FlowNode("200", Unmatched, FailedToConnect, Timeout, Outcomes.Done)]
public sealed class FlowSendHttpRequest : HttpRequestActivity
{
    private const string Unmatched = "Unmatched status code";
    private const string FailedToConnect = "Failed to connect";
    private const string Timeout = "Timeout";

    /// <summary>Status codes that have an outcome of their own; the others take <c>Unmatched status code</c>.</summary>
    [Input(Description = "Status codes that have an outcome of their own.", UIHint = "multi-text")]
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
[Activity("Elsa", "HTTP", "Sends an HTTP request.", DisplayName = "HTTP Request", Kind = ActivityKind.Task)]
public sealed class SendHttpRequest : HttpRequestActivity
{
    /// <summary>Expected status codes: numbers, or objects <c>{ statusCode }</c>.</summary>
    /// <remarks>Elsa also runs an <c>activity</c> of such an object. Here that fails when it is reached; use HTTP Request (flow), or <see cref="UnmatchedStatusCode"/>.</remarks>
    [Input(Description = "Expected status codes.", UIHint = "http-status-codes")]
    public object[] ExpectedStatusCodes { get; set; } = [];

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
        [.. (ExpectedStatusCodes ?? []).Select(CodeOf)];

    private protected override void GoOn(ActivityExecutionContext context, HttpExchange exchange)
    {
        var next = exchange switch
        {
            HttpExchange.TimedOut => Timeout,
            HttpExchange.Unreachable => FailedToConnect,
            HttpExchange.Answered answer => Expected(answer.StatusCode) ? null : UnmatchedStatusCode,
            _ => throw new InvalidOperationException($"Unknown exchange {exchange}."),
        };

        if (next is null)
            context.Complete();
        else
            context.Schedule(next);
    }

    private bool Expected(int statusCode)
    {
        var found = (ExpectedStatusCodes ?? []).FirstOrDefault(c => CodeOf(c) == statusCode);

        if (Member(found, "activity") is not null)
            throw new WorkflowFaultException(
                $"'{Id}' got the status {statusCode}, for which it names an activity. That is not supported; use HTTP Request (flow) and connect its port {statusCode}.",
                "http.case-activity",
                "HTTP"
            );

        return found is not null;
    }

    private static int CodeOf(object? expected) => ValueConverter.To<int>(Member(expected, "statusCode") ?? expected);

    private static object? Member(object? value, string name) =>
        value is IDictionary<string, object?> members
            ? members.FirstOrDefault(m => string.Equals(m.Key, name, StringComparison.OrdinalIgnoreCase)).Value
            : null;
}
