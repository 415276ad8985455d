using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.Customers;

/// <summary>A window as it is sent and kept.</summary>
/// <param name="From">Wall clock: <c>09:00</c>.</param>
/// <param name="To">Wall clock; not after the other: on the next day.</param>
/// <param name="Days">0 (Sunday) to 6 on which it begins; none for every day.</param>
public sealed record WindowText(string? From, string? To, IReadOnlyList<int>? Days)
{
    internal static WindowText Of(DailyWindow window) =>
        new(Text(window.From), Text(window.To), [.. window.Days.IsDefault ? [] : window.Days.Select(d => (int)d)]);

    /// <summary>The window, with all fields looked at.</summary>
    /// <exception cref="DeskRefusedException">One is wrong.</exception>
    public DailyWindow Read(string field) =>
        new(Time(From, $"{field}.from"), Time(To, $"{field}.to"))
        {
            Days = [.. (Days ?? []).Distinct().Select(d => d is >= 0 and <= 6 ? (DayOfWeek)d : throw Day(d, $"{field}.days"))],
        };

    private static string Text(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);

    private static TimeOnly Time(string? text, string field) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : throw DeskRefusedException.Invalid(
                "window.time",
                field,
                $"'{field}' is '{TextRules.Quote(text)}', and must be a time of the day from 00:00 to 23:59."
            );

    private static DeskRefusedException Day(int day, string field) =>
        DeskRefusedException.Invalid("window.day", field, $"'{field}' holds {day}; days are 0 (Sunday) to 6 (Saturday).");
}

/// <summary>Preferences as they are sent and kept.</summary>
/// <param name="Preferred">When to contact.</param>
/// <param name="Quiet">When not to.</param>
/// <param name="Channels">Channels, the best first.</param>
public sealed record PreferencesText(
    IReadOnlyList<WindowText>? Preferred,
    IReadOnlyList<WindowText>? Quiet,
    IReadOnlyList<string>? Channels
)
{
    private const int MostWindows = 20;
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>As it is sent.</summary>
    public static PreferencesText Of(ContactPreferences preferences) =>
        new([.. preferences.Preferred.Select(WindowText.Of)], [.. preferences.Quiet.Select(WindowText.Of)], preferences.Channels);

    internal static string Write(ContactPreferences preferences) => JsonSerializer.Serialize(Of(preferences), Web);

    internal static ContactPreferences Parse(string json) => JsonSerializer.Deserialize<PreferencesText>(json, Web)!.Read("preferences");

    internal ContactPreferences Read(string field) =>
        new(
            Windows(Preferred, $"{field}.preferred"),
            Windows(Quiet, $"{field}.quiet"),
            [.. Few(Channels, $"{field}.channels").Select((c, i) => TextRules.Required(c, $"{field}.channels[{i}]", 64))]
        );

    private static ImmutableArray<DailyWindow> Windows(IReadOnlyList<WindowText>? windows, string field) =>
        [.. Few(windows, field).Select((w, i) => w.Read($"{field}[{i}]"))];

    private static IReadOnlyList<T> Few<T>(IReadOnlyList<T>? list, string field) =>
        list is not { Count: > MostWindows }
            ? list ?? []
            : throw DeskRefusedException.Invalid(
                "list.too-long",
                field,
                $"'{field}' has {list.Count} entries, and {MostWindows} are allowed."
            );
}
