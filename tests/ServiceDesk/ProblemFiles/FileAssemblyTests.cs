using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.ServiceDesk.ProblemFiles;

namespace ServiceLoop.ServiceDesk.Tests.ProblemFiles;

public sealed class FileAssemblyTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a")]
    public void A_long_text_is_cut_between_characters(string end)
    {
        var contact = new Interaction
        {
            Id = "i",
            Channel = "web",
            ExternalId = "e",
            Body = string.Concat(Enumerable.Repeat("😀", 15_000)) + end,
        };

        var text = FileAssembly.TextOf([contact]);

        text.Length.ShouldBeInRange(19_999, 20_000);
        TextRules.Optional(text, "text", 20_000).ShouldBe(text);
    }
}
