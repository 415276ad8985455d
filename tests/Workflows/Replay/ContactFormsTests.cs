using System.Text.Json;
using ServiceLoop.ServiceDesk.Intake;
using ServiceLoop.Workflows.Replay;

namespace ServiceLoop.Workflows.Tests.Replay;

public sealed class ContactFormsTests
{
    [Fact]
    public void Every_channel_of_the_product_has_its_share_and_its_form()
    {
        ContactForms.Mix.Select(m => m.Channel).Order().ShouldBe(IntakeDesk.Channels.Order());

        foreach (var (channel, weight) in ContactForms.Mix)
        {
            weight.ShouldBeGreaterThan(0);
            var form = JsonSerializer.SerializeToElement(ContactForms.Of(Case(channel), 1, "Where is my card?", new Chance(1)));
            form.ToString().ShouldContain("Where is my card?");
        }
    }

    [Theory]
    [InlineData("email", "references")]
    [InlineData("chat", "sessionId")]
    [InlineData("social", "threadId")]
    [InlineData("phone", "from")]
    [InlineData("web", "email")]
    [InlineData("app", "userId")]
    public void A_further_contact_tells_whose_case_it_is_about(string channel, string by)
    {
        var first = JsonSerializer.SerializeToElement(ContactForms.Of(Case(channel), 1, "Where is my card?", new Chance(1)));
        var second = JsonSerializer.SerializeToElement(ContactForms.Of(Case(channel), 2, "Any news about this?", new Chance(1)));

        if (by == "references")
            second.GetProperty(by)[0].GetString().ShouldBe(first.GetProperty("messageId").GetString());
        else
            second.GetProperty(by).GetString().ShouldBe(first.GetProperty(by).GetString());
    }

    private static ScriptedCase Case(string channel) =>
        new(
            new LoggedCase("7", [new(1, DateTimeOffset.UnixEpoch)]),
            new("Where is my card?", "card_arrival"),
            "customer-7@example.com",
            channel
        );
}
