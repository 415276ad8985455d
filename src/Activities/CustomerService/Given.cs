using ServiceLoop.Engine;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>What activities of the desk take from their inputs in the same way.</summary>
internal static class Given
{
    /// <summary>A text; null for an empty one.</summary>
    public static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <summary>The case: the input, else the correlation id of the workflow, else the workflow itself.</summary>
    public static string CaseOf(this ActivityExecutionContext context, Input<string>? input) =>
        Text(context.Get(input)) ?? Text(context.CorrelationId) ?? context.WorkflowInstanceId;
}
