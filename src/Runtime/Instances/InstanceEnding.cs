using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Instances;

/// <summary>An instance has ended: recorded in the transaction in which it does, for a domain that has something to say about it.</summary>
/// <remarks>Recorded for every end but that of an instance without a correlation that finished as it should. One that failed and is repaired ends again.</remarks>
/// <param name="How"><c>finished</c>, <c>faulted</c> or <c>cancelled</c>.</param>
public sealed record InstanceEnding(string How) : IOptionalRow;
