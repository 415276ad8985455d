using System.Collections.Immutable;
using System.Text;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Tests.Store;

/// <summary>What every store must do; run on each of them.</summary>
public abstract partial class WorkflowStoreTests : IAsyncLifetime
{
    protected static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>An empty store.</summary>
    protected IWorkflowStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<IWorkflowStore> OpenAsync();

    protected virtual ValueTask CloseAsync() => ValueTask.CompletedTask;

    protected static ReadOnlyMemory<byte> Utf8(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);

    protected static InstanceCommit Burst(string id, long expected = 0, string state = "{}") =>
        new()
        {
            InstanceId = id,
            ExpectedVersion = expected,
            DefinitionId = "refund",
            VersionId = "refund-1",
            SubStatus = WorkflowSubStatus.Suspended,
            State = Utf8(state),
            Now = Noon,
        };

    protected static NewBookmark Waiter(long id, string hash = "h", DateTimeOffset? dueAt = null) =>
        new(id, hash, "Event", "Wait1", "Root/Wait1", dueAt, Utf8("\"payload\""));

    protected static NewWork Job(string key, DateTimeOffset? dueAt = null, string? instance = null, WorkKind kind = WorkKind.Resume) =>
        new()
        {
            Key = key,
            Kind = kind,
            InstanceId = instance,
            Target = 7,
            Payload = Utf8("\"input\""),
            DueAt = dueAt ?? Noon,
        };

    protected static DefinitionRow Version(string line, int number, bool isPublished = false, bool isLatest = true, string? name = null) =>
        new()
        {
            Id = $"{line}-{number}",
            DefinitionId = line,
            Version = number,
            Name = name,
            IsLatest = isLatest,
            IsPublished = isPublished,
            Content = Utf8($"{{\"v\":{number}}}"),
            Pins = Utf8($"{{\"pin\":\"{number}\"}}"),
            Note = "note",
            CreatedAt = Noon.AddMinutes(number),
            PublishedAt = isPublished ? Noon.AddHours(number) : null,
        };

    protected async Task CommitAsync(InstanceCommit commit) => (await Store.CommitAsync(commit, Ct)).ShouldBe(CommitResult.Committed);

    protected async Task<InstanceRow> LoadAsync(string id) => (await Store.FindInstanceAsync(id, Ct)).ShouldNotBeNull();

    protected async Task<string[]> AliveAsync() => [.. (await Store.ListWorkAsync(false, null, 0, 1000, Ct)).Select(w => w.Key)];

    protected async Task<long> EnqueueAsync(NewWork work)
    {
        await Store.EnqueueAsync([work], Ct);
        return (await Store.ListWorkAsync(false, null, 0, 1000, Ct)).Single(w => w.Key == work.Key).Id;
    }

    protected async Task<IReadOnlyList<WorkRow>> LeaseAsync(DateTimeOffset now, int most = 100) =>
        await Store.LeaseDueAsync(now, now.AddMinutes(1), most, Ct);

    protected Task SaveAsync(params ImmutableArray<DefinitionRow> versions) => Store.SaveDefinitionsAsync(new(versions), Ct);
}
