using System.Collections.Immutable;
using System.Reflection;

namespace ServiceLoop.Engine.Compilation;

/// <summary>All activity types that definitions may name. Filled at start, then read by all threads.</summary>
public sealed class ActivityCatalog
{
    private readonly Dictionary<string, ImmutableArray<ActivityDescriptor>> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, ActivityDescriptor> byType = [];

    /// <summary>All descriptors, by type name and version.</summary>
    public IEnumerable<ActivityDescriptor> All => byName.OrderBy(p => p.Key, StringComparer.Ordinal).SelectMany(p => p.Value);

    /// <summary>A catalog with the activities that the engine itself brings.</summary>
    public static ActivityCatalog WithEngineActivities() => new ActivityCatalog().AddFrom(typeof(ActivityCatalog).Assembly);

    /// <summary>Adds one activity type.</summary>
    /// <exception cref="ArgumentException">The class cannot be an activity, or its name and version are taken.</exception>
    public ActivityCatalog Add(Type type)
    {
        var descriptor = DescriptorFactory.Create(type);
        var versions = byName.GetValueOrDefault(descriptor.TypeName, []);

        if (versions.FirstOrDefault(v => v.Version == descriptor.Version) is { } taken)
        {
            if (taken.ClrType == type)
                return this;

            throw new ArgumentException(
                $"'{type}' and '{taken.ClrType}' are both named {descriptor.TypeName} version {descriptor.Version}. Give one another [Activity(Type = …)] or Version.",
                nameof(type)
            );
        }

        byName[descriptor.TypeName] = versions.Add(descriptor).Sort((a, b) => a.Version.CompareTo(b.Version));
        byType[type] = descriptor;
        return this;
    }

    /// <summary>Adds one activity type.</summary>
    public ActivityCatalog Add<T>()
        where T : Activity, new() => Add(typeof(T));

    /// <summary>Adds every class of an assembly that carries <see cref="ActivityAttribute"/>.</summary>
    public ActivityCatalog AddFrom(Assembly assembly)
    {
        foreach (var type in assembly.GetTypes())
            if (
                !type.IsAbstract
                && type.GetConstructor(Type.EmptyTypes) is not null
                && type.GetCustomAttribute<ActivityAttribute>() is not null
            )
                Add(type);

        return this;
    }

    /// <summary>Finds a type: the exact version, else the newest; null when the name is unknown.</summary>
    public ActivityDescriptor? Find(string typeName, int version = 0)
    {
        if (!byName.TryGetValue(typeName, out var versions))
            return null;

        foreach (var descriptor in versions)
            if (descriptor.Version == version)
                return descriptor;

        return versions[^1];
    }

    /// <summary>The descriptor of a class; registers it when it is new, which only tests and code-built workflows need.</summary>
    public ActivityDescriptor Get(Type type)
    {
        lock (byType)
        {
            if (!byType.ContainsKey(type))
                Add(type);

            return byType[type];
        }
    }

    /// <summary>The registered name that is most like <paramref name="typeName"/>, for messages; null when none is near.</summary>
    public string? Nearest(string typeName)
    {
        var best = byName.Keys.Select(name => (name, distance: Distance(name, typeName))).OrderBy(p => p.distance).FirstOrDefault();
        return best.name is not null && best.distance <= Math.Max(2, typeName.Length / 4) ? best.name : null;
    }

    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 8 || b.Length > 200)
            return int.MaxValue;

        var row = new int[b.Length + 1];

        for (var j = 0; j <= b.Length; j++)
            row[j] = j;

        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;

            for (var j = 1; j <= b.Length; j++)
            {
                var cost = char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + cost));
            }
        }

        return row[b.Length];
    }
}
