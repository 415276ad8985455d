using System.Collections.Immutable;
using System.Globalization;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Calendars;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>What moving the open clocks of a policy to another version would do, or has done.</summary>
/// <param name="Clocks">Open clocks of other versions.</param>
/// <param name="Changed">Of them with another target or due moment.</param>
/// <param name="Missed">Of them that would be missed at once.</param>
/// <param name="NoTarget">Of them for which the version has no target: they stay.</param>
/// <param name="Examples">Some that would be missed.</param>
public sealed record Rebinding(int Clocks, int Changed, int Missed, int NoTarget, ImmutableArray<string> Examples);

/// <summary>Policies of service levels: drafts, versions in force, and open clocks that are moved to another version.</summary>
public sealed class SlaPolicyService
{
    private const int Batch = 500;
    private const int MaxExamples = 20;

    private readonly PolicyStore store;
    private readonly ClockStore clocks;
    private readonly WorkingTimes times;
    private readonly IAccess access;
    private readonly IWorkSignal signal;
    private readonly TimeProvider wall;

    internal SlaPolicyService(
        PolicyStore store,
        ClockStore clocks,
        WorkingTimes times,
        IAccess access,
        IWorkSignal signal,
        TimeProvider wall
    ) => (this.store, this.clocks, this.times, this.access, this.signal, this.wall) = (store, clocks, times, access, signal, wall);

    /// <summary>All versions of all policies, by name and number.</summary>
    public async Task<IReadOnlyList<SlaPolicy>> ListAsync(CancellationToken ct)
    {
        access.Demand(Permissions.ClocksRead);
        return await store.ListAsync(null, null, null, ct);
    }

