using System.Collections.Immutable;

namespace ServiceLoop.Engine.Comparison;

/// <summary>Compares the connections of charts that are in both versions, and tells those of charts that are in one.</summary>
internal static class ConnectionComparison
{
    public static ImmutableArray<ConnectionChange> Compare(ImmutableArray<(ActivityOutline? Before, ActivityOutline? After)> pairs)
    {
        var changes = ImmutableArray.CreateBuilder<ConnectionChange>();

        foreach (var (before, after) in pairs)
            Compare((after ?? before)!.Id, before?.Connections ?? [], after?.Connections ?? [], changes);

        return changes.DrainToImmutable();
    }

    private static void Compare(
        string chart,
        ImmutableArray<ConnectionOutline> before,
        ImmutableArray<ConnectionOutline> after,
        ImmutableArray<ConnectionChange>.Builder changes
    )
    {
        var (old, now) = (ByPort(before), ByPort(after));

        foreach (
            var port in old.Keys.Union(now.Keys).OrderBy(k => k.Source, StringComparer.Ordinal).ThenBy(k => k.Port, StringComparer.Ordinal)
        )
        {
            var (targets, targetsNow) = (old.GetValueOrDefault(port, []), now.GetValueOrDefault(port, []));
            var gone = targets.Keys.Except(targetsNow.Keys).Order(StringComparer.Ordinal).ToList();
            var added = targetsNow.Keys.Except(targets.Keys).Order(StringComparer.Ordinal).ToList();

            // One that went and one that came under the same outcome: it leads elsewhere.
            if (gone.Count == 1 && added.Count == 1)
                changes.Add(new(ChangeKind.Changed, chart, port.Source, port.Port, gone[0], added[0]));
            else
            {
                changes.AddRange(
                    gone.Select(t => (Target: t, Kind: ChangeKind.Removed))
                        .Concat(added.Select(t => (Target: t, Kind: ChangeKind.Added)))
                        .OrderBy(c => c.Target, StringComparer.Ordinal)
                        .Select(c => new ConnectionChange(
                            c.Kind,
                            chart,
                            port.Source,
                            port.Port,
                            c.Kind == ChangeKind.Removed ? c.Target : null,
                            c.Kind == ChangeKind.Added ? c.Target : null
                        ))
                );
            }

            foreach (var target in targets.Keys.Intersect(targetsNow.Keys).Order(StringComparer.Ordinal))
                if (!targets[target].Vertices.SequenceEqual(targetsNow[target].Vertices))
                    changes.Add(new(ChangeKind.Moved, chart, port.Source, port.Port, target, target));
        }
    }

    private static Dictionary<(string Source, string Port), Dictionary<string, ConnectionOutline>> ByPort(
        ImmutableArray<ConnectionOutline> connections
    )
    {
        var byPort = new Dictionary<(string, string), Dictionary<string, ConnectionOutline>>();

        foreach (var connection in connections)
        {
            var key = (connection.Source, connection.Port);

            if (!byPort.TryGetValue(key, out var targets))
                byPort.Add(key, targets = new(StringComparer.Ordinal));

            targets.TryAdd(connection.Target, connection);
        }

        return byPort;
    }
}
