using System.Text.RegularExpressions;
using ServiceLoop.Designer.Admin.People;
using ServiceLoop.Designer.Tests.Language;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Designer.Tests.Admin.People;

/// <summary>Texts that stand under names of another assembly.</summary>
public sealed partial class PeopleTextsTests
{
    [Fact]
    public void Every_permission_has_its_text() =>
        TextFile.English("Admin/People/PermissionTexts").Keys.ShouldBe(Permissions.All, ignoreOrder: true);

    [Fact]
    public void Every_role_of_the_product_has_its_title() =>
        BuiltInRoles.All.Select(r => $"Role-{r.Key}").ShouldBeSubsetOf(TextFile.English("Admin/People/PeopleTexts").Keys);

    [Fact]
    public void Everything_that_the_services_of_people_refuse_has_its_text_and_nothing_else_has()
    {
        var sources = Path.Combine(TextFile.Root, "..", "Identity");
        var codes = Directory
            .EnumerateFiles(sources, "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => Code().Matches(File.ReadAllText(f)))
            .Select(m => m.Groups["code"].Value)
            .Distinct(StringComparer.Ordinal)
            .ToList();

        var texts = TextFile.English("Lists/IdentityTexts").Keys;

        codes.Count.ShouldBeGreaterThan(20);
        codes.Except(texts).ShouldBeEmpty("refused without a text");
        texts.Except(codes).ShouldBeEmpty("texts for what nobody refuses");
    }

    [Theory]
    [InlineData(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
        "Edge · Windows"
    )]
    [InlineData(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1",
        "Safari · iPhone"
    )]
    [InlineData("curl/8.5.0", "curl/8.5.0")]
    [InlineData(" ", null)]
    [InlineData(null, null)]
    public void Browsers_are_called_by_short_names(string? agent, string? name) => AgentNames.Of(agent).ShouldBe(name);

    // Behind one of the four refusals, or as the code that a check hands on to one.
    [GeneratedRegex(
        @"""(?<code>(person|role|key|session|password|factor)\.(?!create|change""|delete|disable|enable|lock""|unlock""|reset-password|second-factor|revoke|insert|update|list|begin|end|sign-)[a-z-]+)""",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex Code();
}
