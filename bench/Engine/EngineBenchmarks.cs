using BenchmarkDotNet.Attributes;
using ServiceLoop.Engine.Bench.Cases;
using ServiceLoop.Engine.Bench.Measuring;

namespace ServiceLoop.Engine.Bench;

/// <summary>The same contestants under BenchmarkDotNet, for those who want its statistics: <c>--bdn --filter *</c>.</summary>
[MemoryDiagnoser]
public class EngineBenchmarks
{
    private Action run = static () => { };

    /// <summary>Name of the contestant.</summary>
    [ParamsSource(nameof(Names))]
    public string Name { get; set; } = "";

    /// <summary>Names of all contestants.</summary>
    public static IEnumerable<string> Names => Contestants().Select(c => c.Name);

    /// <summary>Finds the contestant.</summary>
    [GlobalSetup]
    public void Find() => run = Contestants().First(c => c.Name == Name).Run;

    /// <summary>One call; a growth case has as many operations in it as its name says.</summary>
    [Benchmark]
    public void Run() => run();

    private static IEnumerable<Contestant> Contestants() => AllCases.Groups(Effort.Full).SelectMany(g => g.Contestants);
}
