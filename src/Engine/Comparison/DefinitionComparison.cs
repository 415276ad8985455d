using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.Engine.Definitions;

namespace ServiceLoop.Engine.Comparison;

/// <summary>Finds what two versions of a definition differ in, in the words of the designer.</summary>
public static class DefinitionComparison
{
    /// <summary>Members of the envelope that say which version it is, or that are compared elsewhere.</summary>
    private static readonly HashSet<string> NotSettings = new(StringComparer.OrdinalIgnoreCase)
    {
        "$schema",
        "id",
        "definitionId",
        "version",
        "toolVersion",
        "isLatest",
        "isPublished",
        "createdAt",
        "links",
        "root",
        "variables",
        "inputs",
        "outputs",
        "outcomes",
    };

    /// <summary>Compares two versions. Activities are told apart by their ids, in nested containers too.</summary>
    public static DefinitionDiff Compare(WorkflowDefinition before, WorkflowDefinition after)
    {
        var (old, now) = (DefinitionTree.Of(before), DefinitionTree.Of(after));
        var pairs = ActivityPairs.Of(old, now);
        return new DefinitionDiff(
            [.. pairs.Select(p => Compare(p.Before, p.After)).OfType<ActivityChange>()],
            ConnectionComparison.Compare(pairs),
            [.. CompareMembers(before, after)]
        );
    }

    private static ActivityChange? Compare(ActivityOutline? before, ActivityOutline? after)
    {
        if (before is null)
            return new(ChangeKind.Added, after!.Id, null, SideOf(after), [], HasMoved: false);

        if (after is null)
            return new(ChangeKind.Removed, before.Id, SideOf(before), null, [], HasMoved: false);

        var values = ActivityComparison.Compare(before, after);
        var hasMoved = before.Position != after.Position && before.Position is not null && after.Position is not null;

        return values.IsEmpty && !hasMoved
            ? null
            : new(values.IsEmpty ? ChangeKind.Moved : ChangeKind.Changed, after.Id, SideOf(before), SideOf(after), values, hasMoved);
    }

    private static ActivitySide SideOf(ActivityOutline activity) => new(activity.NodePath, activity.Label, activity.Type, activity.Path);

    private static IEnumerable<MemberChange> CompareMembers(WorkflowDefinition before, WorkflowDefinition after) =>
        Named(before, after, "variables", MemberPlace.Variable)
            .Concat(Named(before, after, "inputs", MemberPlace.Input))
            .Concat(Named(before, after, "outputs", MemberPlace.Output))
            .Concat(Outcomes(before, after))
            .Concat(Settings(before, after));

    private static IEnumerable<MemberChange> Named(WorkflowDefinition before, WorkflowDefinition after, string list, MemberPlace place)
    {
        var (old, now) = (ByName(before.Json, list), ByName(after.Json, list));

        foreach (var name in old.Keys.Union(now.Keys).Order(StringComparer.Ordinal))
        {
            var values = PlainMembers.Compare(ValuePlace.Property, old.GetValueOrDefault(name), now.GetValueOrDefault(name), "");

            if (!old.ContainsKey(name))
                yield return new(place, ChangeKind.Added, name, values);
            else if (!now.ContainsKey(name))
                yield return new(place, ChangeKind.Removed, name, values);
            else if (!values.IsEmpty)
                yield return new(place, ChangeKind.Changed, name, values);
        }
    }

    private static Dictionary<string, JsonElement> ByName(JsonElement json, string list)
    {
        var byName = new Dictionary<string, JsonElement>(StringComparer.Ordinal);

        if (ElsaJson.Find(json, list) is { } items)
            foreach (var item in ElsaJson.Items(items))
                if (ElsaJson.Text(ElsaJson.Find(item, "name")) is { } name)
                    byName.TryAdd(name, item);

        return byName;
    }

    private static IEnumerable<MemberChange> Outcomes(WorkflowDefinition before, WorkflowDefinition after) =>
        before
            .Outcomes.Except(after.Outcomes)
            .Select(o => new MemberChange(MemberPlace.Outcome, ChangeKind.Removed, o, []))
            .Concat(after.Outcomes.Except(before.Outcomes).Select(o => new MemberChange(MemberPlace.Outcome, ChangeKind.Added, o, [])))
            .OrderBy(c => c.Name, StringComparer.Ordinal);

    /// <summary>Options and custom properties member by member, the rest as it stands.</summary>
    private static IEnumerable<MemberChange> Settings(WorkflowDefinition before, WorkflowDefinition after)
    {
        foreach (
            var value in PlainMembers.Compare(
                ValuePlace.Property,
                before.Json,
                after.Json,
                "",
                NotSettings,
                ["options", "customProperties"]
            )
        )
            yield return new(
                MemberPlace.Setting,
                value.Before is null ? ChangeKind.Added
                    : value.After is null ? ChangeKind.Removed
                    : ChangeKind.Changed,
                value.Name,
                [value]
            );
    }
}

/// <summary>The activities of two versions, matched.</summary>
internal static class ActivityPairs
{
    /// <summary>By id where that is unique in both; else by the path of ids. Sorted by that.</summary>
    public static ImmutableArray<(ActivityOutline? Before, ActivityOutline? After)> Of(DefinitionTree before, DefinitionTree after)
    {
        var (old, now) = (before.All.ToList(), after.All.ToList());
        var twice = Twice(old).Concat(Twice(now)).ToHashSet(StringComparer.Ordinal);
        var (byOld, byNow) = (ByKey(old), ByKey(now));
        return
        [
            .. byOld
                .Keys.Union(byNow.Keys)
                .Order(StringComparer.Ordinal)
                .Select(key => (byOld.GetValueOrDefault(key), byNow.GetValueOrDefault(key))),
        ];

        Dictionary<string, ActivityOutline> ByKey(List<ActivityOutline> all)
        {
            var byKey = new Dictionary<string, ActivityOutline>(StringComparer.Ordinal);

            foreach (var activity in all)
                if (!byKey.TryAdd(twice.Contains(activity.Id) ? activity.NodePath : activity.Id, activity))
                    byKey.TryAdd(activity.Path, activity);

            return byKey;
        }

        static IEnumerable<string> Twice(List<ActivityOutline> all) =>
            all.GroupBy(a => a.Id, StringComparer.Ordinal).Where(g => g.Skip(1).Any()).Select(g => g.Key);
    }
}
