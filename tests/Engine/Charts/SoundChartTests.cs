using System.Text.Json;
using ServiceLoop.Engine.Graph;

namespace ServiceLoop.Engine.Tests.Charts;

/// <summary>Our joins against the model of the rules (<c>tests/Golden/README.md</c>).</summary>
public sealed class SoundChartTests
{
    [Fact]
    public void Random_charts_give_what_the_model_gives()
    {
        var differences = new List<string>();
        var count = 0;

        foreach (var chart in GoldenFile.Read("sound-random.jsonl.gz"))
        {
            count++;

            if (Compare(chart, chart.GetProperty("expect")) is { } difference)
                differences.Add(difference);
        }

        count.ShouldBeGreaterThan(2000);
        differences.ShouldBeEmpty($"{differences.Count} of {count} differ:\n{string.Join('\n', differences.Take(20))}\n");
    }

    [Fact]
    public void Recorded_charts_give_under_sound_what_the_model_gives()
    {
        var recorded = GoldenFile.Read("elsa-3.6.3.jsonl").ToDictionary(c => c.GetProperty("name").GetString()!);
        var differences = new List<string>();

        foreach (var expected in GoldenFile.Read("sound-recorded.jsonl"))
            if (Compare(recorded[expected.GetProperty("name").GetString()!], expected.GetProperty("expect")) is { } difference)
                differences.Add(difference);

        differences.ShouldBeEmpty(string.Join('\n', differences));
    }

    private static string? Compare(JsonElement chart, JsonElement expect)
    {
        var name = chart.GetProperty("name").GetString();

        try
        {
            var run = ChartRun.Of(chart.GetProperty("given"), FlowSemantics.Sound);
            var lines = expect.GetProperty("lines").EnumerateArray().Select(l => l.GetString()!).ToList();
            var status = expect.GetProperty("status").GetString();

            if (!run.Lines.SequenceEqual(lines) || run.Status != status)
                return $"{name}: [{string.Join(' ', run.Lines)}] {run.Status} instead of [{string.Join(' ', lines)}] {status} {string.Join("; ", run.State.Incidents.Select(i => i.Message))}";

            if (
                expect.TryGetProperty("waiting", out var waiting)
                && !run.Waiting.SequenceEqual(waiting.EnumerateArray().Select(w => w.GetString()!))
            )
                return $"{name}: waiting [{string.Join(' ', run.Waiting)}] instead of {waiting}";

            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return $"{name}: {e}";
        }
    }
}
