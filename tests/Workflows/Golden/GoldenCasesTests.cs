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
    public async Task Recorded_on_Elsa(string name) => await ShouldBeOk(Recorded[name], Listed.Find(name));

    [Theory]
    [MemberData(nameof(OwnNames))]
    public async Task Our_own(string name) => await ShouldBeOk(Own[name], null);

    [Fact]
    public void Every_deviation_names_a_case_and_really_deviates()
    {
        foreach (var name in Listed.Names)
        {
            Recorded.ShouldContainKey(name);

            foreach (var aspect in Listed.Find(name)!.Aspects)
                Listed
                    .Find(name)!
                    .Replacement(aspect)
                    ?.GetRawText()
                    .ShouldNotBe(GoldenCase.Find(Recorded[name].Expect, aspect)?.GetRawText());
        }
    }

    private static async Task ShouldBeOk(GoldenCase golden, Deviation? deviation)
    {
        var result = await GoldenCheck.RunAsync(
            golden,
            deviation,
            semantics: null,
            PathOf(""),
            compareHistory: true,
            TestContext.Current.CancellationToken
        );

        result.Differences.ShouldBeEmpty(result.ToJson().ToJsonString());
    }

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
