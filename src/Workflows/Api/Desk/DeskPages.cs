using System.Globalization;
using ServiceLoop.ServiceDesk;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>A page of a list that goes from the newest to the oldest.</summary>
/// <param name="Items">The rows.</param>
/// <param name="Next">Value of <c>after</c> for the next page; null when there is none.</param>
internal sealed record DeskPage<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>How lists of the desk are paged.</summary>
internal static class DeskPages
{
    private const int Usual = 50;
    private const int Most = 200;

    /// <summary>How many rows a page has.</summary>
    public static int Take(int? take) =>
        take switch
        {
            null => Usual,
            >= 1 and <= Most => take.Value,
            _ => throw DeskRefusedException.Invalid("page.take", "take", $"'take' is {take}, and must be 1 to {Most}."),
        };

    /// <summary>Reads <c>after</c>.</summary>
    public static (DateTimeOffset At, string Id)? After(string? after)
    {
        if (string.IsNullOrEmpty(after))
            return null;

        var tilde = after.IndexOf('~', StringComparison.Ordinal);
        return
            tilde > 0
            && long.TryParse(after.AsSpan(0, tilde), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTime.MaxValue.Ticks
            && SoundId(after[(tilde + 1)..])
            ? (new DateTimeOffset(ticks, TimeSpan.Zero), after[(tilde + 1)..])
            : throw DeskRefusedException.Invalid("page.after", "after", "'after' is not what 'next' of a page was.");
    }

    /// <summary>A page of rows that were read.</summary>
    public static DeskPage<TView> Of<T, TView>(
        IReadOnlyList<T> rows,
        int take,
        Func<T, TView> view,
        Func<T, (DateTimeOffset At, string Id)> key
    )
    {
        var next = rows.Count < take ? default : key(rows[^1]);
        return new(
            [.. rows.Select(view)],
            next.Id is null ? null : string.Create(CultureInfo.InvariantCulture, $"{next.At.UtcTicks}~{next.Id}")
        );
    }

    private static bool SoundId(string id) => id.Length is > 0 and <= 200 && id.All(c => !char.IsControl(c) && !char.IsSurrogate(c));
}
