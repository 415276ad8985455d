using Microsoft.Playwright;

namespace ServiceLoop.EndToEnd.Tests.Browser;

/// <summary>Who comes, and with which window.</summary>
public sealed record VisitOptions
{
    /// <summary>A desk.</summary>
    public static readonly ViewportSize Desktop = new() { Width = 1440, Height = 900 };

    /// <summary>A hand.</summary>
    public static readonly ViewportSize Phone = new() { Width = 390, Height = 844 };

    /// <summary>A desk with a screen so high that Studio shows the editors of a step without scrolling.</summary>
    public static readonly VisitOptions Tall = new()
    {
        Size = new() { Width = 1600, Height = 1600 },
    };

    /// <summary>Language of the browser.</summary>
    public string Language { get; init; } = "en-US";

    /// <summary>Size of the window in pixels.</summary>
    public ViewportSize Size { get; init; } = Desktop;

    /// <summary>Whether the system is dark.</summary>
    public bool IsDark { get; init; }

    /// <summary>Whether the administrator of the house sits there; false: somebody who has not said who they are.</summary>
    public bool IsSignedIn { get; init; } = true;

    /// <summary>Short name for files: <c>en-desktop</c>.</summary>
    public string Name => $"{Language[..2]}-{(Size.Width < 600 ? "phone" : "desktop")}{(IsDark ? "-dark" : "")}";
}
