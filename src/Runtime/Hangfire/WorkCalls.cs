using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Hangfire;

/// <summary>What carries one piece of work out, and what happens when it is given up.</summary>
/// <param name="Run">Does it and removes it, in one transaction; throws when it failed.</param>
/// <param name="GiveUp">Its attempts are used up.</param>
internal sealed record WorkCalls(Func<WorkRow, CancellationToken, Task> Run, Func<WorkRow, Exception, CancellationToken, Task> GiveUp);
