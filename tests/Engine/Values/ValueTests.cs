using System.Text.Json;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Tests.Values;

public sealed class ValueTests
{
    public static TheoryData<object?, Type, object?> Conversions =>
        new()
        {
            { "41", typeof(int), 41 },
            { "zz", typeof(int), 0 },
            { "2.5", typeof(int), 0 },
            { 5.5, typeof(string), "5.5" },
            { true, typeof(string), "True" },
            { 2.0, typeof(string), "2" },
            { "00:05:00", typeof(TimeSpan), TimeSpan.FromMinutes(5) },
            { "", typeof(int?), null },
            { " ", typeof(bool), false },
            { "TRUE", typeof(bool), true },
            { "waitall", typeof(Nodes.FlowJoinMode), Nodes.FlowJoinMode.WaitAll },
            { "aGk=", typeof(byte[]), "hi"u8.ToArray() },
            { "vip", typeof(string[]), new[] { "vip" } },
            { "[\"a\",\"b\"]", typeof(string[]), new[] { "a", "b" } },
            {
                new List<object?> { 1L, 2L },
                typeof(int[]),
                new[] { 1, 2 }
            },
            { 3.0, typeof(decimal), 3m },
            { 1e30, typeof(int), 0 },
            { double.NaN, typeof(int), 0 },
            { "2026-01-05T12:00:00Z", typeof(DateTimeOffset), new DateTimeOffset(2026, 1, 5, 12, 0, 0, TimeSpan.Zero) },
            { null, typeof(int), 0 },
            { null, typeof(string), null },
        };

    [Theory]
    [MemberData(nameof(Conversions))]
    public void Conversion_is_lenient_and_invariant(object? value, Type target, object? expected) =>
        ValueConverter.Convert(value, target).ShouldBe(expected);

    [Fact]
    public void Json_text_becomes_an_object_and_an_object_becomes_json_text()
    {
        var members = ValueConverter
            .Convert("{\"a\":[1,2.5,\"x\",null,true]}", typeof(Dictionary<string, object?>))
            .ShouldBeOfType<Dictionary<string, object?>>();

        ValueConverter.Text(members).ShouldBe("{\"a\":[1,2.5,\"x\",null,true]}");
    }

    public static TheoryData<object?> Storable
    {
        get
        {
            var data = new TheoryData<object?>();

            foreach (
                var value in new object?[]
                {
                    null,
                    "",
                    "text 退款",
                    true,
                    0L,
                    long.MaxValue,
                    2.0,
                    -0.1,
                    1e300,
                    double.PositiveInfinity,
                    12.30m,
                    Guid.Parse("11111111-2222-3333-4444-555555555555"),
                    new DateTimeOffset(2026, 1, 5, 12, 0, 0, TimeSpan.FromHours(8)),
                    new DateTime(2026, 1, 5, 0, 0, 0, DateTimeKind.Utc),
                    TimeSpan.FromTicks(1),
                    new byte[] { 0, 255 },
                    new List<object?> { 1L, "a", null },
                    new Dictionary<string, object?>
                    {
                        ["$type"] = "Guid",
                        ["value"] = "x",
                        ["$"] = 1.0,
                    },
                }
            )
                data.Add(value);

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Storable))]
    public void A_stored_value_comes_back_with_its_type(object? value)
    {
        using var stream = new MemoryStream();

        using (var writer = new Utf8JsonWriter(stream))
            ValueJson.WriteStored(writer, value);

        var back = ValueJson.ReadStored(JsonDocument.Parse(stream.ToArray()).RootElement);

        back.ShouldBe(value);
        back?.GetType().ShouldBe(value?.GetType());
    }

    [Fact]
    public void A_value_that_refers_to_itself_is_refused()
    {
        var list = new List<object?>();
        list.Add(list);

        Should.Throw<InvalidOperationException>(() => PlainValue.Of(list)).Message.ShouldContain("refers to itself");
    }

    [Fact]
    public void The_stimulus_hash_is_Elsas() =>
        StimulusHash.Of("Elsa.Event", new Dictionary<string, object?> { ["EventName"] = "a" }).ShouldStartWith("FEBB78FF");

    [Theory]
    [InlineData("Int32", typeof(int))]
    [InlineData("int32", typeof(int))]
    [InlineData("String[]", typeof(string[]))]
    [InlineData("List<Guid>", typeof(Guid[]))]
    [InlineData("System.String, System.Private.CoreLib", typeof(string))]
    [InlineData("System.Int32", typeof(int))]
    [InlineData("JSON", typeof(object))]
    [InlineData("Int32?", typeof(int?))]
    [InlineData("String?", typeof(string))]
    [InlineData("Int32?[]", typeof(int?[]))]
    [InlineData("System.Diagnostics.Process, System", null)]
    [InlineData("Bogus", null)]
    public void Only_known_aliases_name_types(string alias, Type? expected) => WorkflowTypes.Find(alias).ShouldBe(expected);
}
