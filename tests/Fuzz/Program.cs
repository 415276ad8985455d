using ServiceLoop.Fuzz;

// dotnet run --project tests/Fuzz -c Release -- --seconds 60 --seed 1 --what all [--out folder] [--replay seed]
// The cases run in a child process: one that overflows the stack ends the child, not the hunt.
var options = FuzzOptions.Parse(args);

if (options is null)
{
    Console.Error.WriteLine("Use: --seconds N --seed S --what definitions|stimuli|all [--out folder] [--replay seed]");
    return 2;
}

return options.Replay is { } seed ? FuzzWorker.Replay(seed, options)
    : options.IsWorker ? FuzzWorker.Run(options)
    : FuzzHunt.Run(options);
