namespace ServiceLoop.Engine;

/// <summary>
/// Item of a plain input (<c>[Input] MyCase[] Cases</c>) that holds an activity beside its other members: what runs in one case. The engine reads, numbers
/// and schedules that activity like one in a port.
/// </summary>
public abstract class ActivityCase
{
    /// <summary>What runs in this case; null when nothing does.</summary>
    public Activity? Activity { get; set; }

    /// <summary>Takes its members from the definition.</summary>
    /// <param name="value">The plain value of the item: a dictionary for an object, else a scalar. <c>activity</c> was read already.</param>
    /// <returns>False when it is no such case.</returns>
    protected abstract bool TryRead(object? value);

    internal bool InvokeTryRead(object? value) => TryRead(value);
}
