using System.Globalization;
using System.Text.RegularExpressions;

namespace ServiceLoop.Engine.Compilation;

/// <summary>Names of commit strategies.</summary>
/// <remarks>
/// Elsa's periodic strategy has no name of its own: each host registers one with an interval ("Every 10 seconds" in Elsa's server, "Periodic30Seconds" in
/// its documentation). Here the name itself says the interval, so a definition means the same on every host.
/// </remarks>
internal static partial class CommitNames
{
    /// <summary>Elsa's server registers this interval.</summary>
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(10);

    /// <summary>True for a strategy that Elsa always has.</summary>
    public static bool IsStandard(string name) =>
        name is "WorkflowExecuting" or "WorkflowExecuted" or "ActivityExecuting" or "ActivityExecuted";

    /// <summary>The interval of a periodic strategy: <c>Every 10 seconds</c>, <c>Periodic30Seconds</c>, <c>Every minute</c>, <c>Periodically</c> (10 s).</summary>
    /// <returns>Null when the name is none.</returns>
    public static TimeSpan? IntervalOf(string? name)
    {
        if (name is null)
            return null;

        if (name is "Periodic" or "Periodically" or "PeriodicWorkflowStrategy")
            return DefaultInterval;

        if (Periodic().Match(name) is not { Success: true } match)
            return null;

        var count = match.Groups["count"] is { Success: true } digits ? int.Parse(digits.Value, CultureInfo.InvariantCulture) : 1;
        var unit = char.ToLowerInvariant(match.Groups["unit"].Value[0]) switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            _ => TimeSpan.FromHours(1),
        };
        return count == 0 ? null : count * unit;
    }

    [GeneratedRegex(
        @"^(every|periodic(ally)?)[ _-]*(?<count>[0-9]{1,6})?[ _-]*(?<unit>s|secs?|seconds?|m|mins?|minutes?|h|hours?)$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        1000
    )]
    private static partial Regex Periodic();
}
