using ServiceLoop.TestKit.Chance;

namespace ServiceLoop.Engine.Tests.Properties;

/// <summary>Values that are no data, and some that only look so.</summary>
internal static class HostileValues
{
    /// <summary>Refers to itself.</summary>
    public static Dictionary<string, object?> Endless()
    {
        var value = new Dictionary<string, object?>(StringComparer.Ordinal);
        value["self"] = value;
        return value;
    }

    /// <summary>Lists in lists; from 129 on it cannot be kept.</summary>
    public static object? Nested(int levels)
    {
        object? value = 1L;

        for (var i = 0; i < levels; i++)
            value = new List<object?> { value };

        return value;
    }

    public static object? Any(Dice dice) =>
        dice.Below(8) switch
        {
            0 => Endless(),
            1 => Nested(126),
            2 => Nested(128),
            3 => Nested(1_000),
            4 => new Action(() => { }),
            5 => new Thrower(),
            6 => typeof(string),
            _ => "half a pair: \ud83d",
        };

    /// <summary>Its own code fails when somebody looks at it.</summary>
    public sealed class Thrower
    {
        public string Text => throw new FormatException($"not readable, hash {GetHashCode() & 0}");
    }
}
