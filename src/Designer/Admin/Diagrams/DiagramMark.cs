using ServiceLoop.Engine.Comparison;

namespace ServiceLoop.Designer.Admin.Diagrams;

/// <summary>What is said of an activity in a diagram: a sign and words beside the colour, for those who do not see it.</summary>
/// <param name="Look">One of <c>added</c>, <c>removed</c>, <c>changed</c>, <c>moved</c>, <c>waiting</c>, <c>unmapped</c>.</param>
/// <param name="Sign">One or two characters in the corner of the box.</param>
/// <param name="Text">The same in words.</param>
public sealed record DiagramMark(string Look, string Sign, string Text)
{
    /// <summary>The mark of a change.</summary>
    /// <param name="kind">What became of it.</param>
    /// <param name="text">The same in words.</param>
    public static DiagramMark Of(ChangeKind kind, string text) =>
        kind switch
        {
            ChangeKind.Added => new("added", "+", text),
            ChangeKind.Removed => new("removed", "−", text),
            ChangeKind.Changed => new("changed", "≠", text),
            ChangeKind.Moved => new("moved", "↔", text),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of change."),
        };
}
