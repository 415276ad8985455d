using System.Collections.Immutable;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using ServiceLoop.Designer.Lists;
using ServiceLoop.Designer.Values;
using ServiceLoop.Engine;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.Designer.Admin.Instances;

/// <summary>One instance: where it stands, what it waits for, what broke and how to mend it.</summary>
public sealed partial class InstanceDetailsPage
{
    private const int MostChildren = 50;

    private InstanceView? view;
    private DateTimeOffset? finishedAt;
    private IReadOnlyList<InstanceVariable> variables = [];
    private IReadOnlyList<InstanceSummary> children = [];
    private IReadOnlyList<WorkRow> work = [];
    private ImmutableArray<HistoryEntry> history = [];
    private Revealed revealed = null!;
    private string? shown;

    /// <summary>Id of the instance.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private WorkflowRuntime Runtime { get; set; } = null!;

    [Inject]
    private Secrecy Secrecy { get; set; } = null!;

    [Inject]
    private Reveals Reveals { get; set; } = null!;

    [Inject]
    private WorkDesk Work { get; set; } = null!;

    [Inject]
    private IAccess Access { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private NavigationManager Address { get; set; } = null!;

    /// <inheritdoc />
    protected override TimeSpan? Rhythm => view is null || view.State.Status == WorkflowStatus.Finished ? null : TimeSpan.FromSeconds(3);

    private string Title => view?.State.Name is { Length: > 0 } name ? name : view?.Graph?.Name ?? T["Instance"];

    /// <summary>A failed instance has ended for Elsa, but what lived in it is kept, and can be changed for its repair.</summary>
    private bool CanChange =>
        view is { State: { } state } && (state.Status == WorkflowStatus.Running || state.SubStatus == WorkflowSubStatus.Faulted);

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        revealed = new Revealed(RevealAsync);
        base.OnInitialized();
    }

    /// <inheritdoc />
    protected override async Task LoadAsync(CancellationToken ct)
    {
        if (shown != Id)
        {
            (shown, view) = (Id, null);
            revealed.Clear();
            StartOver();
        }

        var now = await Runtime.FindAsync(Id, ct);
        var hasMoved = now?.Row.RowVersion != view?.Row.RowVersion;
        children = now is null ? [] : await Runtime.ListAsync(new InstanceFilter { ParentId = Id }, 0, MostChildren, ct);
        work = now is null || !Access.Actor.May(Permissions.WorkRead) ? [] : await Work.ListAsync(isBuried: true, Id, 0, MostChildren, ct);

        if (now is not null && hasMoved)
        {
            now = await Secrecy.ShownAsync(now, ct);
            revealed.Clear();
            variables = await Runtime.ListVariablesAsync(now.State, ct);
            var mask = await Secrecy.OfAsync(Id, ct);
            history = [.. (await Runtime.ReadHistoryAsync(Id, ct)).Select(e => Secrecy.Shown(e, mask))];
        }

        // What has not moved is shown already.
        view = now is null || hasMoved ? now : view;
        finishedAt = now?.State.Status == WorkflowStatus.Finished ? now.Row.UpdatedAt : null;
    }

    private Task RetryAsync(long? incidentId) => DoAsync(ct => Runtime.RetryAsync(Id, incidentId, ct), T["DidRetry"]);

    private async Task SkipAsync(Incident incident)
    {
        var node = view?.Graph?.FindByNodeId(incident.ActivityNodeId);
        var parameters = new DialogParameters<SkipDialog>
        {
            { d => d.Incident, incident },
            { d => d.Known, node?.Descriptor.Outcomes ?? [] },
        };

        if (await (await Dialogs.ShowAsync<SkipDialog>(T["SkipTitle"], parameters)).Result is { Canceled: false, Data: string outcome })
            await DoAsync(ct => Runtime.SkipAsync(Id, incident.FrameId, outcome.Length == 0 ? [] : [outcome], ct), T["DidSkip"]);
    }

