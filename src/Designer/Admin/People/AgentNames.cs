namespace ServiceLoop.Designer.Admin.People;

/// <summary>Short names of browsers, out of the long ones that they give themselves.</summary>
internal static class AgentNames
{
    private const int Longest = 40;

    // In this order: most browsers claim to be those further down.
    private static readonly (string Part, string Name)[] Browsers =
    [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("MicroMessenger/", "WeChat"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];

    private static readonly (string Part, string Name)[] Systems =
    [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];

    /// <summary>Browser and system, or the beginning of what a program calls itself; null when it says nothing.</summary>
    public static string? Of(string? agent)
    {
        if (string.IsNullOrWhiteSpace(agent))
            return null;

        if (Find(Browsers, agent) is not { } browser)
            return agent.Length > Longest ? agent[..Longest] + "…" : agent;

        return Find(Systems, agent) is { } system ? $"{browser} · {system}" : browser;
    }

    private static string? Find((string Part, string Name)[] names, string agent) =>
        names.FirstOrDefault(n => agent.Contains(n.Part, StringComparison.Ordinal)).Name;
}
