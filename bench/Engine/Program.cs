using BenchmarkDotNet.Running;
using ServiceLoop.Engine.Bench.Cases;
using ServiceLoop.Engine.Bench.Measuring;

if (args is ["--bdn", .. var rest])
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(rest);
    return 0;
}

if (args is ["--profile", var wanted, .. var options])
    return Profile.Run(wanted, options);

if (args is not ([] or ["--quick"] or ["--only", _] or ["--quick", "--only", _]))
{
    Console.Error.WriteLine(
        """
        dotnet run -c Release --project bench/Engine [--] …
          (nothing)                     measure everything, print Markdown
          --quick                       the same in a few seconds, to see that it runs; the figures mean little
          --only NAME                   only the cases whose title contains NAME
          --profile NAME [SECONDS]      repeat the first contestant whose name contains NAME, then list what it allocates by type
          --bdn …                       BenchmarkDotNet with its own arguments
        """
    );
    return 2;
}

var effort = args.Contains("--quick") ? Effort.Quick : Effort.Full;
var only = args.Length > 1 && args[^2] == "--only" ? args[^1] : "";

Console.WriteLine(Machine.Describe());
Console.WriteLine();

foreach (var group in AllCases.Groups(effort).Where(g => g.Title.Contains(only, StringComparison.OrdinalIgnoreCase)))
    Console.WriteLine(Table.Of(group, Rounds.Measure(group.Contestants, effort)));

return 0;
