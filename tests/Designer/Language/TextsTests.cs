using System.Text.RegularExpressions;
using ServiceLoop.Designer.Shell;

namespace ServiceLoop.Designer.Tests.Language;

public sealed partial class TextsTests
{
    public static TheoryData<string> Files => [.. TextFile.All];

    [Theory]
    [MemberData(nameof(Files))]
    public void Both_languages_have_the_same_texts(string file)
    {
        var english = TextFile.English(file);
        var chinese = TextFile.Chinese(file);

        chinese.Keys.Except(english.Keys).ShouldBeEmpty("only in Chinese");
        english.Keys.Except(chinese.Keys).ShouldBeEmpty("only in English");
        english.Concat(chinese).Where(text => string.IsNullOrWhiteSpace(text.Value)).ShouldBeEmpty("empty");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Both_languages_have_room_for_the_same_values(string file)
    {
        var chinese = TextFile.Chinese(file);

        foreach (var (name, text) in TextFile.English(file))
            Values(chinese[name]).ShouldBe(Values(text), $"{file}: {name}");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Chinese_texts_are_written_in_Chinese(string file)
    {
        var english = TextFile.English(file);

        // A name may stay as it is; a sentence may not.
        var left = TextFile.Chinese(file).Where(text => text.Value == english[text.Key] && text.Value.Contains(' '));

        left.ShouldBeEmpty();
    }

    [Fact]
    public void Every_text_that_a_page_names_is_there()
    {
        var missing = new List<string>();

        foreach (var source in Sources())
        {
            var code = File.ReadAllText(source);

            foreach (Match injection in Injection().Matches(code))
                if (TextFile.All.SingleOrDefault(f => Path.GetFileName(f) == injection.Groups["area"].Value) is { } file)
                    missing.AddRange(
                        Named(code, injection.Groups["name"].Value)
                            .Where(key => !TextFile.English(file).ContainsKey(key))
                            .Select(key => $"{Path.GetFileName(source)}: {key}")
                    );
                else
                    missing.Add($"{Path.GetFileName(source)}: there is no file for {injection.Groups["area"].Value}");
        }

        missing.ShouldBeEmpty();
    }

    [Fact]
    public void Every_place_of_the_navigation_is_named_and_explained()
    {
        var places = Navigation.Sections.SelectMany(section => section.Places).ToList();

        places.Select(p => p.Text).Except(TextFile.English("Shell/ShellTexts").Keys).ShouldBeEmpty();
        places.Where(p => p.Address != "/").Select(p => $"About{p.Text}").Except(TextFile.English("Home/HomeTexts").Keys).ShouldBeEmpty();
    }

    private static IEnumerable<string> Sources() =>
        Directory
            .EnumerateFiles(TextFile.Root, "*.*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".razor", StringComparison.Ordinal) || f.EndsWith(".cs", StringComparison.Ordinal))
            .Where(f => !f.Contains("node_modules", StringComparison.Ordinal));

    private static IEnumerable<string> Named(string code, string localizer) =>
        Regex.Matches(code, $@"(?<![\w.]){localizer}\[""(?<key>[^""{{]+)""").Select(match => match.Groups["key"].Value);

    private static IEnumerable<string> Values(string text) => Placeholder().Matches(text).Select(m => m.Value).Distinct().Order();

    [GeneratedRegex(@"IStringLocalizer<(?<area>\w+)>\s+(?<name>\w+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Injection();

    [GeneratedRegex(@"\{\d+(:\w+)?\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Placeholder();
}
