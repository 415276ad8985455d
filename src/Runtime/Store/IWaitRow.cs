namespace ServiceLoop.Runtime.Store;

/// <summary>A recorded row that stands for a waiter: when the waiter comes and goes within one commit, nobody has seen it, and the row is not written.</summary>
public interface IWaitRow
{
    /// <summary>Name of the waiter's stimulus.</summary>
    string BookmarkName { get; }
}
