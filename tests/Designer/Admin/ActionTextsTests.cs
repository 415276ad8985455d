using System.Text.RegularExpressions;
using ServiceLoop.Designer.Tests.Language;

namespace ServiceLoop.Designer.Tests.Admin;

/// <summary>Reads the sources for what is written into the audit log, and finds an action that pages have no words for.</summary>
public sealed partial class ActionTextsTests
{
    private static readonly string File = Path.Combine("Admin", "Audit", "ActionTexts");
    private static readonly Dictionary<string, string> Sources = Directory
        .EnumerateFiles(Path.GetDirectoryName(TextFile.Root)!, "*.cs", SearchOption.AllDirectories)
        .Where(f => !f.Contains("node_modules", StringComparison.Ordinal))
        .ToDictionary(f => f, System.IO.File.ReadAllText);

    private static readonly IReadOnlyList<(string Name, string Value)> Constants =
    [
        .. Sources.Values.SelectMany(code => Constant().Matches(code).Select(m => (m.Groups["name"].Value, m.Groups["value"].Value))),
    ];

    /// <summary>Calls of methods that have a parameter "action", with a literal for it.</summary>
    private static readonly Regex Handed = new(
        $@"\b({string.Join('|', Sources.Values.SelectMany(code => Passer().Matches(code).Select(m => m.Groups["name"].Value)).Append("ActAsync").Distinct())})(<[^(]{{0,80}}?>)?\(\s*(Permissions\.\w+,\s*)?""(?<action>[a-z-]+\.[a-z-]+)""",
        RegexOptions.ExplicitCapture
    );

    [Fact]
    public void Every_action_has_a_text_in_both_languages()
    {
        var actions = Sources.Values.SelectMany(ActionsOf).Distinct().Order(StringComparer.Ordinal).ToList();

        actions.Count.ShouldBeGreaterThan(5);
        actions.Except(TextFile.English(File).Keys).ShouldBeEmpty("without an English text; add it to ActionTexts.resx");
        actions.Except(TextFile.Chinese(File).Keys).ShouldBeEmpty("without a Chinese text; add it to ActionTexts.zh-Hans.resx");
    }

    [Fact]
    public void Every_deed_names_its_action_where_it_can_be_found()
    {
        // A literal, a constant, or the parameter "action" of a method whose callers give a literal.
        var odd = Sources
            .SelectMany(source => AnyDeed().Matches(source.Value).Select(match => (source.Key, Action: match.Groups["action"].Value)))
            .Where(deed => !deed.Action.StartsWith('"') && deed.Action != "action" && Constants.All(c => c.Name != deed.Action))
            .Select(deed => $"{Path.GetFileName(deed.Key)}: {deed.Action}");

        odd.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""new Deed(Permissions.X, "a.made-up", id)""", "a.made-up")]
    [InlineData("""new Deed( permission,  "b.made-up", id)""", "b.made-up")]
    [InlineData("""ActAsync(  "c.made-up", id)""", "c.made-up")]
    [InlineData("""ActAsync<Thing>( Permissions.X, "d.made-up", id)""", "d.made-up")]
    public void A_planted_action_is_found(string code, string action)
    {
        ActionsOf(code.Replace("( ", "(\n    ", StringComparison.Ordinal)).ShouldBe([action]);
    }

    private static IEnumerable<string> ActionsOf(string code) =>
        AnyDeed()
            .Matches(code)
            .Select(m => m.Groups["action"].Value)
            .SelectMany(a => a.StartsWith('"') ? [a.Trim('"')] : Constants.Where(c => c.Name == a).Select(c => c.Value))
            .Concat(Handed.Matches(code).Select(m => m.Groups["action"].Value));

    [GeneratedRegex("""new Deed\(\s*[\w.]+,\s*(?<action>[^,\s]+)\s*,""", RegexOptions.ExplicitCapture)]
    private static partial Regex AnyDeed();

    [GeneratedRegex("""\b(?<name>\w+)(<\w+>)?\((?=[^){;]*\bstring action\b)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Passer();

    [GeneratedRegex("""const string (?<name>\w*Action) = "(?<value>[a-z-]+\.[a-z-]+)";""", RegexOptions.ExplicitCapture)]
    private static partial Regex Constant();
}
