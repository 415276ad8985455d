using System.Text.RegularExpressions;
using ServiceLoop.Designer.Shell;
using ServiceLoop.Designer.Tests.Language;

namespace ServiceLoop.Designer.Tests.Shell;

public sealed partial class LookTests
{
    [Fact]
    public void The_first_picture_at_night_has_the_colours_of_the_night()
    {
        var style = File.ReadAllText(Path.Combine(TextFile.Root, "wwwroot", "serviceloop.css"));
        var night = Look.Theme.PaletteDark;
        var colours = Colour().Matches(style).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value);

        colours.Count.ShouldBeGreaterThan(10);

        foreach (var (name, value) in colours)
        {
            var property = string.Concat(name.Split('-').Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
            var colour = (MudBlazor.Utilities.MudColor)typeof(MudBlazor.PaletteDark).GetProperty(property)!.GetValue(night)!;
            colour.ToString(MudBlazor.Utilities.MudColorOutputFormats.Hex).ShouldBe(value, name);
        }
    }

    [GeneratedRegex("--mud-palette-(?<name>[a-z-]+): (?<value>#[0-9a-f]{6});", RegexOptions.ExplicitCapture)]
    private static partial Regex Colour();
}
