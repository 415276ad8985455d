using System.Text.Json;
using System.Text.Json.Serialization;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Values;
using ServiceLoop.ServiceDesk;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>What the inputs of these activities have in common.</summary>
internal static class DeskInputs
{
    /// <summary>The case that was given, else the one that the workflow is correlated with.</summary>
    /// <exception cref="WorkflowFaultException">There is none.</exception>
    public static string CaseOf(ActivityExecutionContext context, Input<string> input) =>
        FindCase(context, input)
        ?? throw new WorkflowFaultException(
            $"'{context.Activity.Id}' has no case: its input CaseId is empty, and the workflow has no correlation id. Begin with ReceiveContact, or give CaseId.",
            "case.missing"
        );

    /// <summary>The same where there need not be one.</summary>
    public static string? FindCase(ActivityExecutionContext context, Input<string> input) =>
        Text(context, input, "CaseId", 200) ?? (string.IsNullOrEmpty(context.CorrelationId) ? null : context.CorrelationId);

    /// <summary>What clocks and escalations are about: the case, or the workflow itself where there is none.</summary>
    public static string SubjectOf(ActivityExecutionContext context, Input<string> input) =>
        FindCase(context, input) ?? context.WorkflowInstanceId;

    /// <summary>A text, or null for an empty one.</summary>
    /// <exception cref="WorkflowFaultException">It cannot be kept.</exception>
    public static string? Text(ActivityExecutionContext context, Input<string>? input, string name, int most) =>
        Checked(() => TextRules.Optional(input?.Get(context), name, most));

    /// <summary>A member of an enum by its word or its name; null for an empty input.</summary>
    /// <exception cref="WorkflowFaultException">It is none.</exception>
    public static T? Word<T>(ActivityExecutionContext context, Input<string>? input, string name)
        where T : struct, Enum =>
        Text(context, input, name, 64) is not { } text ? null
        : Enum.TryParse<T>(text, out var member) && Enum.IsDefined(member) && !char.IsAsciiDigit(text[0]) ? member
        : Checked(() => Words.Read<T>(text, name));

    /// <summary>What came with an event, by name; empty when it is no object.</summary>
    public static IReadOnlyDictionary<string, object?> Members(object? payload) => payload as Dictionary<string, object?> ?? [];

    /// <summary>A bookmark that waits for the end of what <paramref name="id"/> names.</summary>
    public static BookmarkRequest WaiterFor(string bookmark, string key, string id) =>
        new(bookmark) { Payload = new Dictionary<string, object?>(StringComparer.Ordinal) { [key] = id } };

    /// <summary>Turns a refusal of the desk into the fault of an activity.</summary>
    public static T Checked<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DeskRefusedException refused)
        {
            throw new WorkflowFaultException(refused.Message, refused.Code, "ServiceDesk", "Business");
        }
    }

    /// <summary>An object of some shape; null for an empty input.</summary>
    /// <exception cref="DeskRefusedException">It has another shape.</exception>
    public static T? Bag<T>(ActivityExecutionContext context, Input<object>? input, string name)
        where T : class
    {
        if (PlainValue.Of(input?.Get(context)) is not { } value || value is string { Length: 0 })
            return null;

        try
        {
            return JsonSerializer.Deserialize<T>(value as string ?? ValueJson.ToText(value), BagOptions);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw DeskRefusedException.Invalid("input.shape", name, $"'{name}' has not the shape that it needs: {e.Message}");
        }
    }

    private static readonly JsonSerializerOptions BagOptions = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
    };

    /// <inheritdoc cref="Checked"/>
    public static async Task<T> CheckedAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (DeskRefusedException refused)
        {
            throw new WorkflowFaultException(refused.Message, refused.Code, "ServiceDesk", "Business");
        }
    }
}
