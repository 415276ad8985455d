using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ServiceLoop.Workflows.Replay;

/// <summary>A key figure, as the product told it.</summary>
internal sealed record ReportedKpi(string Name, int Version, string Segment, string Unit, double? Value, long N, double? Low, double? High);

/// <summary>How cases were settled, as the product told it.</summary>
/// <param name="Category">What they were about; null for all.</param>
/// <param name="Auto">Without a person.</param>
/// <param name="Assisted">By a bot and a person.</param>
/// <param name="Human">By a person.</param>
/// <param name="Total">All.</param>
/// <param name="Share">Auto of all, 0 to 1; null for none.</param>
internal sealed record SettledShare(string? Category, long Auto, long Assisted, long Human, long Total, double? Share);

/// <summary>How much was settled without a person.</summary>
/// <param name="All">All cases.</param>
/// <param name="Standard">Of these the standard questions: what the target is for.</param>
/// <param name="Categories">Each category, the largest first.</param>
internal sealed record ReportedAutomation(SettledShare All, SettledShare Standard, ImmutableArray<SettledShare> Categories)
{
    /// <summary>Share of standard questions that the plan wants settled without a person.</summary>
    public double Target => ServiceDesk.Knowledge.AutomationShare.Target;
}

/// <summary>What a replay came to.</summary>
internal sealed record ReplayReport
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Name of the log.</summary>
    public required string Log { get; init; }

    /// <summary>Cases of the log that were played.</summary>
    public required int Cases { get; init; }

    /// <summary>Seed of chance.</summary>
    public required int Seed { get; init; }

    /// <summary>Simulated agents.</summary>
    public required int Agents { get; init; }

    /// <summary>Nodes of the product.</summary>
    public required int Nodes { get; init; }

    /// <summary>Nodes that were killed in the middle.</summary>
    public required int Killed { get; init; }

    /// <summary>When it began, real time.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Real seconds of the play, without preparation.</summary>
    public required double Seconds { get; init; }

    /// <summary>Cases in a real second.</summary>
    public required double CasesPerSecond { get; init; }

    /// <summary>Real seconds by what they were spent on.</summary>
    public required ImmutableSortedDictionary<string, double> Spent { get; init; }

    /// <summary>Processor seconds of all nodes.</summary>
    public required double NodeSeconds { get; init; }

    /// <summary>The product's time at the beginning.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The product's time at the end.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Jumps of time.</summary>
    public required long Jumps { get; init; }

    /// <summary>How often the product did not come to rest, and time went on all the same.</summary>
    public required long Stalls { get; init; }

    /// <summary>Requests through the doors.</summary>
    public required long Requests { get; init; }

    /// <summary>Messages that the model learned; none of them is said by a customer.</summary>
    public required int Learned { get; init; }

    /// <summary>Cases of the product by where they ended.</summary>
    public required ImmutableSortedDictionary<string, int> Ends { get; init; }

    /// <summary>What people did and what they were told, counted.</summary>
    public required ImmutableSortedDictionary<string, int> Totals { get; init; }

    /// <summary>What the product refused, and how often.</summary>
    public required ImmutableSortedDictionary<string, int> Refusals { get; init; }

    /// <summary>Cases that have not ended, and why.</summary>
    public required ImmutableArray<OpenCase> Open { get; init; }

    /// <summary>Contacts that no case was opened for.</summary>
    public required int Unbound { get; init; }

    /// <summary>Key figures.</summary>
    public required ImmutableArray<ReportedKpi> Kpis { get; init; }

    /// <summary>Articles that were brought in for the replay.</summary>
    public required int Articles { get; init; }

    /// <summary>How much was settled without a person.</summary>
    public required ReportedAutomation Automation { get; init; }

    /// <summary>Of the cases, where they ended, and the totals: equal for two replays that came to the same.</summary>
    public string Fingerprint =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(string.Join('\n', Ends.Concat(Totals).Select(t => $"{t.Key}={t.Value}").Prepend($"cases={Cases}")))
            )
        )[..16];

    /// <summary>Names of figures that must be 0 and are not.</summary>
    public IEnumerable<ReportedKpi> Faults =>
        Kpis.Where(k => k.Name is "orphans" or "double-tasks" or "double-surveys" or "lost-work" or "overdue-work" && k.Value > 0);

    /// <summary>True when every case has ended and nothing waits for ever.</summary>
    public bool IsWell => Open.IsEmpty && Unbound == 0 && RefusedContacts == 0 && !Faults.Any();

    /// <summary>Contacts that the product did not take.</summary>
    public int RefusedContacts => Totals.Where(t => t.Key.StartsWith("contact refused", StringComparison.Ordinal)).Sum(t => t.Value);

    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Readable);

    /// <summary>Reads key figures.</summary>
    public static ImmutableArray<ReportedKpi> ReadKpis(Answer answer) =>
        answer.IsOk
            ? [.. answer.Body.GetProperty("items").Deserialize<List<ReportedKpi>>(Readable)!]
            : throw new InvalidOperationException($"The key figures could not be read: {(int)answer.Status} {answer.Text("detail")}");

    /// <summary>Reads how much was settled without a person.</summary>
    public static ReportedAutomation ReadAutomation(Answer answer) =>
        answer.IsOk
            ? answer.Body.Deserialize<ReportedAutomation>(Readable)!
            : throw new InvalidOperationException(
                $"How cases were settled could not be read: {(int)answer.Status} {answer.Text("detail")}"
            );
}
