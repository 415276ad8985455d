using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace ServiceLoop.Workflows.Tests.Containers;

/// <summary>The compose file as plain values, with anchors merged and variables filled in.</summary>
internal sealed partial class ComposeFile
{
    private readonly Dictionary<object, object> root;

    private ComposeFile(string text, IReadOnlyDictionary<string, string> variables)
    {
        var filled = Variable()
            .Replace(
                text,
                match =>
                    variables.TryGetValue(match.Groups["name"].Value, out var value)
                        ? value
                        : throw new InvalidOperationException($"{match.Groups["name"].Value}: {match.Groups["hint"].Value}")
            );
        var parser = new YamlDotNet.Core.MergingParser(new YamlDotNet.Core.Parser(new StringReader(filled)));
        root = new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(parser);
    }

    public static ComposeFile Read(IReadOnlyDictionary<string, string> variables) =>
        new(File.ReadAllText(Repository.PathOf("docker/compose.yaml")), variables);

    public IEnumerable<string> Services => Map("services").Keys.Cast<string>();

    public Dictionary<object, object> Map(params string[] path)
    {
        var map = root;

        foreach (var name in path)
            map = (Dictionary<object, object>)map[name];

        return map;
    }

    /// <summary>Variables of a service.</summary>
    public Dictionary<string, string> Environment(string service) =>
        Map("services", service, "environment").ToDictionary(p => (string)p.Key, p => (string)p.Value, StringComparer.Ordinal);

    [GeneratedRegex(@"\$\{(?<name>\w+):\?(?<hint>[^}]*)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variable();
}
