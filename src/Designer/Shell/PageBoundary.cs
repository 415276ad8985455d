using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging;
using MudBlazor;

namespace ServiceLoop.Designer.Shell;

/// <summary>Shows a sentence in place of a page that broke; the frame around it goes on.</summary>
public sealed class PageBoundary : ErrorBoundaryBase
{
    [Inject]
    private ILogger<PageBoundary> Logger { get; set; } = null!;

    [Inject]
    private IStringLocalizer<ShellTexts> T { get; set; } = null!;

    /// <inheritdoc />
    protected override Task OnErrorAsync(Exception exception)
    {
        Log.PageBroke(Logger, exception);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        if (CurrentException is null)
        {
            builder.AddContent(0, ChildContent);
            return;
        }

        builder.OpenComponent<MudAlert>(1);
        builder.AddComponentParameter(2, nameof(MudAlert.Severity), Severity.Error);
        builder.AddComponentParameter(3, nameof(MudAlert.ChildContent), (RenderFragment)(inner => inner.AddContent(4, T["PageBroke"])));
        builder.CloseComponent();
    }
}
