using System.Collections.Immutable;

namespace ServiceLoop.Engine.Comparison;

/// <summary>What became of something from one version to another.</summary>
public enum ChangeKind
{
    /// <summary>It is new.</summary>
    Added,

    /// <summary>It is gone.</summary>
    Removed,

    /// <summary>It is there in both, and says something else.</summary>
    Changed,

    /// <summary>Only its place on the canvas is another.</summary>
    Moved,
}

/// <summary>What two versions of a definition differ in.</summary>
/// <param name="Activities">Activities, in the order of their keys.</param>
/// <param name="Connections">Connections.</param>
/// <param name="Members">Variables, inputs, outputs, outcomes and settings of the workflow.</param>
public sealed record DefinitionDiff(
    ImmutableArray<ActivityChange> Activities,
    ImmutableArray<ConnectionChange> Connections,
    ImmutableArray<MemberChange> Members
)
{
    /// <summary>True when there is no difference.</summary>
    public bool IsEmpty => Activities.IsEmpty && Connections.IsEmpty && Members.IsEmpty;

    /// <summary>The same, seen from the other version.</summary>
    public DefinitionDiff Reversed() =>
        new([.. Activities.Select(a => a.Reversed())], [.. Connections.Select(c => c.Reversed())], [.. Members.Select(m => m.Reversed())]);
}

/// <summary>An activity that differs.</summary>
/// <param name="Kind">How.</param>
/// <param name="ActivityId">Its id.</param>
/// <param name="Before">As it was; null when it is new.</param>
/// <param name="After">As it is; null when it is gone.</param>
/// <param name="Values">What it says otherwise, by name; empty unless it is changed.</param>
/// <param name="HasMoved">True when it stands elsewhere on the canvas, changed or not.</param>
public sealed record ActivityChange(
    ChangeKind Kind,
    string ActivityId,
    ActivitySide? Before,
    ActivitySide? After,
    ImmutableArray<ValueChange> Values,
    bool HasMoved
)
{
    /// <summary>What a person calls it now, or called it.</summary>
    public string Label => (After ?? Before)!.Label;

    /// <summary>Type now, or before.</summary>
    public string Type => (After ?? Before)!.Type;

    internal ActivityChange Reversed() => new(Kind.Reversed(), ActivityId, After, Before, [.. Values.Select(v => v.Reversed())], HasMoved);
}

/// <summary>An activity in one of two versions.</summary>
/// <param name="NodePath">Ids from the root down, joined by colons.</param>
/// <param name="Label">What a person calls it.</param>
/// <param name="Type">Type name.</param>
/// <param name="Path">JSON path.</param>
public sealed record ActivitySide(string NodePath, string Label, string Type, string Path);

/// <summary>What kind of thing an activity says otherwise.</summary>
public enum ValuePlace
{
    /// <summary>An input.</summary>
    Input,

    /// <summary>Where an output goes.</summary>
    Output,

    /// <summary>A property: name, type, text in its box, cases, custom properties.</summary>
    Property,

    /// <summary>A variable of the container.</summary>
    Variable,

    /// <summary>The container that it stands in.</summary>
    Container,
}

/// <summary>A value that differs.</summary>
/// <param name="Place">What it is.</param>
/// <param name="Name">Its name.</param>
/// <param name="Before">As it was; null when it was not there.</param>
/// <param name="After">As it is; null when it is not there.</param>
public sealed record ValueChange(ValuePlace Place, string Name, ValueSide? Before, ValueSide? After)
{
    internal ValueChange Reversed() => new(Place, Name, After, Before);
}

/// <summary>A value in one of two versions.</summary>
/// <param name="Text">As a person would write it; JSON for lists and objects.</param>
/// <param name="Language">Language of an expression, such as <c>JavaScript</c>; null for plain values.</param>
public sealed record ValueSide(string Text, string? Language = null);

/// <summary>A connection that differs.</summary>
/// <param name="Kind">How; changed means that it leads elsewhere, moved that only its corners differ.</param>
/// <param name="ContainerId">Id of the chart that it is in.</param>
/// <param name="Source">Id of the activity that it leaves.</param>
/// <param name="Port">Outcome under which it is taken.</param>
/// <param name="TargetBefore">Id of the activity that it led to; null when it is new.</param>
/// <param name="TargetAfter">Id of the activity that it leads to; null when it is gone.</param>
public sealed record ConnectionChange(
    ChangeKind Kind,
    string ContainerId,
    string Source,
    string Port,
    string? TargetBefore,
    string? TargetAfter
)
{
    internal ConnectionChange Reversed() => new(Kind.Reversed(), ContainerId, Source, Port, TargetAfter, TargetBefore);
}

/// <summary>What of the workflow itself differs.</summary>
public enum MemberPlace
{
    /// <summary>A variable.</summary>
    Variable,

    /// <summary>A declared input.</summary>
    Input,

    /// <summary>A declared output.</summary>
    Output,

    /// <summary>A declared outcome.</summary>
    Outcome,

    /// <summary>Name, description, options, custom properties.</summary>
    Setting,
}

/// <summary>A variable, argument, outcome or setting that differs.</summary>
/// <param name="Place">What it is.</param>
/// <param name="Kind">Added, removed or changed.</param>
/// <param name="Name">Its name.</param>
/// <param name="Values">What it says otherwise; for an added or removed one, what it says.</param>
public sealed record MemberChange(MemberPlace Place, ChangeKind Kind, string Name, ImmutableArray<ValueChange> Values)
{
    internal MemberChange Reversed() => new(Place, Kind.Reversed(), Name, [.. Values.Select(v => v.Reversed())]);
}

/// <summary>The other side of a change.</summary>
internal static class ChangeKinds
{
    public static ChangeKind Reversed(this ChangeKind kind) =>
        kind switch
        {
            ChangeKind.Added => ChangeKind.Removed,
            ChangeKind.Removed => ChangeKind.Added,
            _ => kind,
        };
}
