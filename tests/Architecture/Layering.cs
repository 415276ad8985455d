namespace ServiceLoop.Architecture.Tests;

/// <summary>Who may know whom: the table of <c>README.md</c> ("Map"), as code. References point one way.</summary>
internal static class Layering
{
    /// <summary>Folder of <c>src</c> → folders that its project file may name. What these may use, it may use too.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Allowed = new Dictionary<string, string[]>
    {
        ["Engine"] = [],
        ["Scripting"] = ["Engine"],
        ["Runtime"] = ["Engine"],
        ["Identity"] = ["Runtime"],
        ["ServiceDesk"] = ["Runtime"],
        ["Triage"] = ["ServiceDesk"],
        ["Activities"] = ["Engine", "ServiceDesk"],
        ["Designer"] = ["ServiceDesk", "Runtime", "Identity"],
        ["Workflows"] = ["Engine", "Scripting", "Runtime", "ServiceDesk", "Activities", "Designer", "Identity", "Triage"],
    };

    /// <summary>The references that the table forbids, each as "from → to"; references to others' assemblies are not its business.</summary>
    /// <remarks>A compiled assembly may name whatever it reaches: Runtime's public members speak in Engine's types.</remarks>
    public static IReadOnlyList<string> Violations(IEnumerable<AssemblyReference> references) =>
        [
            .. references
                .Where(reference => reference.IsOurs && !Reachable(reference.From).Contains(reference.To))
                .Select(reference => reference.ToString())
                .Order(StringComparer.Ordinal),
        ];

    private static HashSet<string> Reachable(string assembly)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>([assembly]);
        while (open.TryPop(out var next))
        {
            var direct = Allowed.GetValueOrDefault(AssemblyReference.Folder(next), []);
            foreach (var name in direct.Select(AssemblyReference.Name).Where(reached.Add))
            {
                open.Push(name);
            }
        }

        return reached;
    }
}
