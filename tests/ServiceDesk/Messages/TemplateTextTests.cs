using System.Text.Json;
using ServiceLoop.ServiceDesk.Messages;
using ServiceLoop.ServiceDesk.Messages.Templates;

namespace ServiceLoop.ServiceDesk.Tests.Messages;

public sealed class TemplateTextTests
{
    private static readonly Dictionary<string, object?> Values = new(StringComparer.Ordinal)
    {
        ["customer"] = new Dictionary<string, object?>(StringComparer.Ordinal) { ["name"] = "Zhang <b>San</b> & \"Co\"" },
        ["slots"] = new object?[] { "Mon", "Tue" },
        ["count"] = 3,
        ["json"] = JsonDocument.Parse("""{ "deep": [ { "x": 1.5 } ] }""").RootElement,
    };

    [Fact]
    public void Values_are_filled_in_and_the_words_of_the_template_stay() =>
        Render("Dear {{ customer.name }}, {{ for s in slots }}{{ s }} {{ end }}{{ count + 1 }} {{ json.deep[0].x }}")
            .Body.ShouldBe("Dear Zhang <b>San</b> & \"Co\", Mon Tue 4 1.5");

    [Theory]
    [InlineData(MessageFormat.Html, "<p>Zhang &lt;b&gt;San&lt;/b&gt; &amp; &quot;Co&quot;</p>")]
    [InlineData(MessageFormat.Json, "<p>Zhang \\u003Cb\\u003ESan\\u003C/b\\u003E \\u0026 \\u0022Co\\u0022</p>")]
    [InlineData(MessageFormat.Text, "<p>Zhang <b>San</b> & \"Co\"</p>")]
    public void Values_are_escaped_as_the_format_wants_and_the_template_itself_is_not(MessageFormat format, string expected) =>
        Render("<p>{{ customer.name }}</p>", format).Body.ShouldBe(expected);

    [Theory]
    [InlineData("{{ customer.name | string.upcase }}", MessageFormat.Html, "ZHANG &lt;B&gt;SAN&lt;/B&gt; &amp; &quot;CO&quot;")]
    [InlineData("{{ x = customer.name; x }}", MessageFormat.Html, "Zhang &lt;b&gt;San&lt;/b&gt; &amp; &quot;Co&quot;")]
    [InlineData("{{ capture c }}{{ customer.name }}{{ end }}{{ c }}", MessageFormat.Html, null)]
    public void No_detour_leads_around_the_escaping(string template, MessageFormat format, string? expected)
    {
        var body = Render(template, format).Body;

        body.ShouldNotContain("<b>");
        (expected ?? body).ShouldBe(body);
    }

    [Theory]
    [InlineData("{{ unknown }}", "unknown")]
    [InlineData("line one\n  {{ if }}", "Line 2")]
    [InlineData("{{ for x in 1..100000 }}x{{ end }}", "limit")]
    [InlineData("{{ func f }}{{ f }}{{ end }}{{ f }}", "")]
    [InlineData("{{ include 'secrets' }}", "")]
    [InlineData("{{ '1+1' | object.eval }}", "eval")]
    [InlineData("{{ '{{1+1}}' | object.eval_template }}", "eval_template")]
    [InlineData("{{ 'a' | string.pad_left 100000000 }}", "")]
    public void What_is_wrong_or_would_never_end_is_refused_with_a_reason(string template, string part)
    {
        var refusal = Should.Throw<DeskRefusedException>(() => Render(template));

        refusal.Kind.ShouldBe(DeskRefusal.Invalid);
        refusal.Fields.Keys.ShouldBe(["body"]);
        refusal.Message.ShouldContain(part);
    }

    [Fact]
    public void A_value_that_looks_like_a_template_is_only_a_text()
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal) { ["said"] = "{{ 1 + 1 }} {% include 'x' %} ${7*7}" };

        TemplateText.Render(Of("{{ said }}", MessageFormat.Text), values).Body.ShouldBe("{{ 1 + 1 }} {% include 'x' %} ${7*7}");
    }

    [Fact]
    public void A_pattern_that_would_take_for_ever_is_given_up() =>
        Should.Throw<DeskRefusedException>(() => Render("{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' | regex.match '^(a+)+$' }}"));

    [Theory]
    [InlineData("zh-Hans-CN", "zh-Hans")]
    [InlineData("zh-TW", "zh-Hans")]
    [InlineData("en-GB", "en")]
    [InlineData("fr", "en")]
    [InlineData(null, "en")]
    public void The_nearest_language_is_taken(string? wanted, string expected) =>
        MessageTemplates
            .Nearest([Of("x", language: "de"), Of("x", language: "zh-Hans"), Of("x", language: "en")], wanted)!
            .Language.ShouldBe(expected);

    [Fact]
    public void Where_there_is_nothing_near_any_language_is_better_than_silence() =>
        MessageTemplates.Nearest([Of("x", language: "de")], "fr")!.Language.ShouldBe("de");

    private static RenderedText Render(string body, MessageFormat format = MessageFormat.Text) =>
        TemplateText.Render(Of(body, format), Values);

    private static MessageTemplate Of(string body, MessageFormat format = MessageFormat.Text, string language = "en") =>
        new("t", MessageChannel.Email, language, 1, format, null, body, null, "ann", default, null);
}
