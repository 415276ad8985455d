using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Workflows.CommandLine;

namespace ServiceLoop.Workflows.Golden;

/// <summary>One aspect in which a case came out otherwise.</summary>
/// <param name="Aspect">Key of <c>expect</c>, or <c>error</c> when the case could not be run.</param>
/// <param name="Expected">The expected value.</param>
/// <param name="Actual">The actual one.</param>
internal sealed record Difference(string Aspect, JsonNode? Expected, JsonNode? Actual);

/// <summary>What became of a case.</summary>
/// <param name="Name">Name of the case.</param>
/// <param name="Differences">In what it differs from what is expected.</param>
/// <param name="Deviation">Why it differs on purpose: every difference is exactly a listed one. Null when it does not.</param>
internal sealed record GoldenResult(string Name, IReadOnlyList<Difference> Differences, string? Deviation = null)
{
    /// <summary>True when it is as expected, or differs in nothing but a listed deviation.</summary>
    public bool IsOk => Differences.Count == 0 || IsDeviation;

    /// <summary>True when it differs, and only as listed.</summary>
    public bool IsDeviation => Deviation is not null;

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["name"] = Name, ["ok"] = IsOk };

        if (IsDeviation)
            json["deviation"] = Deviation;

        json["differences"] = new JsonArray([
            .. Differences.Select(d => new JsonObject
            {
                ["aspect"] = d.Aspect,
                ["expected"] = d.Expected?.DeepClone(),
                ["actual"] = d.Actual?.DeepClone(),
            }),
        ]);
        return json;
    }
}

/// <summary>Runs a case and compares what came out with what is expected.</summary>
internal static partial class GoldenCheck
{
    /// <summary>The slowest case takes a fraction of a second; what takes this long does not come back.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    /// <summary>Runs and compares. Never throws for a case: what goes wrong is its difference.</summary>
    public static async Task<GoldenResult> RunAsync(
        GoldenCase golden,
        IReadOnlyList<Deviation> deviations,
        FlowSemantics? semantics,
        string directory,
        bool compareHistory,
        CancellationToken ct
    )
    {
        try
        {
            // On a thread of its own: one that does not come back is left behind, and the other cases are run.
            return await Task.Run(() => RunAndCompareAsync(), ct).WaitAsync(TimeLimit, ct);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            var message = e is TimeoutException ? $"The case was given up after {TimeLimit.TotalSeconds:N0} seconds." : e.Message;
            return new GoldenResult(golden.Name, [new("error", null, message)]);
        }

        async Task<GoldenResult> RunAndCompareAsync()
        {
            var run = new GoldenRun(golden.Given, semantics ?? golden.Semantics, directory);
            await run.RunAsync(ct);
            return Compare(golden, deviations, run, compareHistory);
        }
    }

    private static GoldenResult Compare(GoldenCase golden, IReadOnlyList<Deviation> deviations, GoldenRun run, bool compareHistory)
    {
        var differences = new List<Difference>();
        var reasons = new List<string?>();

        foreach (var (aspect, value) in Actual(run, compareHistory))
        {
            if ((GoldenCase.Find(golden.Expect, aspect) ?? Absent(golden, aspect)) is not { } recorded)
                continue;

            var (expected, actual) = (Normal(aspect, Node(recorded)), Normal(aspect, value()));

            if (JsonNode.DeepEquals(expected, actual))
                continue;

            differences.Add(new(aspect, expected, actual));
            reasons.Add(deviations.FirstOrDefault(d => d.Allows(golden, aspect, expected, actual, value => Normal(aspect, value)))?.Reason);
        }

        // One difference that is not listed makes the case a failure.
        return new GoldenResult(
            golden.Name,
            differences,
            differences.Count > 0 && !reasons.Contains(null) ? string.Join(' ', reasons.Distinct(StringComparer.Ordinal)) : null
        );
    }

    /// <summary>What an absent expectation means in recorded cases: no incident, and no waiter where it is said to wait.</summary>
    private static JsonElement? Absent(GoldenCase golden, string aspect)
    {
        if (GoldenCase.Find(golden.Given, "semantics") is not null || GoldenCase.Text(golden.Expect, "status") is not { } status)
            return null;

        return aspect == "incidents" || (aspect == "bookmarks" && status.EndsWith("Suspended", StringComparison.Ordinal))
            ? EmptyList
            : null;
    }

