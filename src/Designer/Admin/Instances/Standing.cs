using MudBlazor;
using ServiceLoop.Designer.Lists;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Designer.Admin.Instances;

/// <summary>How the states of instances look.</summary>
internal static class Standing
{
    public static Tone Tone(WorkflowSubStatus status) =>
        status switch
        {
            WorkflowSubStatus.Finished => Lists.Tone.Good,
            WorkflowSubStatus.Faulted => Lists.Tone.Bad,
            WorkflowSubStatus.Cancelled => Lists.Tone.Plain,
            _ => Lists.Tone.Live,
        };

    public static string Icon(WorkflowSubStatus status) =>
        status switch
        {
            WorkflowSubStatus.Finished => Icons.Material.Filled.CheckCircle,
            WorkflowSubStatus.Faulted => Icons.Material.Filled.Error,
            WorkflowSubStatus.Cancelled => Icons.Material.Filled.Cancel,
            WorkflowSubStatus.Suspended => Icons.Material.Filled.HourglassBottom,
            _ => Icons.Material.Filled.PlayCircle,
        };

    public static Tone Tone(JournalEvent? happened) =>
        happened switch
        {
            JournalEvent.Completed => Lists.Tone.Good,
            JournalEvent.Faulted or JournalEvent.Stuck => Lists.Tone.Bad,
            JournalEvent.Canceled or JournalEvent.WorkflowCancelled or JournalEvent.PreconditionFailed => Lists.Tone.Plain,
            JournalEvent.Retried or JournalEvent.Skipped or JournalEvent.Altered or JournalEvent.Compensating => Lists.Tone.Odd,
            null => Lists.Tone.Plain,
            _ => Lists.Tone.Live,
        };
}
