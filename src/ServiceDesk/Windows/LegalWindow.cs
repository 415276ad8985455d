using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Windows;

/// <summary>When the law of a place lets a business contact people there, by their own clock.</summary>
/// <param name="Jurisdiction">ISO 3166 code of the country; <c>*</c> where nothing else is said.</param>
/// <param name="Open">From when to when.</param>
/// <param name="DaysOff">Days of the week on which nobody may be contacted.</param>
/// <param name="Holidays">Dates on which nobody may be contacted.</param>
public sealed record LegalWindow(
    string Jurisdiction,
    DailyWindow Open,
    ImmutableArray<DayOfWeek> DaysOff,
    ImmutableHashSet<DateOnly> Holidays
)
{
    /// <summary>Jurisdiction of the window that holds where nothing else is said.</summary>
    public const string Anywhere = "*";

    /// <summary>09:00 to 20:00, never on Sundays.</summary>
    public static readonly LegalWindow Default = new(Anywhere, new(new(9, 0), new(20, 0)), [DayOfWeek.Sunday], []);

    /// <summary>True on a date on which nobody may be contacted.</summary>
    public bool IsOff(DateOnly day) => DaysOff.Contains(day.DayOfWeek) || Holidays.Contains(day);
}

/// <summary>The legal windows that are known.</summary>
public sealed class LegalWindows(IEnumerable<LegalWindow> windows)
{
    /// <summary>Only the default.</summary>
    public static readonly LegalWindows None = new([]);

    private readonly Dictionary<string, LegalWindow> known = windows.ToDictionary(w => w.Jurisdiction, StringComparer.OrdinalIgnoreCase);

    /// <summary>The window of a place: its own, else the one for anywhere, else the built-in default.</summary>
    /// <param name="jurisdiction">Null when it is not known where the customer is.</param>
    public LegalWindow For(string? jurisdiction) =>
        (jurisdiction is not null ? known.GetValueOrDefault(jurisdiction) : null)
        ?? known.GetValueOrDefault(LegalWindow.Anywhere)
        ?? LegalWindow.Default;
}
