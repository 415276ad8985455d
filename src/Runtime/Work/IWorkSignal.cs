namespace ServiceLoop.Runtime.Work;

/// <summary>Wakes whoever carries out work, so that new work does not wait for the next look at the queue.</summary>
/// <remarks>Safe for all threads, cheap, and never throws. A call that is lost costs time only.</remarks>
public interface IWorkSignal
{
    /// <summary>Says that there is work; called after every commit that wrote some.</summary>
    /// <param name="dueAt">When the earliest of it is due, UTC.</param>
    void Ring(DateTimeOffset dueAt);
}
