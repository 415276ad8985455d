using ServiceLoop.ServiceDesk.Tasks;

namespace ServiceLoop.ServiceDesk.Tests.Tasks;

public sealed class FormSchemaTests
{
    private const string Refund = """
        {
          "type": "object",
          "required": ["amount", "reason"],
          "additionalProperties": false,
          "properties": {
            "amount": { "type": "number", "minimum": 0.01, "maximum": 500 },
            "reason": { "type": "string", "enum": ["late", "broken"] },
            "iban": { "type": "string", "pattern": "^[A-Z]{2}[0-9]{2}[A-Z0-9]{4,30}$" },
            "note": { "type": "string", "maxLength": 10 },
            "day": { "type": "string", "format": "date" },
            "mail": { "type": "string", "format": "email" },
            "lines": { "type": "array", "maxItems": 2, "items": { "$ref": "#/definitions/line" } }
          },
          "definitions": { "line": { "type": "object", "required": ["sku"], "properties": { "sku": { "type": "string", "minLength": 3 } } } }
        }
        """;

    private readonly FormSchemas forms = new();

    [Fact]
    public void A_right_answer_passes() =>
        forms
            .Check(
                Refund,
                """{"amount": 12.5, "reason": "late", "iban": "DE89370400440532013000", "day": "2026-03-04", "mail": "a@b.example", "lines": [{"sku": "abc"}]}"""
            )
            .ShouldBeEmpty();

    [Theory]
    [InlineData("""{"amount": 1}""", "reason", "answer.required")]
    [InlineData("""{"amount": "1", "reason": "late"}""", "amount", "answer.type")]
    [InlineData("""{"amount": 0, "reason": "late"}""", "amount", "answer.too-small")]
    [InlineData("""{"amount": 501, "reason": "late"}""", "amount", "answer.too-big")]
    [InlineData("""{"amount": 1, "reason": "because"}""", "reason", "answer.choice")]
    [InlineData("""{"amount": 1, "reason": "late", "iban": "x"}""", "iban", "answer.pattern")]
    [InlineData("""{"amount": 1, "reason": "late", "note": "much too long"}""", "note", "answer.too-long")]
    [InlineData("""{"amount": 1, "reason": "late", "day": "soon"}""", "day", "answer.format")]
    [InlineData("""{"amount": 1, "reason": "late", "mail": "nobody"}""", "mail", "answer.format")]
    [InlineData("""{"amount": 1, "reason": "late", "admin": true}""", "admin", "answer.unknown-field")]
    [InlineData("""{"amount": 1, "reason": "late", "lines": [{"sku": "abc"}, {"sku": "x"}]}""", "lines[1].sku", "answer.too-short")]
    [InlineData("""{"amount": 1, "reason": "late", "lines": [{}, {}, {}]}""", "lines", "answer.too-many")]
    [InlineData("""{"amount": 1, "reason": "late", "lines": [{}]}""", "lines[0].sku", "answer.required")]
    [InlineData("[1]", "", "answer.not-an-object")]
    [InlineData("{", "", "answer.malformed")]
    [InlineData("""{"amount": 1, "reason": "la\u0000te"}""", "", "answer.nul")]
    public void A_wrong_answer_is_told_field_by_field(string answer, string field, string code) =>
        forms.Check(Refund, answer).ShouldContain(e => e.Field == field && e.Code == code);

    [Fact]
    public void All_errors_are_told_at_once() =>
        forms
            .Check(Refund, """{"amount": 501, "note": "much too long"}""")
            .Select(e => e.Field)
            .ShouldBe(["amount", "note", "reason"], true);

