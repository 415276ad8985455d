using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Lint;

/// <summary>Which activities may wait, and which of them for time.</summary>
internal static class Waits
{
    /// <summary>Activities of the package of built-in activities, which this assembly cannot name otherwise.</summary>
    private static readonly HashSet<string> OfOtherPackages =
    [
        "Elsa.DispatchWorkflow",
        "Elsa.ExecuteWorkflow",
        "Elsa.BulkDispatchWorkflows",
    ];

    /// <summary>True when a run may stand at the activity itself until something from outside comes.</summary>
    public static bool MayWait(Node node) =>
        node.Activity is Trigger or RunTask or Delay
        || OfOtherPackages.Contains(node.Descriptor.TypeName)
        || (
            // A package's own: what waits has a method that goes on afterwards.
            node.Descriptor
                is { ClrType: { } type, Ports.IsEmpty: true }
            && type.Assembly != typeof(Activity).Assembly
            && node.Descriptor.Namespace != "Elsa"
            && node.Descriptor.ResumePoints.Keys.Any(name => name is not ("Execute" or "ExecuteAsync"))
        );

    /// <summary>True when it waits for somebody outside who may never come: an event, a request, a task.</summary>
    public static bool IsForOthers(Node node) => node.Activity is Event or RunTask || node.Descriptor.TypeName == "Elsa.HttpEndpoint";

    /// <summary>True when it ends by itself after some time.</summary>
    public static bool IsForTime(Node node) =>
        node.Activity is Delay or Nodes.Timer or StartAt
        || node.Descriptor.TypeName == "Elsa.Cron"
        || (
            // A package's own that takes a span or a moment, such as a callback, is taken for one.
            node.Descriptor.ClrType
                is { } type
            && type.Assembly != typeof(Activity).Assembly
            && node.Descriptor.Namespace != "Elsa"
            && node.Descriptor.Inputs.Any(i =>
                (Nullable.GetUnderlyingType(i.Type) ?? i.Type) is var t && (t == typeof(TimeSpan) || t == typeof(DateTimeOffset))
            )
        );
}
