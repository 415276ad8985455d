using Microsoft.AspNetCore.Components;
using MudBlazor;
using ServiceLoop.Designer.Lists;
using ServiceLoop.Engine;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Designer.Admin.Instances;

/// <summary>Does something to many instances while the person watches, and can stop it between two of them.</summary>
public sealed partial class BulkDialog
{
    private const int MostShown = 50;
    private const int ShowEvery = 10;

    private readonly CancellationTokenSource stop = new();
    private readonly List<BulkItem> failed = [];
    private long done;
    private bool hasBegun;
    private bool isRunning;
    private string? failure;

    /// <summary>What is done.</summary>
    [Parameter, EditorRequired]
    public BulkAction Action { get; set; }

    /// <summary>To which instances, where none are named.</summary>
    [Parameter, EditorRequired]
    public InstanceFilter Filter { get; set; } = new();

    /// <summary>To which instances; none means all that fit the filter.</summary>
    [Parameter]
    public IReadOnlyList<string> Ids { get; set; } = [];

    /// <summary>How they begin again, where that is the action.</summary>
    [Parameter]
    public RestartRequest Restart { get; set; } = new();

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = null!;

    [Inject]
    private WorkflowRuntime Runtime { get; set; } = null!;

    [Inject]
    private Wishes Wishes { get; set; } = null!;

    /// <summary>Shows it until the person closes it; a click beside it does not.</summary>
    public static async Task OpenAsync(IDialogService dialogs, string title, DialogParameters<BulkDialog> parameters)
    {
        var options = new DialogOptions { BackdropClick = false, CloseOnEscapeKey = false };
        await (await dialogs.ShowAsync<BulkDialog>(title, parameters, options)).Result;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        stop.Cancel();
        stop.Dispose();
    }

    private void Stop() => stop.Cancel();

    private async Task RunAsync()
    {
        hasBegun = isRunning = true;

        try
        {
            await foreach (var item in ItemsAsync(stop.Token))
            {
                if (item.Error is null)
                    done++;
                else
                    failed.Add(item);

                if ((done + failed.Count) % ShowEvery == 0)
                {
                    StateHasChanged();
                    await Task.Yield();
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The person stopped it; what was done stands in the numbers.
        }
        catch (Exception e)
        {
            failure = Wishes.Sentence(e);
        }

        isRunning = false;
    }

    private IAsyncEnumerable<BulkItem> ItemsAsync(CancellationToken ct) =>
        Ids.Count > 0 ? WorkflowRuntime.BulkAsync(Ids, OneAsync, ct) : Runtime.BulkAsync(Narrowed(), OneAsync, ct);

    /// <summary>Only those that the action is for, whatever else the filter lets through.</summary>
    private InstanceFilter Narrowed() =>
        Action switch
        {
            BulkAction.Retry => Filter with { HasIncidents = true },
            BulkAction.Cancel or BulkAction.Restart => Filter with { IsRunning = true },
            BulkAction.Delete => Filter with { IsRunning = false },
            _ => throw new InvalidOperationException($"Unknown action {Action}."),
        };

    private async Task OneAsync(string id, CancellationToken ct)
    {
        switch (Action)
        {
            case BulkAction.Retry:
                await Runtime.RetryAsync(id, null, ct);
                break;
            case BulkAction.Cancel:
                await Runtime.CancelAsync(id, compensate: false, ct);
                break;
            case BulkAction.Restart:
                await Runtime.RestartAsync(id, Restart, ct);
                break;
            default:
                if (!await Runtime.RemoveEndedAsync(id, ct))
                    throw new AlterationException(id, T["NotEnded"]);

                break;
        }
    }
}
