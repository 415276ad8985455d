using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.TestKit.Chance;

/// <summary>A step as text: equal texts mean equal steps, byte for byte.</summary>
public static class StepText
{
    public static string Of(Step step)
    {
        var text = new StringBuilder(Of(step.State)).Append('\n');

        foreach (var effect in step.Effects)
            text.Append(Of(effect)).Append('\n');

        foreach (var entry in step.Journal)
            text.Append(Of(entry)).Append('\n');

        return text.ToString();
    }

    /// <summary>Fails with the place where two texts part.</summary>
    public static void ShouldBeSame(string actual, string expected, string? when = null)
    {
        if (actual == expected)
            return;

        var at = 0;

        while (at < actual.Length && at < expected.Length && actual[at] == expected[at])
            at++;

        throw new ShouldAssertException($"{when}\nis     …{Around(actual)}…\nshould …{Around(expected)}…");

        string Around(string text) => text[Math.Max(0, at - 160)..Math.Min(text.Length, at + 160)];
    }

    public static string Of(WorkflowState state) => Encoding.UTF8.GetString(StateJson.Write(state));

    public static string Of(JournalEntry entry) => $"{entry.FrameId} {entry.ParentId} {entry.Node} {entry.Event} {Value(entry.Detail)}";

    /// <summary>Every public member of an effect, with its values in the form that keeps their types.</summary>
    public static string Of(Effect effect) => Members(effect);

    private static string Members(object record)
    {
        var text = new StringBuilder(record.GetType().Name).Append(" {");

        foreach (var property in record.GetType().GetProperties().OrderBy(p => p.Name, StringComparer.Ordinal))
            if (property.GetIndexParameters().Length == 0 && property.Name != "EqualityContract")
                text.Append(' ').Append(property.Name).Append('=').Append(Value(property.GetValue(record)));

        return text.Append(" }").ToString();
    }

    private static string Value(object? value) =>
        value switch
        {
            null => "null",
            NamedValue named => $"{named.Name}:{Value(named.Value)}",
            RawValue raw => Encoding.UTF8.GetString(raw.Utf8.Span),
            IDictionary<string, string> map => string.Join(
                ',',
                map.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key}:{m.Value}")
            ),
            Enum or string or bool or Guid or DateTime or DateTimeOffset or TimeSpan or decimal or byte[] => Stored(value),
            IDictionary or IDictionary<string, object?> or List<object?> => Stored(value),
            IFormattable number => number.GetType().Name + number.ToString(null, CultureInfo.InvariantCulture),
            IEnumerable items => "[" + string.Join(' ', items.Cast<object?>().Select(Value)) + "]",
            _ => Members(value),
        };

    private static string Stored(object value)
    {
        using var stream = new MemoryStream();

        using (var writer = new Utf8JsonWriter(stream))
            ValueJson.WriteStored(writer, value);

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
