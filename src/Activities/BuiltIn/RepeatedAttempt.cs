using System.Globalization;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>An attempt of an activity that failed for the moment and was followed by another one.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Delay">Pause after it.</param>
/// <param name="At">When it failed, UTC.</param>
/// <param name="Message">What was wrong with it, as a sentence.</param>
/// <param name="StatusCode">What the other side answered; null for nothing.</param>
public sealed record RepeatedAttempt(int Number, TimeSpan Delay, DateTimeOffset At, string Message, int? StatusCode)
{
    /// <summary>The property of an execution under which it keeps them. An activity of your own may write it, too.</summary>
    public const string PropertyName = "RetryAttempts";

    /// <summary>Attempts as the property holds them.</summary>
    /// <param name="attempts">The attempts, oldest first.</param>
    public static object Write(IEnumerable<RepeatedAttempt> attempts) =>
        attempts
            .Select(a =>
                (object?)
                    PlainObject.Of(
                        ("number", a.Number),
                        ("delay", a.Delay.ToString("c", CultureInfo.InvariantCulture)),
                        ("at", a.At.ToString("O", CultureInfo.InvariantCulture)),
                        ("message", a.Message),
                        ("statusCode", a.StatusCode)
                    )
            )
            .ToList();

    /// <summary>The attempts that a property tells of, oldest first; what is none is left out.</summary>
    /// <param name="property">The value of the property; null for none.</param>
    public static IReadOnlyList<RepeatedAttempt> Read(object? property) =>
        property is IEnumerable<object?> list ? [.. list.OfType<IDictionary<string, object?>>().Select(ReadOne)] : [];

    private static RepeatedAttempt ReadOne(IDictionary<string, object?> attempt, int index)
    {
        var culture = CultureInfo.InvariantCulture;
        return new(
            Find("number") is IConvertible number ? number.ToInt32(culture) : index + 1,
            TimeSpan.TryParse(Find("delay") as string, culture, out var delay) ? delay : TimeSpan.Zero,
            DateTimeOffset.TryParse(Find("at") as string, culture, out var at) ? at : default,
            Find("message") as string ?? "",
            Find("statusCode") is IConvertible code ? code.ToInt32(culture) : null
        );

        object? Find(string name) => attempt.TryGetValue(name, out var value) ? value : null;
    }
}