    private static readonly JsonDocumentOptions DocumentOptions = new() { MaxDepth = GoldenCase.MaxDepth };
    private static readonly JsonElement EmptyList = JsonDocument.Parse("[]").RootElement;

    private static IEnumerable<(string Aspect, Func<JsonNode?> Value)> Actual(GoldenRun run, bool withHistory)
    {
        yield return ("lines", () => List(run.Host.Lines.Select(l => l.Text)));

        if (run.First is { } first)
        {
            var state = first.State;
            yield return ("status", () => GoldenRun.Status(first));
            yield return ("incidents", () => List(state.Incidents.Select(i => $"{i.ActivityId}: {i.Message}")));
            yield return ("output", () => JsonNode.Parse(ValueJson.ToText(state.Outputs.ToObject())));
            yield return ("bookmarks", () => List(state.Bookmarks.Select(b => Waiter(first, b))));
            yield return (
                "waiting",
                () => List(state.Bookmarks.Select(b => GoldenRun.NodeOf(first, b)?.Id ?? "?").Order(StringComparer.Ordinal))
            );
            yield return ("correlationId", () => state.CorrelationId);
            yield return ("instanceName", () => state.Name);
        }

        if (!withHistory)
            yield break;

        yield return ("steps", () => List(run.Steps));

        if (run.FirstVersion is { } version)
            yield return (
                "model",
                () =>
                    Node(
                        JsonDocument
                            .Parse(ElsaModel.Write(version, Parts.Catalog(), run.Host.DefinitionSource), DocumentOptions)
                            .RootElement
                    )
            );

        if (run.First is { } ran)
        {
            yield return ("activities", () => List(ran.Executions.Select(Executed)));
            yield return ("journal", () => List(ran.Journal.Where(IsElsas).Select(e => $"{ran.Graph.Nodes[e.Node].Id}:{e.EventName}")));
        }
    }

    private static JsonNode? Node(JsonElement value) => JsonNode.Parse(value.GetRawText(), documentOptions: DocumentOptions);

    private static JsonArray List(IEnumerable<string> items) => new([.. items.Select(i => (JsonNode?)i)]);

    private static string Waiter(InMemoryInstance instance, Bookmark bookmark) =>
        $"{GoldenRun.NodeOf(instance, bookmark)?.Id} {bookmark.Name} cb={bookmark.CallbackName}";

    private static string Executed(ActivityExecution execution) =>
        $"{execution.Node.Id}={execution.Status}{(execution.FaultCount > 0 ? $"!{execution.FaultCount}" : "")}";

    /// <summary>What Elsa's log does not know is left out.</summary>
    private static bool IsElsas(JournalEntry entry) => entry.Event is not (JournalEvent.Stuck or JournalEvent.Altered);

    /// <summary>Takes off what is not compared.</summary>
    private static JsonNode? Normal(string aspect, JsonNode? value) =>
        (aspect, value) switch
        {
            ("incidents", JsonArray incidents) => incidents.Count,
            ("model", JsonObject model) => WithoutMoment(model),
            ("bookmarks", JsonArray waiters) => List(
                waiters.Select(w => string.Join(' ', w!.ToString().Split(' ').Take(2))).Order(StringComparer.Ordinal)
            ),
            ("steps", JsonArray steps) => List(steps.Select(s => Versions().Replace(Bookkeeping().Replace(s!.ToString(), ""), Once))),
            _ => value,
        };

    /// <summary>When a version was created belongs to the store.</summary>
    private static JsonObject WithoutMoment(JsonObject model)
    {
        model.Remove("createdAt");
        return model;
    }

    /// <summary>Elsa's listing shows a version twice after a revert.</summary>
    private static string Once(Match match) => $"defs[{string.Join(' ', match.Groups["versions"].Value.Split(' ').Distinct())}]";

    [GeneratedRegex(@" (triggers|queue)=\d+", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Bookkeeping();

    [GeneratedRegex(@"defs\[(?<versions>[^\]]*)\]", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Versions();
}
