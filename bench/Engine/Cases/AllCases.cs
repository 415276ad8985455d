using ServiceLoop.Engine.Bench.Measuring;

namespace ServiceLoop.Engine.Bench.Cases;

/// <summary>All that is measured, in the order of RESULTS.md.</summary>
internal static class AllCases
{
    /// <remarks>Made one after the other: a case that nobody asks for costs nothing.</remarks>
    public static IEnumerable<Group> Groups(Effort effort)
    {
        yield return BurstCase.Group();
        yield return ScriptCase.Group();

        foreach (var group in CompileCase.Groups().Concat(StateCase.Groups()).Concat(GrowthCase.Groups(effort)))
            yield return group;
    }
}