    [Theory]
    [InlineData("""{"type": "object", "properties": {"a": {"$ref": "http://127.0.0.1:1/schema.json"}}}""", "form.reference")]
    [InlineData("""{"type": "object", "properties": {"a": {"$ref": "file:///etc/passwd"}}}""", "form.reference")]
    [InlineData("""{"type": "object", "properties": {"a": {"$ref": "other.json#/a"}}}""", "form.reference")]
    [InlineData("""{"type": "object", "if": {}, "then": {}}""", "form.keyword")]
    [InlineData("""{"type": "object", "patternProperties": {"^a": {}}}""", "form.keyword")]
    [InlineData("""{"type": "object", "properties": {"a": {"type": "string", "pattern": "(a)\\1"}}}""", "form.pattern")]
    [InlineData("""{"type": "object", "properties": {"a": {"type": "string", "pattern": "("}}}""", "form.pattern")]
    [InlineData("""{"type": "text"}""", "form.type")]
    [InlineData("""{"type": "object", "properties": {"a": {"format": "iban"}}}""", "form.format")]
    [InlineData("""{"type": "object", "properties": []}""", "form.not-an-object")]
    [InlineData("""{"type": "object", "allOf": {}}""", "form.not-a-list")]
    [InlineData("[]", "form.not-an-object")]
    [InlineData("{", "form.malformed")]
    [InlineData("""{"a": 1, "a": 2}""", "form.malformed")]
    public void A_schema_that_cannot_be_kept_to_is_refused(string schema, string code) =>
        FormRules.Check(schema).ShouldContain(e => e.Code == code);

    [Fact]
    public void A_schema_that_is_too_long_or_too_deep_is_refused()
    {
        FormRules
            .Check($$"""{"title": "{{new string('x', FormRules.MaxSchemaBytes)}}"}""")
            .ShouldHaveSingleItem()
            .Code.ShouldBe("form.too-long");

        var deep = string.Concat(Enumerable.Repeat("""{"not":""", 45)) + "{}" + new string('}', 45);
        FormRules.Check(deep).ShouldContain(e => e.Code == "form.too-large" || e.Code == "form.malformed");
    }

    [Theory]
    [InlineData("""{"$ref": "#/definitions/x", "definitions": {"x": {"$ref": "#/definitions/x"}}}""", "form.cycle")]
    [InlineData("""{"$ref": "#/definitions/x", "definitions": {"x": {"allOf": [{"$ref": "#/definitions/x"}]}}}""", "form.cycle")]
    [InlineData(
        """{"$ref": "#/definitions/x", "definitions": {"x": {"properties": {"a": {"anyOf": [{"$ref": "#/definitions/y"}]}}}, "y": {"items": {"$ref": "#/definitions/x"}}}}""",
        "form.cycle"
    )]
    [InlineData("""{"$ref": "#/definitions/y", "definitions": {"x": {}}}""", "form.unresolved")]
    public void A_schema_that_refers_to_itself_or_to_nothing_is_refused(string schema, string code) =>
        forms.Check(schema, "{}").ShouldHaveSingleItem().Code.ShouldBe(code);

    [Fact]
    public void A_schema_that_grows_by_its_references_is_refused()
    {
        var layers = Enumerable
            .Range(0, 30)
            .Select(i => $$"""  "l{{i}}": {"allOf": [{"$ref": "#/definitions/l{{i + 1}}"}, {"$ref": "#/definitions/l{{i + 1}}"}]}""")
            .Append("""  "l30": {"type": "object"}""");

        FormRules
            .Check($$"""{"$ref": "#/definitions/l0", "definitions": { {{string.Join(",", layers)}} } }""")
            .ShouldHaveSingleItem()
            .Code.ShouldBe("form.too-large");
    }

    [Fact]
    public void A_pattern_that_would_run_for_ever_answers_at_once()
    {
        const string Evil = """{"type": "object", "properties": {"a": {"type": "string", "pattern": "^(a+)+$"}}}""";

        forms.Check(Evil, $$"""{"a": "{{new string('a', 50_000)}}!"}""").ShouldHaveSingleItem().Code.ShouldBe("answer.pattern");
    }

    [Fact]
    public void Code_in_an_answer_stays_text()
    {
        const string Note = """{"type": "object", "properties": {"note": {"type": "string"}}}""";

        forms.Check(Note, """{"note": "'; drop table task; -- {{ 7*7 }} <script>alert(1)</script> ${1+1}"}""").ShouldBeEmpty();
    }

    [Fact]
    public void No_more_forms_are_kept_than_allowed()
    {
        for (var i = 0; i < FormSchemas.Most + 20; i++)
            forms.Check($$"""{"type": "object", "title": "{{i}}"}""", "{}").ShouldBeEmpty();

        forms.Count.ShouldBe(FormSchemas.Most);
        forms.Check("""{"type": "object", "title": "0"}""", "{}").ShouldBeEmpty();
    }
}
