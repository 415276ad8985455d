using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.Engine.Definitions;

namespace ServiceLoop.Engine.Comparison;

/// <summary>Compares what one activity says in two versions, member by member.</summary>
internal static class ActivityComparison
{
    /// <summary>Members that are compared elsewhere, or that follow from others.</summary>
    private static readonly HashSet<string> Elsewhere = new(StringComparer.OrdinalIgnoreCase)
    {
        "id",
        "nodeId",
        "connections",
        "customProperties",
        "metadata",
        "variables",
        "activities",
    };

    public static ImmutableArray<ValueChange> Compare(ActivityOutline before, ActivityOutline after)
    {
        var changes = ImmutableArray.CreateBuilder<ValueChange>();

        if (ContainerOf(before) != ContainerOf(after))
            changes.Add(new(ValuePlace.Container, "", new(ContainerOf(before)), new(ContainerOf(after))));

        var (old, now) = (MembersOf(before.Json), MembersOf(after.Json));
        var holding = MembersWithActivities(before).Concat(MembersWithActivities(after)).ToHashSet(StringComparer.OrdinalIgnoreCase);

        foreach (var name in old.Keys.Union(now.Keys, StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase))
            if (!Elsewhere.Contains(name))
                Add(name, Without(old, holding, name), Without(now, holding, name));

        AddOrder();
        AddMembers(ValuePlace.Property, "metadata", ["designer"]);
        AddMembers(ValuePlace.Property, "customProperties", ["notFoundConnections"]);
        AddVariables();
        return changes.DrainToImmutable();

        void Add(string name, JsonElement? one, JsonElement? other)
        {
            if (PlainMembers.AreEqual(one, other) || AreEqualExpressions(one, other))
                return;

            var place =
                IsOutput(one) || IsOutput(other) ? ValuePlace.Output
                : IsInput(one) || IsInput(other) ? ValuePlace.Input
                : ValuePlace.Property;
            changes.Add(new(place, name, SideOf(one), SideOf(other)));
        }

        void AddMembers(ValuePlace place, string name, IReadOnlyCollection<string> except) =>
            changes.AddRange(PlainMembers.Compare(place, old.GetValueOrDefault(name), now.GetValueOrDefault(name), $"{name}.", except));

        // In a chart the connections tell the order; elsewhere the list itself does.
        void AddOrder()
        {
            if (before.Type == "Elsa.Flowchart" && after.Type == "Elsa.Flowchart")
                return;

            var both = before.Children.Select(c => c.Id).Intersect(after.Children.Select(c => c.Id)).ToHashSet(StringComparer.Ordinal);
            var (was, isNow) = (Order(before, both), Order(after, both));

            if (was != isNow)
                changes.Add(new(ValuePlace.Property, "activities", new(was), new(isNow)));
        }

        static string Order(ActivityOutline container, HashSet<string> ids) =>
            string.Join(", ", container.Children.Select(c => c.Id).Where(ids.Contains));

        void AddVariables()
        {
            var (declared, declares) = (VariablesOf(old), VariablesOf(now));

            foreach (var name in declared.Keys.Union(declares.Keys).Order(StringComparer.Ordinal))
                if (!PlainMembers.AreEqual(Maybe(declared, name), Maybe(declares, name)))
                    changes.Add(new(ValuePlace.Variable, name, SideOf(Maybe(declared, name)), SideOf(Maybe(declares, name))));
        }
    }

    /// <summary>Where it stands: the container's id, and the port where there are several.</summary>
    private static string ContainerOf(ActivityOutline activity)
    {
        var above = activity.NodePath.LastIndexOf(':') is > 0 and var end ? activity.NodePath[..end] : "";
        var container = above[(above.LastIndexOf(':') + 1)..];
        return activity.Slot is null or "activities" or "Activities" ? container : $"{container}.{activity.Slot}";
    }

    private static Dictionary<string, JsonElement> MembersOf(JsonElement json)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.OrdinalIgnoreCase);

        foreach (var member in json.EnumerateObject())
            members.TryAdd(member.Name, member.Value);

        return members;
    }

    /// <summary>Members of the activity in which others stand.</summary>
    private static HashSet<string> MembersWithActivities(ActivityOutline activity) =>
        activity
            .Children.Select(c => c.Path[(activity.Path.Length + 1)..])
            .Select(rest => rest[..(rest.AsSpan().IndexOfAny('.', '[') is >= 0 and var end ? end : rest.Length)])
            .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>A member as it stands; one that holds activities without them.</summary>
    private static JsonElement? Without(Dictionary<string, JsonElement> members, HashSet<string> holding, string name)
    {
        if (!members.TryGetValue(name, out var value))
            return null;

        return holding.Contains(name) ? PlainMembers.WithoutActivities(value) : value;
    }

    private static Dictionary<string, JsonElement> VariablesOf(Dictionary<string, JsonElement> members)
    {
        var byName = new Dictionary<string, JsonElement>(StringComparer.Ordinal);

        if (members.TryGetValue("variables", out var list))
            foreach (var item in ElsaJson.Items(list))
                if (ElsaJson.Text(ElsaJson.Find(item, "name")) is { } name)
                    byName.TryAdd(name, item);

        return byName;
    }

    private static JsonElement? Maybe(Dictionary<string, JsonElement> members, string name) =>
        members.TryGetValue(name, out var value) ? value : null;

    private static bool IsInput(JsonElement? json) =>
        json is { ValueKind: JsonValueKind.Object } value && ElsaJson.Find(value, "expression") is not null;

    private static bool IsOutput(JsonElement? json) =>
        json is { ValueKind: JsonValueKind.Object } value && ElsaJson.Find(value, "memoryReference") is not null && !IsInput(json);

    /// <summary>True when both are the same expression, whatever else the designer has written beside it.</summary>
    private static bool AreEqualExpressions(JsonElement? one, JsonElement? other) =>
        (IsInput(one) || IsInput(other) || IsOutput(one) || IsOutput(other)) && SideOf(one) == SideOf(other);

    private static ValueSide? SideOf(JsonElement? json)
    {
        if (PlainMembers.IsNothing(json))
            return null;

        var value = json!.Value;

        if (IsOutput(json))
            return ElsaJson.Text(ElsaJson.Find(ElsaJson.Find(value, "memoryReference")!.Value, "id")) is { Length: > 0 } id
                ? new(id)
                : null;

        if (!IsInput(json))
            return new(PlainMembers.Text(value));

        if (ElsaJson.Find(value, "expression") is not { ValueKind: JsonValueKind.Object } expression)
            return null;

        var language = ElsaJson.Text(ElsaJson.Find(expression, "type")) ?? "Literal";
        var written = ElsaJson.Find(expression, "value");

        if (language == "Literal" && written is null or { ValueKind: JsonValueKind.Null })
            return null;

        // A variable is kept with a copy of its declaration.
        if (language is "Variable" or "Input" && written is { ValueKind: JsonValueKind.Object } named)
            return new(ElsaJson.Text(ElsaJson.Find(named, "name")) ?? ElsaJson.Text(ElsaJson.Find(named, "id")) ?? "", language);

        return new(written is null ? "" : PlainMembers.Text(written.Value), language);
    }
}
