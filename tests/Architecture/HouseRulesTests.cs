using System.Text.RegularExpressions;

namespace ServiceLoop.Architecture.Tests;

public sealed partial class HouseRulesTests
{
    private const int MaxLines = 500;

    private static readonly string[] Code = [".cs", ".razor", ".sql", ".css", ".js"];

    private static readonly string[] NotText = [".png", ".jpg", ".gif", ".ico", ".woff", ".woff2", ".gz", ".br", ".zip"];

    private static readonly string[] BannedFolders =
    [
        "Models",
        "Helpers",
        "Contracts",
        "Extensions",
        "Services",
        "Utils",
        "Common",
        "Misc",
    ];

    [Fact]
    public void No_source_file_is_longer_than_500_lines()
    {
        var tooLong = SourceTree
            .Files("src")
            .Where(file => Code.Contains(Path.GetExtension(file)))
            .Select(file => (File: file, Lines: File.ReadLines(Path.Combine(SourceTree.Root, file)).Count()))
            .Where(file => file.Lines > MaxLines);

        tooLong.ShouldBeEmpty();
    }

    [Fact]
    public void No_activity_of_the_service_desk_needs_more_than_25_lines_beside_its_inputs_and_outputs()
    {
        var tooLong = SourceTree
            .Files("src/Activities/CustomerService")
            .Where(file => file.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(file => ActivityLengths.In(File.ReadAllText(Path.Combine(SourceTree.Root, file))))
            .ToList();

        tooLong.ShouldNotBeEmpty();
        tooLong.Where(a => a.Lines > 25).ShouldBeEmpty();
    }

    [Fact]
    public void Folders_are_concepts_not_kinds()
    {
        var kinds = SourceTree.Files("src").Where(file => file.Split('/')[..^1].Any(BannedFolders.Contains));

        kinds.ShouldBeEmpty();
    }

    [Fact]
    public void Type_names_are_nouns_of_the_domain()
    {
        var vague = CompiledAssembly.Ours.SelectMany(assembly =>
            assembly.TypeNames.Where(IsVague).Select(type => $"{assembly.Name}: {type}")
        );

        vague.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("CaseManager", true)]
    [InlineData("StringUtils", true)]
    [InlineData("ActivityBase`1", true)]
    [InlineData("CaseDto", true)]
    [InlineData("Case", false)]
    [InlineData("Database", false)]
    [InlineData("<>c__CaseManager", false)]
    public void A_planted_vague_name_is_found(string type, bool vague)
    {
        IsVague(type).ShouldBe(vague);
    }

    [Fact]
    public void No_file_names_a_machine_path_or_a_package_registry()
    {
        var strays = SourceTree
            .Files()
            .Where(file => !NotText.Contains(Path.GetExtension(file)))
            .Select(file => (File: file, Stray: Strays().Match(SourceTree.Read(file))))
            .Where(found => found.Stray.Success)
            .Select(found => $"{found.File}: {found.Stray.Value}");

        strays.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("see /ho" + "me/ann/notes.txt", true)]
    [InlineData("\"/ro" + "ot/.nuget\"", true)]
    [InlineData("C:\\Use" + "rs\\ann", true)]
    [InlineData("resolved https://regis" + "try.example.org/x.tgz", true)]
    [InlineData("route /api/home/cases", false)]
    [InlineData("/usr/bin/chromium", false)]
    [InlineData("https://json.schemastore.org/global", false)]
    public void A_planted_stray_is_found(string text, bool stray)
    {
        Strays().IsMatch(text).ShouldBe(stray);
    }

    private static bool IsVague(string type) => VagueEnding().IsMatch(type);

    [GeneratedRegex(
        @"^[^<]*(Manager|Helper|Util|Base|Impl|Processor|Info|Data|Dto)s?(`\d+)?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex VagueEnding();

    // Absolute paths of somebody's machine, and hosts that serve packages: a lock file of npm may carry both.
    [GeneratedRegex(
        @"(?<![\w./~-])/(home|root|Users|work|tmp)/[\w.]|\b[A-Za-z]:\\Users\b|https?://(api\.nuget|registry|deb|pypi|npm)\.",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Strays();
}
