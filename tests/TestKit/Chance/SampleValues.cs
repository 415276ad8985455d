using System.Globalization;

namespace ServiceLoop.TestKit.Chance;

/// <summary>Values of every kind that state may hold, odd ones among them.</summary>
public static class SampleValues
{
    private static readonly DateTimeOffset Moment = new(2026, 3, 29, 1, 59, 59, 123, TimeSpan.FromHours(2));

    private static readonly Func<object?>[] Makers =
    [
        () => null,
        () => true,
        () => false,
        () => 0L,
        () => 7L,
        () => -1L,
        () => long.MaxValue,
        () => 42,
        () => (short)3,
        () => (byte)9,
        () => 2.0,
        () => 0.1,
        () => -0.0,
        () => double.NaN,
        () => double.PositiveInfinity,
        () => 1e300,
        () => 123456789012345680.0,
        () => 1.5f,
        () => 12.50m,
        () => decimal.MaxValue,
        () => "",
        () => "plain",
        () => " 17 ",
        () => "3.5",
        () => "true",
        () => "00:05:00",
        () => "2026-07-01T08:00:00Z",
        () => "Grüße 👋 \"quoted\" \\ \u0001 </script>",
        () => "[1,2,3]",
        () => """{"a":{"b":[1,2.0,null]},"$type":"Guid"}""",
        () => new Guid("0f8fad5b-d9cb-469f-a165-70867728950e"),
        () => Moment,
        () => Moment.ToUniversalTime(),
        () => new DateTime(2026, 3, 29, 2, 30, 0, DateTimeKind.Unspecified),
        () => new DateTime(2026, 3, 29, 2, 30, 0, DateTimeKind.Utc),
        () => TimeSpan.FromMinutes(90) + TimeSpan.FromTicks(1),
        () => new byte[] { 1, 2, 255 },
        () => new List<object?>(),
        () =>
            new List<object?>
            {
                1L,
                "two",
                3.0,
                null,
                new List<object?> { true },
            },
        () => new[] { "a", "b" },
        () => new[] { 1, 2, 3 },
        () => new Dictionary<string, object?>(StringComparer.Ordinal),
        () =>
            new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["A"] = 1L,
                ["a"] = 2.5m,
                ["$type"] = "Guid",
                ["value"] = new List<object?> { Moment, TimeSpan.Zero },
            },
        () =>
            new
            {
                Name = "anonymous",
                Count = 3,
                Inner = new { At = Moment },
            },
        () => DayOfWeek.Friday,
        () => 'x',
        () => new Uri("https://example.com/a?b=c"),
        () => new Version(1, 2, 3),
    ];

    public static int Count => Makers.Length;

    /// <summary>A fresh copy of a value.</summary>
    public static object? At(int index) => Makers[index % Makers.Length]();

    public static object? Any(Dice dice) => At(dice.Below(Count));

    /// <summary>What may come with a stimulus.</summary>
    public static Dictionary<string, object?> Bag(Dice dice, params IReadOnlyList<string> names)
    {
        var bag = new Dictionary<string, object?>(StringComparer.Ordinal);

        for (var i = dice.Below(4); i > 0; i--)
            bag[dice.Percent(70) ? dice.Of(names) : "key" + dice.Below(3).ToString(CultureInfo.InvariantCulture)] = Any(dice);

        return bag;
    }
}
