namespace ServiceLoop.ServiceDesk.Calendars;

/// <summary>What is wrong with something that was sent.</summary>
/// <param name="Field">Where, for example <c>weekly[3].to</c>.</param>
/// <param name="Sentence">What is wrong and how to cure it.</param>
public sealed record CalendarProblem(string Field, string Sentence);
