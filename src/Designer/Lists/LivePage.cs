using Microsoft.AspNetCore.Components;
using ServiceLoop.Designer.Shell;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Designer.Lists;

/// <summary>A page that shows what is stored: it asks when it opens and when its address changes, again in a rhythm, and soon when the database was away.</summary>
/// <remarks>Nothing is asked while the server draws the first picture: the page would ask twice, and the zone of the browser is not known.</remarks>
public abstract class LivePage : ComponentBase, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource gone = new();
    private CancellationTokenSource? asking;
    private ITimer? timer;
    private bool isBusy;

    /// <summary>Says why things fail, and does what people want.</summary>
    [Inject]
    protected Wishes Wishes { get; set; } = null!;

    /// <summary>Who looks: asked again at each beat of the rhythm.</summary>
    [Inject]
    protected IPresence Presence { get; set; } = null!;

    /// <summary>For the rhythm.</summary>
    [Inject]
    protected TimeProvider Clock { get; set; } = null!;

    /// <summary>True until there is something to show.</summary>
    public bool IsComing { get; private set; } = true;

    /// <summary>Why the last question failed; null when it did not.</summary>
    public string? Failure { get; private set; }

    /// <summary>True while something that a person wanted is being done: its buttons wait.</summary>
    protected bool IsBusy => isBusy;

    /// <summary>Cancelled when the person leaves the page.</summary>
    protected CancellationToken Gone => gone.Token;

    /// <summary>How often the page asks again by itself; null for never.</summary>
    protected virtual TimeSpan? Rhythm => null;

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Asks now. A question that is still open is given up.</summary>
    public async Task AskAsync()
    {
        if (gone.IsCancellationRequested)
            return;

        await (asking?.CancelAsync() ?? Task.CompletedTask);
        using var mine = CancellationTokenSource.CreateLinkedTokenSource(gone.Token);
        asking = mine;
        var next = Rhythm;

        try
        {
            await LoadAsync(mine.Token);
            (IsComing, Failure) = (false, null);
        }
        catch (OperationCanceledException) when (mine.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            Failure = Wishes.Sentence(e);
            next = e is StoreUnavailableException ? Patience : next;
        }
        finally
        {
            if (asking == mine)
                asking = null;
        }

        timer?.Change(next ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        StateHasChanged();
    }

    /// <summary>Asks the services for what the page shows.</summary>
    protected abstract Task LoadAsync(CancellationToken ct);

    /// <summary>Does what a person wants, says how it went, and asks again.</summary>
    /// <param name="wish">What is to be done.</param>
    /// <param name="done">What is said when it was done.</param>
    /// <returns>True when it was done.</returns>
    protected async Task<bool> DoAsync(Func<CancellationToken, Task> wish, string? done)
    {
        if (isBusy)
            return false;

        isBusy = true;
        StateHasChanged();

        try
        {
            return await Wishes.TryAsync(() => wish(gone.Token), done);
        }
        finally
        {
            isBusy = false;
            await AskAsync();
        }
    }

    /// <inheritdoc />
    protected override async Task OnParametersSetAsync()
    {
        if (!RendererInfo.IsInteractive)
            return;

        timer ??= Clock.CreateTimer(OnTick, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await AskAsync();
    }

    /// <summary>Shows the page as one that has nothing to show yet: it is about something else from now on.</summary>
    protected void StartOver() => (IsComing, Failure) = (true, null);

    /// <summary>Leaves.</summary>
    protected virtual void Dispose(bool isDisposing)
    {
        if (!isDisposing)
            return;

        timer?.Dispose();
        gone.Cancel();
        gone.Dispose();
    }

    private void OnTick(object? state) => _ = InvokeAsync(() => isBusy ? Task.CompletedTask : Presence.RunAsync(AskAsync));
}
