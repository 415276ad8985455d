using System.Text.Json;
using System.Text.RegularExpressions;

namespace ServiceLoop.Workflows.Tests.Containers;

/// <summary>One instruction of a Dockerfile.</summary>
/// <param name="Stage">Name of the stage; empty before the first.</param>
/// <param name="Name">In capitals.</param>
/// <param name="Arguments">The rest, on one line.</param>
internal sealed record DockerInstruction(string Stage, string Name, string Arguments)
{
    /// <summary>The words of the exec form: a JSON list, after the options if there are any.</summary>
    public string[] Words => JsonSerializer.Deserialize<string[]>(Arguments[Arguments.IndexOf('[', StringComparison.Ordinal)..])!;
}

/// <summary>The product's Dockerfile, read far enough to check it and to run what it says.</summary>
internal sealed partial class Dockerfile
{
    private static readonly Lazy<Dockerfile> TheProduct = new(() => new(File.ReadAllText(Repository.PathOf("docker/Dockerfile"))));

    private Dockerfile(string text)
    {
        var stage = "";

        foreach (var line in Continuation().Replace(text, " ").Split('\n').Select(l => l.Trim()))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;

            var blank = line.IndexOf(' ', StringComparison.Ordinal);
            var (name, arguments) = (line[..blank].ToUpperInvariant(), line[(blank + 1)..].Trim());

            if (name == "FROM" && StageName().Match(arguments) is { Success: true } match)
                stage = match.Groups["name"].Value;

            Instructions.Add(new(stage, name, arguments));
        }
    }

    public static Dockerfile Product => TheProduct.Value;

    public List<DockerInstruction> Instructions { get; } = [];

    public DockerInstruction Single(string stage, string name) => Instructions.Single(i => i.Stage == stage && i.Name == name);

    public IEnumerable<DockerInstruction> All(string stage, string name) => Instructions.Where(i => i.Stage == stage && i.Name == name);

    /// <summary>Variables that a stage sets.</summary>
    public Dictionary<string, string> Environment(string stage) =>
        All(stage, "ENV")
            .SelectMany(i => i.Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    [GeneratedRegex(@"\\\n", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Continuation();

    [GeneratedRegex(@" AS (?<name>\w+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StageName();
}
