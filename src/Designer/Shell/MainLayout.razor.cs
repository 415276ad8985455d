using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;
using ServiceLoop.Identity;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Designer.Shell;

/// <summary>The frame around every page: bar, navigation, appearance.</summary>
public sealed partial class MainLayout : IAsyncDisposable
{
    private DotNetObjectReference<MainLayout>? self;
    private PageBoundary? boundary;
    private AppearanceChoice choice;
    private bool systemIsDark;
    private bool isOpen = true;

    [CascadingParameter]
    private Appearance Appearance { get; set; } = Appearance.Unknown;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    [Inject]
    private IPresence Presence { get; set; } = null!;

    [Inject]
    private Account Account { get; set; } = null!;

    [Inject]
    private BrowserZone Browser { get; set; } = null!;

    private bool IsDark => (Appearance with { Choice = choice, SystemIsDark = systemIsDark }).IsDark;

    private string Here => "/" + Address.ToBaseRelativePath(Address.Uri).Split('#')[0];

    /// <summary>The system has changed between day and night. Called by the script.</summary>
    [JSInvokable]
    public void SystemChanged(bool isDark)
    {
        systemIsDark = isDark;
        StateHasChanged();
    }

    /// <summary>The person has pressed a key or a button. Called by the script, once a minute at most.</summary>
    [JSInvokable]
    public async Task Used()
    {
        try
        {
            await Presence.UseAsync();
        }
        catch (StoreUnavailableException)
        {
            // The next press tells again.
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Address.LocationChanged -= OnMoved;

        if (self is null)
            return;

        try
        {
            await Script.InvokeVoidAsync("serviceLoop.forget", self);
        }
        catch (JSDisconnectedException)
        {
            // The browser has gone, and its list with it.
        }

        self.Dispose();
    }

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        (choice, systemIsDark) = (Appearance.Choice, Appearance.SystemIsDark);
        Address.LocationChanged += OnMoved;
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;

        var told = await Script.InvokeAsync<Browsing?>("serviceLoop.browser");

        if (told is not null)
        {
            Browser.Learn(told.Zone, await OwnZoneAsync());
            systemIsDark = told.SystemIsDark;
            choice = Enum.TryParse<AppearanceChoice>(told.Choice, ignoreCase: true, out var known) ? known : AppearanceChoice.System;
            StateHasChanged();
        }

        self = DotNetObjectReference.Create(this);
        await Script.InvokeVoidAsync("serviceLoop.listen", self);
    }

    private async Task<string?> OwnZoneAsync()
    {
        try
        {
            return (await Account.FindAsync(CancellationToken.None)).TimeZone;
        }
        catch (Exception e) when (e is AccessDeniedException or IdentityRefusedException or StoreUnavailableException)
        {
            return null;
        }
    }

    private void Toggle() => isOpen = !isOpen;

    private async Task ChooseAsync(AppearanceChoice chosen)
    {
        choice = chosen;
        await Script.InvokeVoidAsync("serviceLoop.choose", chosen.ToString().ToLowerInvariant());
    }

    private void OnMoved(object? sender, LocationChangedEventArgs e)
    {
        boundary?.Recover();
        _ = InvokeAsync(StateHasChanged);
    }

    /// <summary>What the script tells of the browser.</summary>
    private sealed record Browsing(string Zone, string Choice, bool SystemIsDark);
}
