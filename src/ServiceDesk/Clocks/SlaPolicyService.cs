using System.Collections.Immutable;
using System.Globalization;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk.Calendars;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>What moving the open clocks of a policy to another version would do.</summary>
/// <param name="Clocks">Open clocks of other versions that were looked at.</param>
/// <param name="Changed">Of them with another target or due moment.</param>
/// <param name="Missed">Of them that would be missed at once.</param>
/// <param name="NoTarget">Of them for which the version has no target: they would stay.</param>
/// <param name="IsPartial">True: there are more clocks than a preview looks at.</param>
/// <param name="Examples">Some that would be missed.</param>
public sealed record Rebinding(int Clocks, int Changed, int Missed, int NoTarget, bool IsPartial, ImmutableArray<string> Examples);

/// <summary>Policies of service levels: drafts, versions in force, and open clocks that are moved to another version.</summary>
public sealed class SlaPolicyService
{
    private const int Batch = 500;
    private const int MaxExamples = 20;

    // A second or two of a request; the job itself looks at all.
    private const int MostOfPreview = 5000;

    private readonly PolicyStore store;
    private readonly ClockStore clocks;
    private readonly Rebinds rebinds;
    private readonly WorkingTimes times;
    private readonly IAccess access;
    private readonly TimeProvider wall;

    internal SlaPolicyService(
        PolicyStore store,
        ClockStore clocks,
        Rebinds rebinds,
        WorkingTimes times,
        IAccess access,
        TimeProvider wall
    ) => (this.store, this.clocks, this.rebinds, this.times, this.access, this.wall) = (store, clocks, rebinds, times, access, wall);

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

    /// <summary>What would become of the open clocks of a policy if they were moved to a version; of the first 5000 where there are more.</summary>
    /// <exception cref="DeskRefusedException">The policy or the version is unknown.</exception>
    public async Task<Rebinding> PreviewAsync(string id, int number, CancellationToken ct)
    {
        access.Demand(Permissions.ClocksManage);
        var policy = await VersionAsync(id, number, ct);
        var total = new Rebinding(0, 0, 0, 0, false, []);

        for (var after = ""; ; )
        {
            var page = await clocks.OfPolicyAsync(policy.PolicyId, policy.Number, after, Batch, ct);

            if (page.Count == 0 || total.Clocks >= MostOfPreview)
                return total with { IsPartial = page.Count > 0 };

            after = page[^1].Id;
            var now = ClockMath.Whole(wall.GetUtcNow());
            var known = await rebinds.KnownAsync(page, ct);
            var changes = page.Select(c => known.Moved(c, policy, now)).OfType<ClockChange>().ToList();
            var missed = changes.Where(RebindFacts.IsMissed).Select(c => c.After.Id).ToList();
            total = total with
            {
                Clocks = total.Clocks + page.Count,
                Changed = total.Changed + changes.Count(RebindFacts.IsChanged),
                Missed = total.Missed + missed.Count,
                NoTarget = total.NoTarget + page.Count - changes.Count,
                Examples = [.. total.Examples.AddRange(missed).Take(MaxExamples)],
            };
        }
    }

    /// <summary>Begins to move the open clocks of a policy to a version; it goes on by itself, batch by batch.</summary>
    /// <exception cref="DeskRefusedException">The policy or the version is unknown or a draft.</exception>
    public async Task<PolicyRebind> RebindAsync(string id, int number, CancellationToken ct)
    {
        access.Demand(Permissions.ClocksManage);
        var policy = await VersionAsync(id, number, ct);

        if (policy.State == PolicyState.Draft)
            throw DeskRefusedException.Conflict("policy.draft", $"Version {number} is a draft. Put it in force first.");

        return await access.ActAsync(
            new Deed(Permissions.ClocksManage, "policy.rebind", id) { Wanted = VersionFact(number) },
            () => rebinds.BeginAsync(policy.PolicyId, policy.Number, access.Actor.Name, ct),
            begun => Facts.Of(("rebind", begun.Id), ("clocks", begun.Total.ToString(CultureInfo.InvariantCulture))),
            ct
        );
    }

    /// <summary>How far moves of the policy's clocks are, the latest first.</summary>
    /// <exception cref="DeskRefusedException">There is no such policy.</exception>
    public async Task<IReadOnlyList<PolicyRebind>> RebindsAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.ClocksRead);
        await AllAsync(id, ct);
        return await rebinds.ListAsync(id, ct);
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
