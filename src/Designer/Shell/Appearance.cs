using Microsoft.AspNetCore.Http;

namespace ServiceLoop.Designer.Shell;

/// <summary>What the browser remembers between visits, so that the first picture is the right one. Its script writes the cookies.</summary>
/// <param name="Choice">What the person chose.</param>
/// <param name="SystemIsDark">What the system prefers.</param>
/// <param name="Zone">Time zone, IANA; null when not known yet.</param>
public sealed record Appearance(AppearanceChoice Choice, bool SystemIsDark, string? Zone)
{
    /// <summary>Of a first visit.</summary>
    public static readonly Appearance Unknown = new(AppearanceChoice.System, false, null);

    /// <summary>Whether pages are dark.</summary>
    public bool IsDark => Choice == AppearanceChoice.Dark || (Choice == AppearanceChoice.System && SystemIsDark);

    /// <summary>Reads the cookies of a request.</summary>
    public static Appearance Of(HttpContext? context)
    {
        if (context?.Request.Cookies is not { } cookies)
            return Unknown;

        var choice = cookies["serviceloop-appearance"] switch
        {
            "dark" => AppearanceChoice.Dark,
            "light" => AppearanceChoice.Light,
            _ => AppearanceChoice.System,
        };
        return new(choice, cookies["serviceloop-system"] == "dark", cookies["serviceloop-zone"]);
    }
}

/// <summary>Light, dark, or as the system.</summary>
public enum AppearanceChoice
{
    /// <summary>As the system.</summary>
    System,

    /// <summary>Always light.</summary>
    Light,

    /// <summary>Always dark.</summary>
    Dark,
}
