using ServiceLoop.Engine.Expressions;

namespace ServiceLoop.Scripting.Tests;

public sealed class LiquidTests
{
    private const string Doubling = "{% assign x = 'aaaaaaaaaa' %}";

    [Theory]
    [InlineData("Hello {{ Variables.Name }}!", "Hello Ann!")]
    [InlineData("{{ variables.name }} {{ VARIABLES.NAME }} {{ Variables['Name'] }}", "Ann Ann Ann")]
    [InlineData("{{ Variables.Count }} {{ Variables.Price }} {{ Variables.Two }} {{ Variables.Money }}", "5 5.5 2 2.50")]
    [InlineData("{{ Variables.Yes }} {{ Variables.No }} {{ true }} {{ nil }}", "true false true ")]
    [InlineData("{{ Variables.At }}", "2026-03-01 08:15:00Z")]
    [InlineData("{{ Variables.Id }} {{ Variables.Span }} {{ Variables.Bytes }}", "00000000-0000-0000-0000-000000000000 01:30:00 AQI=")]
    [InlineData("{{ Variables.Order.customer.name }} {{ variables.order.Customer.Name }}", "Bea Bea")]
    [InlineData("{{ Variables.Order.items[1].sku }} {{ Variables.Order.items.size }}", "b 2")]
    [InlineData("{{ Variables.Order.items.first.sku }}{{ Variables.Order.items.last.sku }}", "ab")]
    [InlineData("{{ Variables.Order }}", """{"customer":{"name":"Bea"},"items":[{"sku":"a","n":2},{"sku":"b","n":1}]}""")]
    [InlineData("{{ Variables.Tags }}", "xyz")]
    [InlineData("{{ Input.Amount }} {{ input.amount | plus: 1 }}", "12.5 13.5")]
    [InlineData("{{ CorrelationId }} {{ WorkflowInstanceId }}", "case-7 instance-1")]
    [InlineData(
        "{{ WorkflowDefinitionId }} {{ WorkflowDefinitionVersion }} {{ WorkflowDefinitionVersionId }}",
        "definition-1 3 definition-1:3"
    )]
    [InlineData(
        "[{{ nothing }}{{ nothing.at.all }}{{ Variables.nobody }}{{ Variables.nobody.x }}{{ Input.none }}{{ Configuration.x }}]",
        "[]"
    )]
    [InlineData("{{ Variables.At.Year }}{{ Variables.Name.Length }}{{ Variables.Name.Chars }}", "")]
    public void Globals_render(string template, string expected)
    {
        Scripts.Render(template, Scope()).ShouldBe(expected);
    }

    [Theory]
    [InlineData("{% if Variables.Count > 3 and Variables.Yes %}a{% elsif Variables.Count == 3 %}b{% else %}c{% endif %}", "a")]
    [InlineData("{% unless Variables.No %}a{% endunless %}", "a")]
    [InlineData("{% if nothing == nil %}a{% endif %}{% if Variables.Name contains 'n' %}b{% endif %}", "ab")]
    [InlineData("{% if Variables.Tags contains 'y' %}a{% endif %}", "a")]
    [InlineData("{% if Variables.Zero %}a{% endif %}{% if '' %}b{% endif %}", "ab")]
    [InlineData("{% case Variables.Count %}{% when 4 %}four{% when 5 %}five{% else %}other{% endcase %}", "five")]
    [InlineData(
        "{% for t in Variables.Tags %}{{ forloop.index }}:{{ t }}{% unless forloop.last %},{% endunless %}{% endfor %}",
        "1:x,2:y,3:z"
    )]
    [InlineData("{% for i in (1..3) %}{{ i }}{% endfor %}", "123")]
    [InlineData("{% for t in nothing %}a{% else %}none{% endfor %}", "none")]
    [InlineData("{% for t in Variables.Tags %}{% if t == 'y' %}{% break %}{% endif %}{{ t }}{% endfor %}", "x")]
    [InlineData("{% assign x = 5 | plus: 3 | times: 2 %}{{ x }}", "16")]
    [InlineData("{% capture c %}a{{ Variables.Count }}{% endcapture %}{{ c }}{{ c }}", "a5a5")]
    [InlineData("{% raw %}{{ x }}{% endraw %}{% comment %}no{% endcomment %}", "{{ x }}")]
    [InlineData("a\n{%- if true -%}\n b \n{%- endif -%}\n c", "abc")]
    [InlineData("{% for t in empty %}a{% else %}none{% endfor %}", "none")]
    [InlineData("{% for t in (1..3) %}{% cycle 'a', 'b' %}{% cycle 'g': 'c', 'd' %}{% endfor %}", "acbdac")]
    public void Tags_work(string template, string expected)
    {
        Scripts.Render(template, Scope()).ShouldBe(expected);
    }

