using ServiceLoop.Fuzz;

namespace ServiceLoop.Engine.Tests.Properties;

/// <summary>A short, fixed hunt by the fuzzer of <c>tests/Fuzz</c>; the long ones run there.</summary>
public sealed class FuzzTests
{
    private static readonly FuzzCase Fuzz = new(FuzzCorpus.Read());

    [Theory]
    [InlineData(FuzzTarget.Definitions, 400)]
    [InlineData(FuzzTarget.Stimuli, 60)]
    public void Mutated_definitions_and_random_stimuli_break_no_promise(FuzzTarget target, int cases)
    {
        var failures = Enumerable.Range(1, cases).Select(seed => Fuzz.Run((ulong)seed, target)).OfType<FuzzFailure>();

        failures.Select(f => $"seed {f.Seed}: {f.Kind}: {f.Message}").ShouldBeEmpty();
    }

    /// <summary>Deep enough for every reader that recurses, small enough for a test.</summary>
    public static TheoryData<string, int> Hostile
    {
        get
        {
            var data = new TheoryData<string, int>();

            foreach (var kind in HostileDefinitions.Kinds.Keys)
            {
                data.Add(kind, 150);
                data.Add(kind, 2_000);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_definition_is_refused_or_runs(string kind, int size)
    {
        FuzzCase.Run(HostileDefinitions.Of(kind, size)).ShouldBeNull();
    }
}
