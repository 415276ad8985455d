namespace ServiceLoop.ServiceDesk.Calendars;

/// <summary>What is wrong with something that was sent.</summary>
/// <param name="Field">Where, for example <c>weekly[3].to</c>.</param>
/// <param name="Sentence">What is wrong and how to cure it.</param>
public sealed record CalendarProblem(string Field, string Sentence)
{
    /// <summary>The refusal that tells all of some problems.</summary>
    internal static DeskRefusedException Refusal(string code, IReadOnlyList<CalendarProblem> problems) =>
        new(DeskRefusal.Invalid, code, string.Join(' ', problems.Take(3).Select(p => $"{p.Field}: {p.Sentence}")))
        {
            Fields = problems
                .GroupBy(p => p.Field, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.Select(p => p.Sentence).ToArray(), StringComparer.Ordinal),
        };
}
