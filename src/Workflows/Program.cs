using ServiceLoop.Workflows.CommandLine;
using ServiceLoop.Workflows.Start;

// The composition root: everything that the server and the command line are made of is put together here.
return Commands.IsCommand(args)
    ? await Commands.RunUntilStoppedAsync(args, Console.Out, Console.Error)
    : await Server.RunAsync(args is ["serve", .. var rest] ? rest : args, Console.Error);
