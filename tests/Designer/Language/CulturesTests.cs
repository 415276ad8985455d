using ServiceLoop.Designer.Language;

namespace ServiceLoop.Designer.Tests.Language;

public sealed class CulturesTests
{
    [Theory]
    [InlineData("zh", Cultures.Chinese)]
    [InlineData("zh-Hant-HK", Cultures.Chinese)]
    [InlineData("EN-us", Cultures.English)]
    [InlineData("zhx", null)]
    [InlineData("de", null)]
    [InlineData(null, null)]
    public void A_language_is_found_by_any_of_its_names(string? name, string? choice) => Cultures.Find(name).ShouldBe(choice);

    [Theory]
    [InlineData("/", true)]
    [InlineData("/admin/definitions?q=a b", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("admin", false)]
    [InlineData("//host", false)]
    [InlineData("/\\host", false)]
    [InlineData("/\t/host", false)]
    [InlineData("https://host/", false)]
    public void Only_paths_of_this_server_are_a_way_back(string? address, bool local) => CultureSwitch.IsLocal(address).ShouldBe(local);
}
