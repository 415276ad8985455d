using ServiceLoop.Runtime.Bench;
using ServiceLoop.Runtime.Bench.Audit;
using ServiceLoop.Runtime.Bench.Backlog;
using ServiceLoop.Runtime.Bench.Cases;
using ServiceLoop.Runtime.Bench.Clocks;
using ServiceLoop.Runtime.Bench.Commit;
using ServiceLoop.Runtime.Bench.Definitions;
using ServiceLoop.Runtime.Bench.Flow;
using ServiceLoop.Runtime.Bench.Knowledge;
using ServiceLoop.Runtime.Bench.Lists;
using ServiceLoop.Runtime.Bench.Measuring;
using ServiceLoop.Runtime.Bench.Migrating;
using ServiceLoop.Runtime.Bench.Routing;
using ServiceLoop.Runtime.Bench.Secrets;
using ServiceLoop.Runtime.Bench.SignIn;
using ServiceLoop.Runtime.Bench.Start;
using ServiceLoop.Runtime.Bench.Timers;
using ServiceLoop.Runtime.Bench.Triage;

// One line for each mode.
IBenchMode[] modes =
[
    new CommitMode(),
    new FlowMode(),
    new BacklogMode(),
    new TimersMode(),
    new StartMode(),
    new ListsMode(),
    new DefinitionsMode(),
    new WritesMode(),
    new MigrationMode(),
    new AuditMode(),
    new SignInMode(),
    new ClocksMode(),
    new SealMode(),
    new RoutingMode(),
    new CasesMode(),
    new KnowledgeMode(),
    new TriageMode(),
];

var mode = modes.FirstOrDefault(m => args is [var name, ..] && m.Name == name);

if (mode is null)
{
    Console.Error.WriteLine("dotnet run -c Release --project bench/Runtime -- MODE [OPTIONS]");

    foreach (var known in modes)
        Console.Error.WriteLine($"  {known.Name, -10} {known.Usage}");

    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    stop.Cancel();
};

Console.WriteLine($"## Runtime: {mode.Name}\n\n{Machine.Describe()}\n");
await mode.RunAsync(new Arguments(args[1..]), stop.Token);
return 0;