    [Theory]
    [InlineData("{{ 'now' | date: '%Y-%m-%d %H:%M' }}", "2026-03-01 09:30")]
    [InlineData("{{ \"now\" | date: \"%Y\" }}", "2026")]
    [InlineData("{{ Variables.At | date: '%a, %-d %b %y %l:%M %p' }}", "Sun, 1 Mar 26 10:15 AM")]
    [InlineData("{{ '2024-05-06' | date: '%A %j %e %U %V %F %T %% %q' }}", "Monday 127  6 18 19 2024-05-06 00:00:00 % %q")]
    [InlineData("{{ 'soon' | date: '%Y' }}", "soon")]
    [InlineData("{{ Variables.At | format_date: 'dd.MM.yyyy' }}", "01.03.2026")]
    [InlineData("{{ 'abc' | base64 }} {{ 'YWJj' | base64_decode }}", "YWJj abc")]
    [InlineData("{{ Variables.Order | keys | join: ',' }}", "customer,items")]
    [InlineData("{{ Variables.Order.items | json }}", """[{"sku":"a","n":2},{"sku":"b","n":1}]""")]
    [InlineData("{{ 'abc' | upcase }}{{ 'ABC' | downcase }}{{ 'abc' | capitalize }}", "ABCabcAbc")]
    [InlineData("{{ 'abc' | append: 'd' | prepend: '0' | size }}", "5")]
    [InlineData("{{ ' a ' | strip }}|{{ ' a ' | lstrip }}|{{ ' a ' | rstrip }}", "a|a | a")]
    [InlineData(
        "{{ 'aXbX' | replace: 'X', '-' }} {{ 'aXbX' | replace_first: 'X', '-' }} {{ 'aXbX' | remove: 'X' }} {{ 'aXbX' | remove_first: 'X' }}",
        "a-b- a-bX ab abX"
    )]
    [InlineData(
        "{{ '<b> & \"c\"' | escape }} {{ '&lt;b>' | escape_once }} {{ '<p>a</p>' | strip_html }}",
        "&lt;b&gt; &amp; &quot;c&quot; &lt;b&gt; a"
    )]
    [InlineData("{{ 'a b&c' | url_encode }} {{ 'a+b%26c' | url_decode }}", "a+b%26c a b&c")]
    [InlineData("{{ 'a,b,,' | split: ',' | size }} {{ 'abc' | split: '' | join: '-' }}", "2 a-b-c")]
    [InlineData(
        "{{ 'abcdefghij' | truncate: 6 }} {{ 'a b c' | truncatewords: 2 }} {{ 'abc' | slice: 1, 5 }} {{ 'abc' | slice: -2 }}",
        "abc... a b... bc b"
    )]
    [InlineData(
        "{{ 5 | plus: -1 }} {{ 5 | plus: -1.5 | plus:-1 }} {{ 'abcdef' | slice: -4, 2 }} {{ ', -1' }} , -1 {% raw %}{{ a: -1 }}{% endraw %}",
        "4 2.5 cd , -1 , -1 {{ a: -1 }}"
    )]
    [InlineData("{{ nothing | default: 'd' }} {{ '' | default: 'd' }} {{ 0 | default: 'd' }} {{ false | default: 'd' }}", "d d 0 d")]
    [InlineData(
        "{{ 7 | divided_by: 2 }} {{ 7.0 | divided_by: 2 }} {{ 7 | modulo: 4 }} {{ 5 | times: 2.5 }} {{ 3 | minus: 5 }}",
        "3 3.5 3 12.5 -2"
    )]
    [InlineData(
        "{{ 4.6 | round }} {{ 4.567 | round: 2 }} {{ 4.2 | ceil }} {{ 4.8 | floor }} {{ -4 | abs }} {{ 3 | at_least: 5 }} {{ 3 | at_most: 2 }}",
        "5 4.57 5 4 4 5 2"
    )]
    [InlineData("{{ '5' | plus: '2.5' }} {{ 'x' | plus: 1 }} {{ Variables.Two | plus: 1 }}", "7.5 1 3")]
    [InlineData(
        "{{ Variables.Tags | reverse | join }} {{ Variables.Tags | first }}{{ Variables.Tags | last }} {{ Variables.Tags | size }}",
        "z y x xz 3"
    )]
    [InlineData(
        "{{ 'b,a,B,a' | split: ',' | sort | join }} {{ 'b,a,B' | split: ',' | sort_natural | join }} {{ 'b,a,a' | split: ',' | uniq | join }}",
        "B a a b a b B b a"
    )]
    [InlineData(
        "{{ Variables.Order.items | map: 'sku' | join: ',' }} {{ Variables.Order.items | sort: 'n' | map: 'sku' | join }}",
        "a,b b a"
    )]
    [InlineData("{{ Variables.Order.items | where: 'sku', 'b' | size }} {{ Variables.Tags | concat: Variables.Tags | size }}", "1 6")]
    public void Filters_work(string template, string expected)
    {
        Scripts.Render(template, Scope()).ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    public void A_blank_template_is_no_text(string template)
    {
        Scripts.Render(template).ShouldBeNull();
    }

    [Theory]
    [InlineData("{% if %}a{% endif %}", 1)]
    [InlineData("a\n{% endfor %}", 2)]
    [InlineData("{{ Variables.Name", 1)]
    [InlineData("{% for x in y %}", 1)]
    [InlineData("a\nb {{ 'x' | nofilter }}", 2)]
    [InlineData("{% if 'x' | regex.match: 'y' %}{% endif %}", 1)]
    public void A_template_that_does_not_parse_is_refused(string template, int line)
    {
        var error = Should.Throw<ExpressionException>(() => Scripts.Liquid.Compile(template));

        error.Line.ShouldBeInRange(line, line);
        error.Message.ShouldNotBeNullOrWhiteSpace();
    }

    [Theory]
    [InlineData("{% include 'x' %}")]
    [InlineData("{% include '/etc/passwd' %}")]
    [InlineData("{% render 'x' %}")]
    [InlineData("{{ date.now }}x{% date.now %}{% include x %}")]
    [InlineData("{% eval '1' %}")]
    public void There_are_no_includes(string template)
    {
        Should.Throw<ExpressionException>(() => Scripts.Render(template));
    }

    [Theory]
    [InlineData("{{ date.now }}{{ math.random 1 5 }}{{ object.eval '1' }}{{ regex.match 'a' 'a' }}")]
    public void The_functions_of_the_template_engine_itself_are_out_of_reach(string template)
    {
        try
        {
            Scripts.Render(template).ShouldBe("");
        }
        catch (ExpressionException)
        {
            // Refusing it is as good.
        }
    }

    [Theory]
    [InlineData("{% for i in (1..1000000000) %}x{% endfor %}", "100000 turns")]
    [InlineData("{% for i in (1..1000) %}{% for j in (1..1000) %}{% endfor %}{% endfor %}", "100000 turns")]
    [InlineData("{{ (1..1000000000) | join: '' }}", "100000 turns")]
    [InlineData(Doubling + "{% for i in (1..40) %}{% assign x = x | append: x %}{% endfor %}", "4194304 characters")]
    [InlineData(Doubling + "{% for i in (1..40) %}{% capture x %}{{ x }}{{ x }}{% endcapture %}{% endfor %}", "4194304 characters")]
    [InlineData(Doubling + "{% for i in (1..40) %}{% assign x = x | replace: 'a', x %}{% endfor %}", "4194304 characters")]
    [InlineData("{% assign a = 'a,b' | split: ',' %}{% for i in (1..40) %}{% assign a = a | concat: a %}{% endfor %}", "1000000 elements")]
    [InlineData(
        "{% for i in (1..90000) %}{{ 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' }}{% endfor %}",
        "4194304 characters"
    )]
    [InlineData("{{ 1 | divided_by: 0 }}", "divides by zero")]
    [InlineData("{% assign x = 10 %}{% for i in (1..100) %}{% assign x = x | times: x %}{% endfor %}", "too big")]
    public void A_runaway_template_ends_in_an_error_that_says_why(string template, string message)
    {
        var failure = Scripts.Watch(() => Scripts.Render(template));

        failure.ShouldBeOfType<ExpressionException>(template).Message.ShouldContain(message);
    }

    [Fact]
    public void A_template_that_takes_too_long_is_stopped()
    {
        var language = new LiquidLanguage(new() { Timeout = TimeSpan.FromMilliseconds(300) });
        var template =
            "{% assign x = 'a' %}{% for i in (1..20) %}{% assign x = x | append: x %}{% endfor %}{% for i in (1..90000) %}{% assign y = x | upcase %}{% endfor %}";

        var failure = Scripts.Watch(() => language.Compile(template).Evaluate(new FakeScope()));

        failure.ShouldBeOfType<ExpressionException>().Message.ShouldContain("longer than 0.3 s");
    }

    [Theory]
    [InlineData("{{ ((((", 20_000)]
    [InlineData("{% if a %}", 20_000)]
    [InlineData("{{ a | append: ", 20_000)]
    [InlineData("[", 20_000)]
    public void A_template_that_nests_without_end_does_not_crash(string part, int times)
    {
        var failure = Scripts.Watch(() => Scripts.Liquid.Compile(string.Concat(Enumerable.Repeat(part, times))));

        (failure is null or ExpressionException).ShouldBeTrue(failure?.ToString());
    }

    [Fact]
    public void Templates_cannot_change_variables()
    {
        var scope = Scope();

        Should.Throw<ExpressionException>(() => Scripts.Render("{{ Variables.Name = 'x' }}", scope));

        scope.Writes.ShouldBeEmpty();
        Scripts.Render("{% assign Name = 'x' %}{{ Name }}{{ Variables.Name }}", scope).ShouldBe("xAnn");
    }

    [Fact]
    public void Many_threads_can_share_an_evaluator()
    {
        var evaluator = Scripts.Liquid.Compile("{% for i in (1..5) %}{{ Variables.N | plus: i }},{% endfor %}");

        Parallel.For(
            0L,
            200L,
            n =>
                evaluator
                    .Evaluate(new FakeScope { Variables = { ["N"] = n } })
                    .ShouldBe(string.Concat(Enumerable.Range(1, 5).Select(i => $"{n + i},")))
        );
    }

    private static FakeScope Scope() =>
        new()
        {
            Variables =
            {
                ["Name"] = "Ann",
                ["Count"] = 5L,
                ["Price"] = 5.5,
                ["Two"] = 2.0,
                ["Zero"] = 0L,
                ["Money"] = 2.50m,
                ["Yes"] = true,
                ["No"] = false,
                ["At"] = new DateTimeOffset(2026, 3, 1, 10, 15, 0, TimeSpan.FromHours(2)),
                ["Id"] = Guid.Empty,
                ["Span"] = TimeSpan.FromMinutes(90),
                ["Bytes"] = new byte[] { 1, 2 },
                ["Tags"] = new List<object?> { "x", "y", "z" },
                ["Order"] = new Dictionary<string, object?>
                {
                    ["customer"] = new Dictionary<string, object?> { ["name"] = "Bea" },
                    ["items"] = new List<object?>
                    {
                        new Dictionary<string, object?> { ["sku"] = "a", ["n"] = 2L },
                        new Dictionary<string, object?> { ["sku"] = "b", ["n"] = 1L },
                    },
                },
            },
            Inputs = { ["Amount"] = 12.5 },
        };
}
