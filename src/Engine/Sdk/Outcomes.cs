using System.Collections.Immutable;

namespace ServiceLoop.Engine;

/// <summary>Names under which an activity completed: the ports that are active in a flowchart.</summary>
public static class Outcomes
{
    /// <summary>The normal outcome: <c>Done</c>.</summary>
    public const string Done = "Done";

    /// <summary>The set that an activity completes with when it names none. A connection without a port counts as <c>Done</c> of this set only.</summary>
    public static readonly ImmutableArray<string> Default = [Done];

    /// <summary><c>True</c>.</summary>
    public static readonly ImmutableArray<string> True = ["True"];

    /// <summary><c>False</c>.</summary>
    public static readonly ImmutableArray<string> False = ["False"];

    /// <summary>The cached set of a truth value.</summary>
    public static ImmutableArray<string> Of(bool value) => value ? True : False;
}