    private async Task EditAsync(InstanceVariable variable)
    {
        var parameters = new DialogParameters<ValueDialog>
        {
            { d => d.Label, variable.Name },
            { d => d.TypeName, variable.TypeName },
            { d => d.IsArray, variable.IsArray },
            { d => d.Text, Revealed.IsMasked(VariablesCard.TextOf(variable)) ? "" : VariablesCard.TextOf(variable) },
            { d => d.Action, T["SaveVariable"].Value },
        };

        if (await (await Dialogs.ShowAsync<ValueDialog>(T["EditTitle", variable.Name], parameters)).Result is { Canceled: false } result)
            await DoAsync(
                ct => Runtime.ModifyVariableAsync(Id, variable.Id, ((ValueReading)result.Data!).Value, ct),
                T["DidEdit", variable.Name]
            );
    }

    private async Task RevealAsync(string what)
    {
        if (await (await Dialogs.ShowAsync<RevealDialog>(T["RevealTitle"])).Result is not { Canceled: false, Data: string reason })
            return;

        await DoAsync(async ct => revealed.Put(what, TextOf(await Reveals.RevealAsync(Id, what, reason, ct))), T["DidReveal"]);
    }

    private static string TextOf(object? value) => value as string ?? ValueText.Write(value, ValueKind.Json);

    private async Task ResumeAsync(Bookmark waiter)
    {
        var isTask = waiter.Name == "Elsa.RunTask";
        var parameters = new DialogParameters<ValueDialog>
        {
            { d => d.Label, isTask ? T["TaskResult"].Value : T["ResumeInput"].Value },
            { d => d.Hint, isTask ? null : T["ResumeHint"].Value },
            { d => d.NeedsObject, !isTask },
            { d => d.Action, T["Resume"].Value },
        };

        if (
            await (await Dialogs.ShowAsync<ValueDialog>(T["ResumeTitle", waiter.Name], parameters)).Result is not { Canceled: false } result
        )
            return;

        var value = ((ValueReading)result.Data!).Value;
        await DoAsync(
            async ct =>
            {
                var taskId = waiter.Payload.FirstOrDefault(p => p.Name == "TaskId").Value;
                var answer =
                    isTask && StoredValues.Decode(taskId) is string task
                        ? await Runtime.CompleteTaskAsync(task, value, ct)
                        : await Runtime.ResumeAsync(Id, waiter.Id, value as IReadOnlyDictionary<string, object?>, services: null, ct);

                if (answer.Outcome != ResumeOutcome.Resumed)
                    throw new RefusedException(T[$"Resume{answer.Outcome}"]);
            },
            T["DidResume"]
        );
    }

    private async Task DropAsync(Bookmark waiter)
    {
        if (await Dialogs.AskAsync(T["DropTitle"], T["DropText", waiter.Name], T["Drop"]) is not null)
            await DoAsync(ct => Runtime.AlterAsync(Id, [new Alteration.CancelActivity(null, waiter.FrameId)], ct), T["DidDrop"]);
    }

    private async Task RunStepAsync()
    {
        var parameters = new DialogParameters<StepDialog>
        {
            { d => d.Steps, [.. (view?.Graph?.Nodes ?? []).Skip(1).Select(n => n.Id).Distinct()] },
        };

        if (await (await Dialogs.ShowAsync<StepDialog>(T["RunStep"], parameters)).Result is { Canceled: false, Data: string step })
            await DoAsync(ct => Runtime.AlterAsync(Id, [new Alteration.ScheduleActivity(step)], ct), T["DidRunStep", step]);
    }

    private async Task CancelAsync()
    {
        if (await Dialogs.AskAsync(T["CancelTitle"], T["CancelText"], T["CancelInstance"], check: T["CancelUndo"]) is { } compensate)
            await DoAsync(ct => Runtime.CancelAsync(Id, compensate, ct), T["DidCancel"]);
    }

    private async Task DeleteAsync()
    {
        if (await Dialogs.AskAsync(T["DeleteTitle"], T["DeleteText"], T["DeleteInstance"]) is null)
            return;

        if (await DoAsync(ct => Runtime.RemoveEndedAsync(Id, ct), T["DidDelete"]))
            Address.NavigateTo("/admin/instances");
    }
}