    /// <summary>The versions of a policy.</summary>
    /// <exception cref="DeskRefusedException">There is none of that id.</exception>
    public async Task<IReadOnlyList<SlaPolicy>> GetAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.ClocksRead);
        return await AllAsync(id, ct);
    }

    /// <summary>Makes a policy, as a draft.</summary>
    /// <exception cref="DeskRefusedException">Something is wrong with it; all faults are told.</exception>
    public async Task<SlaPolicy> CreateAsync(string name, string metric, PolicyContent content, CancellationToken ct)
    {
        access.Demand(Permissions.ClocksManage);
        await CheckAsync(name, metric, content, ct);
        var now = wall.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString("N");

        return await access.ActAsync(
            new Deed(Permissions.ClocksManage, "policy.create", id) { Wanted = Facts.Of(("name", name), ("metric", metric)) },
            async () =>
            {
                await store.InsertAsync(id, name.Trim(), metric, content, access.Actor.Name, now, ct);
                return (await AllAsync(id, ct))[^1];
            },
            ct
        );
    }

    /// <summary>Saves the draft of a policy; makes one when there is none.</summary>
    /// <exception cref="DeskRefusedException">It is unknown, or something is wrong with it.</exception>
    public async Task<SlaPolicy> SaveDraftAsync(string id, string name, PolicyContent content, CancellationToken ct)
    {
        access.Demand(Permissions.ClocksManage);
        var versions = await AllAsync(id, ct);
        await CheckAsync(name, versions[0].Metric, content, ct);
        var now = wall.GetUtcNow();

        return await access.ActAsync(
            new Deed(Permissions.ClocksManage, "policy.save", id) { Wanted = Facts.Of(("name", name)) },
            async () =>
            {
                var number =
                    versions[^1].State == PolicyState.Draft
                        ? versions[^1].Number
                        : await store.DraftAsync(id, content, access.Actor.Name, now, ct)
                            ?? throw DeskRefusedException.Conflict(
                                "policy.changed",
                                "Somebody else has begun a draft meanwhile. Look at it first."
                            );

                if (!await store.SaveAsync(id, number, name.Trim(), content, access.Actor.Name, now, ct))
                    throw DeskRefusedException.Conflict("policy.changed", "The draft has become active meanwhile. Begin another one.");

                return (await AllAsync(id, ct))[^1];
            },
            ct
        );
    }

    /// <summary>Puts the draft in force. New clocks use it; open ones keep their version.</summary>
    /// <exception cref="DeskRefusedException">It is unknown, or has no draft of that number.</exception>
    public async Task<SlaPolicy> ActivateAsync(string id, int number, CancellationToken ct)
    {
        access.Demand(Permissions.ClocksManage);
        await AllAsync(id, ct);

        return await access.ActAsync(
            new Deed(Permissions.ClocksManage, "policy.activate", id) { Wanted = VersionFact(number) },
            async () =>
            {
                await store.ActivateAsync(id, number, ct);
                return (await AllAsync(id, ct)).Single(p => p.Number == number);
            },
            ct
        );
    }

    /// <summary>Takes a policy out of force: no new clocks.</summary>
    /// <exception cref="DeskRefusedException">It is unknown or not in force.</exception>
    public async Task RetireAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.ClocksManage);
        await AllAsync(id, ct);
        await access.ActAsync(
            new Deed(Permissions.ClocksManage, "policy.retire", id),
            async () =>
            {
                if (!await store.RetireAsync(id, ct))
                    throw DeskRefusedException.Conflict("policy.not-active", "No version of the policy is in force.");
            },
            ct
        );
    }

    /// <summary>What would become of the open clocks of a policy if they were moved to a version.</summary>
    /// <exception cref="DeskRefusedException">The policy or the version is unknown.</exception>
    public async Task<Rebinding> PreviewAsync(string id, int number, CancellationToken ct)
    {
        access.Demand(Permissions.ClocksManage);
        return await RebindAsync(await VersionAsync(id, number, ct), isPreview: true, ct);
    }

    /// <summary>Moves the open clocks of a policy to a version.</summary>
    /// <exception cref="DeskRefusedException">The policy or the version is unknown or a draft.</exception>
    public async Task<Rebinding> RebindAsync(string id, int number, CancellationToken ct)
    {
        access.Demand(Permissions.ClocksManage);
        var policy = await VersionAsync(id, number, ct);

        if (policy.State == PolicyState.Draft)
            throw DeskRefusedException.Conflict("policy.draft", $"Version {number} is a draft. Put it in force first.");

        return await access.ActAsync(
            new Deed(Permissions.ClocksManage, "policy.rebind", id) { Wanted = VersionFact(number) },
            () => RebindAsync(policy, isPreview: false, ct),
            done => Facts.Of(("changed", Text(done.Changed)), ("missed", Text(done.Missed))),
            ct
        );
    }

    private async Task<Rebinding> RebindAsync(SlaPolicy policy, bool isPreview, CancellationToken ct)
    {
        var total = new Rebinding(0, 0, 0, 0, []);

        for (var after = ""; ; )
        {
            var page = await clocks.OfPolicyAsync(policy.PolicyId, policy.Number, after, Batch, ct);

            if (page.Count == 0)
                return total;

            after = page[^1].Id;
            var now = ClockMath.Whole(wall.GetUtcNow());
            var changes = new List<ClockChange>();

            foreach (var clock in page)
                if (await MovedAsync(clock, policy, now, ct) is { } change)
                    changes.Add(change);

            var written = isPreview ? changes : await WriteAsync(page, changes, now, ct);
            var missed = written
                .Where(c => c.Before!.BreachedAt is null && c.After.BreachedAt is not null)
                .Select(c => c.After.Id)
                .ToList();
            total = new(
                total.Clocks + page.Count,
                total.Changed + written.Count(c => c.Before!.Target != c.After.Target || c.Before.DueAt != c.After.DueAt),
                total.Missed + missed.Count,
                total.NoTarget + page.Count - changes.Count,
                [.. total.Examples.AddRange(missed).Take(MaxExamples)]
            );
        }
    }

    private async Task<List<ClockChange>> WriteAsync(
        IReadOnlyList<SlaClock> page,
        List<ClockChange> changes,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        List<ClockChange> written = [];
        await clocks.UnchangedAsync(
            page,
            free =>
            {
                written = [.. changes.Where(c => free.Contains(c.After.Id))];
                return ClockWrites.Changed(written, access.Actor.Name, now);
            },
            ct
        );
        signal.Ring(now);
        return written;
    }

    private async Task<ClockChange?> MovedAsync(SlaClock clock, SlaPolicy policy, DateTimeOffset now, CancellationToken ct)
    {
        var facts = ImmutableSortedDictionary<string, string?>
            .Empty.WithComparers(StringComparer.OrdinalIgnoreCase)
            .Add("priority", clock.Priority);

        if (PolicyRules.TargetFor(policy.Content, facts) is not { } target)
            return null;

        var time = await times.GetAsync(clock.CalendarId, ct);
        var bound = clock with { PolicyVersion = policy.Number, Thresholds = policy.Content.Thresholds };
        var step = ClockRules.Retarget(bound, time, now, target, clock.Priority);

        if (step.Events.IsEmpty)
            step = ClockRules.Recompute(bound, time, now);

        return ClockChange.Of(
            clock,
            step with
            {
                Events = step.Events.Insert(0, new(now, "Rebound", $"policy version {clock.PolicyVersion} → {policy.Number}")),
            },
            [],
            time,
            policy.Content,
            now
        );
    }

    private async Task CheckAsync(string name, string metric, PolicyContent content, CancellationToken ct)
    {
        if (PolicyRules.Check(name, metric, content) is { IsEmpty: false } problems)
            throw CalendarProblem.Refusal("policy.invalid", problems);

        if (content.CalendarId is { } calendar)
            await times.GetAsync(TextRules.Required(calendar, "calendarId", 200), ct);
    }

    private async Task<IReadOnlyList<SlaPolicy>> AllAsync(string id, CancellationToken ct) =>
        SoundText.IsSound(id) && await store.ListAsync(id, null, null, ct) is { Count: > 0 } versions
            ? versions
            : throw DeskRefusedException.Unknown(
                "policy.unknown",
                $"There is no policy '{SoundText.Quoted(id)}'. Look at the list of policies."
            );

    private async Task<SlaPolicy> VersionAsync(string id, int number, CancellationToken ct) =>
        (await AllAsync(id, ct)).FirstOrDefault(p => p.Number == number)
        ?? throw DeskRefusedException.Unknown("policy.version-unknown", $"The policy has no version {number}.");

    private static ImmutableSortedDictionary<string, string?> VersionFact(int number) => Facts.Of(("version", Text(number)));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
