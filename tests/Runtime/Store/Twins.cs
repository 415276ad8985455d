using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Tests.Store;

/// <summary>The same commits on two stores, the one in memory as the judge.</summary>
internal sealed class Twins(IWorkflowStore store)
{
    private const int InGroup = 6;
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly InMemoryStore judge = new();
    private readonly List<string> ids = [];
    private long lastMine;
    private long lastJudges;

    /// <summary>A group with these parts in it; some of its commits lose.</summary>
    public async Task CommitAsync(CommitParts parts, int seed, CancellationToken ct)
    {
        var random = new Random(seed);
        var work = new long[InGroup];
        var twin = new Dictionary<long, long>();

        var old = Enumerable.Range(0, InGroup).Select(i => $"i{seed}-{i}").ToList();
        ids.AddRange(old);
        await Task.WhenAll(old.Select((id, i) => BothAsync(Existing(id, i), ct)));
        var mineNow = await store.ListWorkAsync(false, null, lastMine, 1000, ct);
        var judgesNow = await judge.ListWorkAsync(false, null, lastJudges, 1000, ct);
        (lastMine, lastJudges) = (mineNow[^1].Id, judgesNow[^1].Id);

        for (var i = 0; i < InGroup; i++)
        {
            work[i] = mineNow.Single(w => w.Key == $"done:{old[i]}").Id;
            twin[work[i]] = judgesNow.Single(w => w.Key == $"done:{old[i]}").Id;
        }

        var commits = Enumerable.Range(0, InGroup).Select(i => Draw(parts, seed, i, work[i], random)).ToList();
        var mine = await Task.WhenAll(commits.Select(c => store.CommitAsync(c, ct)));
        var expected = new List<CommitResult>();

        foreach (var commit in commits)
            expected.Add(
                await judge.CommitAsync(commit with { DoneWorkId = twin.GetValueOrDefault(commit.DoneWorkId, commit.DoneWorkId) }, ct)
            );

        mine.ToList().ShouldBe(expected, $"parts {parts}");
    }

    public async Task CompareAsync(CancellationToken ct)
    {
        foreach (var some in ids.Chunk(50))
            await Task.WhenAll(some.Select(id => CompareAsync(id, ct)));

        (await store.ListInstancesAsync(new(), 0, 10_000, ct)).ShouldBe(await judge.ListInstancesAsync(new(), 0, 10_000, ct));
    }

    private async Task CompareAsync(string id, CancellationToken ct)
    {
        var a = await store.FindInstanceAsync(id, ct);
        var b = await judge.FindInstanceAsync(id, ct);
        (a is null ? null : a with { State = default }).ShouldBe(b is null ? null : b with { State = default });
        (a?.State.ToArray()).ShouldBe(b?.State.ToArray());
        var filter = new BookmarkFilter(InstanceId: id);
        Texts(await store.FindBookmarksAsync(filter, ct)).ShouldBe(Texts(await judge.FindBookmarksAsync(filter, ct)));
        Texts(await store.ListWorkAsync(false, id, 0, 100, ct)).ShouldBe(Texts(await judge.ListWorkAsync(false, id, 0, 100, ct)));
        Texts(await store.ReadJournalAsync(id, ct)).ShouldBe(Texts(await judge.ReadJournalAsync(id, ct)));
    }

    private async Task BothAsync(InstanceCommit commit, CancellationToken ct) =>
        (await store.CommitAsync(commit, ct)).ShouldBe(await judge.CommitAsync(commit, ct));

    private static InstanceCommit Existing(string id, int place) =>
        Commit(id, 0) with
        {
            Added = [Waiter(1, Noon.AddHours(place)), Waiter(2, null), Waiter(3, Noon)],
            Work = [Job($"old:{id}"), Job($"done:{id}")],
        };

    private InstanceCommit Draw(CommitParts parts, int seed, int i, long work, Random random)
    {
        var isNew = parts.HasFlag(CommitParts.Insert) && (!parts.HasFlag(CommitParts.Update) || i % 2 == 0);
        var id = isNew ? $"n{seed}-{i}" : $"i{seed}-{i}";

        // One in six loses by its version, one by its work.
        var loses = i == random.Next(InGroup);
        var isGone = parts.HasFlag(CommitParts.Done) && i == random.Next(InGroup);

        if (isNew && !loses)
            ids.Add(id);

        if (isNew && loses)
            id = $"i{seed}-{i}";

        return Commit(
            id,
            isNew ? 0
                : loses ? 7
                : 1
        ) with
        {
            DoneWorkId = parts.HasFlag(CommitParts.Done) ? (isGone ? 1_000_000 + i : work) : 0,
            Burned = parts.HasFlag(CommitParts.Burn) ? [1, 2] : [],
            Added = parts.HasFlag(CommitParts.Add) ? [Waiter(11, null), Waiter(12, Noon.AddDays(1))] : [],
            Work = parts.HasFlag(CommitParts.Queue) ? [Job($"new:{id}"), Job($"old:{id}"), Job($"old:i{seed}-{i}")] : [],
            Dropped = parts.HasFlag(CommitParts.Drop) ? [$"old:{id}", "unknown"] : [],
            Journal = parts.HasFlag(CommitParts.Journal) ? new(2, "[1]"u8.ToArray(), "[2]"u8.ToArray(), seed) : null,
            SubStatus = (WorkflowSubStatus)random.Next(2, 6),
            CorrelationId = i % 2 == 0 ? $"c{i}" : null,
            IncidentCount = i % 3,
            Owner = "n1",
            KeepsLeaseUntil = i % 4 == 0 ? Noon.AddMinutes(1) : null,
        };
    }

    private static InstanceCommit Commit(string id, long expected) =>
        new()
        {
            InstanceId = id,
            ExpectedVersion = expected,
            DefinitionId = "d",
            VersionId = "d-1",
            SubStatus = WorkflowSubStatus.Suspended,
            State = System.Text.Encoding.UTF8.GetBytes($"{id}{expected}"),
            Now = Noon.AddSeconds(expected),
        };

    private static NewBookmark Waiter(long id, DateTimeOffset? dueAt) => new(id, $"h{id}", "Event", "W", "R/W", dueAt, "{}"u8.ToArray());

    private static NewWork Job(string key) =>
        new()
        {
            Key = key,
            Kind = WorkKind.Resume,
            InstanceId = key[(key.IndexOf(':') + 1)..],
            DueAt = Noon,
        };

    // Ids of work are the server's business: it draws one for each attempt.
    private static string[] Texts(IReadOnlyList<WorkRow> rows) =>
        [.. rows.Select(w => $"{w.Key} {w.Kind} {w.InstanceId} {w.Target} {w.DueAt:O}").Order(StringComparer.Ordinal)];

    private static string[] Texts(IReadOnlyList<BookmarkRow> rows) =>
        [.. rows.Select(b => $"{b.Id} {b.Hash} {b.DueAt:O} {b.CorrelationId} {b.CreatedAt:O}")];

    private static string[] Texts(IReadOnlyList<JournalRow> rows) => [.. rows.Select(j => $"{j.Sequence} {j.At:O} {j.StateHash}")];
}
