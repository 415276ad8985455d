using ServiceLoop.Designer.Values;

namespace ServiceLoop.Designer.Tests.Values;

public sealed class ValueTextTests
{
    [Theory]
    [InlineData("String", false, ValueKind.Text)]
    [InlineData("Boolean", false, ValueKind.Flag)]
    [InlineData("Int32", false, ValueKind.Whole)]
    [InlineData("Int64?", false, ValueKind.Whole)]
    [InlineData("Decimal", false, ValueKind.Number)]
    [InlineData("DateTimeOffset", false, ValueKind.Literal)]
    [InlineData("Object", false, ValueKind.Json)]
    [InlineData("String", true, ValueKind.Json)]
    [InlineData("Nonsense", false, ValueKind.Json)]
    [InlineData(null, false, ValueKind.Json)]
    public void A_type_has_its_way_of_entering(string? typeName, bool isArray, ValueKind kind) =>
        ValueKinds.Of(typeName, isArray).ShouldBe(kind);

    [Theory]
    [InlineData(" two words ", "String", " two words ")]
    [InlineData("true", "Boolean", true)]
    [InlineData(" 42 ", "Int32", 42L)]
    [InlineData("-7", "Int64", -7L)]
    [InlineData("\"text\"", "Object", "text")]
    [InlineData("", "String", null)]
    [InlineData("   ", "Int32", null)]
    [InlineData("null", "Object", null)]
    public void What_is_right_is_read(string text, string typeName, object? value)
    {
        var reading = ValueText.Read(text, typeName, isArray: false);

        reading.Flaw.ShouldBeNull();
        reading.Value.ShouldBe(value);
    }

    [Fact]
    public void Money_keeps_its_cents() => ValueText.Read("199.50", "Decimal", isArray: false).Value.ShouldBe(199.50m);

    [Fact]
    public void A_moment_is_read_with_its_offset() =>
        ValueText
            .Read("2026-11-27T09:30:00+08:00", "DateTimeOffset", isArray: false)
            .Value.ShouldBe(new DateTimeOffset(2026, 11, 27, 9, 30, 0, TimeSpan.FromHours(8)));

    [Fact]
    public void An_object_is_read_as_plain_values()
    {
        var value = ValueText.Read("""{ "a": [1, "b"] }""", "Object", isArray: false).Value;

        value
            .ShouldBeAssignableTo<IReadOnlyDictionary<string, object?>>()!["a"]
            .ShouldBeAssignableTo<IEnumerable<object?>>()
            .ShouldBe([1L, "b"]);
    }

    [Theory]
    [InlineData("yes", "Boolean", false, ValueFlaw.NoFlag)]
    [InlineData("4.5", "Int32", false, ValueFlaw.NoWhole)]
    [InlineData("1,5", "Decimal", false, ValueFlaw.NoNumber)]
    [InlineData("3000000000", "Int32", false, ValueFlaw.TooLarge)]
    [InlineData("soon", "DateTimeOffset", false, ValueFlaw.NoLiteral)]
    [InlineData("not-a-guid", "Guid", false, ValueFlaw.NoLiteral)]
    [InlineData("{ \"a\": }", "Object", false, ValueFlaw.NoJson)]
    [InlineData("[1] [2]", "Object", false, ValueFlaw.NoJson)]
    [InlineData("{}", "String", true, ValueFlaw.NoList)]
    public void What_is_wrong_is_told(string text, string typeName, bool isArray, ValueFlaw flaw)
    {
        var reading = ValueText.Read(text, typeName, isArray);

        reading.Flaw.ShouldBe(flaw);
        reading.Value.ShouldBeNull();
    }

    [Fact]
    public void Broken_JSON_is_told_with_its_place()
    {
        var reading = ValueText.Read("{\n  \"a\": x\n}", "Object", isArray: false);

        (reading.Line, reading.Position).ShouldBe((2, 8));
    }

    [Theory]
    [InlineData("String", "a \"b\" 张")]
    [InlineData("Boolean", "true")]
    [InlineData("Int64", "42")]
    [InlineData("Decimal", "199.50")]
    [InlineData("Guid", "0f8fad5b-d9cb-469f-a165-70867728950e")]
    [InlineData("TimeSpan", "1.02:30:00")]
    [InlineData("Object", "{\n  \"a\": [\n    1,\n    \"张\"\n  ]\n}")]
    public void What_was_read_is_written_as_it_was_typed(string typeName, string text)
    {
        var value = ValueText.Read(text, typeName, isArray: false).Value;

        ValueText.Write(value, ValueKinds.Of(typeName, isArray: false)).ShouldBe(text);
    }
}
