using ServiceLoop.Workflows.Golden;

namespace ServiceLoop.Workflows.Tests.Golden;

public sealed class GoldenCasesTests
{
    private static readonly Dictionary<string, GoldenCase> Recorded = Read("elsa-3.6.3.jsonl");
    private static readonly Dictionary<string, GoldenCase> Own = Read("own.jsonl");
    private static readonly Deviations Listed = Deviations.Read(PathOf("deviations.json"));

    public static TheoryData<string> RecordedNames => [.. Recorded.Keys];

    public static TheoryData<string> OwnNames => [.. Own.Keys];

    [Theory]
    [MemberData(nameof(RecordedNames))]
    public async Task Recorded_on_Elsa(string name)
    {
        var result = await RunAsync(Recorded[name], Listed.For(name));

        result.IsOk.ShouldBeTrue(result.ToJson().ToJsonString());
        result.IsDeviation.ShouldBe(Listed.Names.Contains(name));
    }

    [Theory]
    [MemberData(nameof(OwnNames))]
    public async Task Our_own(string name)
    {
        var result = await RunAsync(Own[name], []);

        result.Differences.ShouldBeEmpty(result.ToJson().ToJsonString());
    }

    [Fact]
    public void Every_deviation_names_a_case_and_an_aspect_of_it()
    {
        foreach (var name in Listed.Names)
        {
            Recorded.ShouldContainKey(name);

            foreach (var aspect in Listed.For(name)[0].Aspects)
                GoldenCase.Find(Recorded[name].Expect, aspect).ShouldNotBeNull();
        }
    }

    private static Task<GoldenResult> RunAsync(GoldenCase golden, IReadOnlyList<Deviation> deviations) =>
        GoldenCheck.RunAsync(golden, deviations, semantics: null, PathOf(""), compareHistory: true, TestContext.Current.CancellationToken);

    private static Dictionary<string, GoldenCase> Read(string file)
    {
        var cases = new Dictionary<string, GoldenCase>(StringComparer.Ordinal);
        var number = 0;

        foreach (var line in File.ReadLines(PathOf(file)))
        {
            GoldenCase.TryRead(line, ++number, out var golden, out var error).ShouldBeTrue(error);
            cases.Add(golden!.Name, golden);
        }

        return cases;
    }

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Golden", file);
}
