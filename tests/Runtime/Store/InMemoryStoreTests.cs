using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Tests.Store;

public sealed class InMemoryStoreTests : WorkflowStoreTests
{
    protected override Task<IWorkflowStore> OpenAsync() => Task.FromResult<IWorkflowStore>(new InMemoryStore());
}
