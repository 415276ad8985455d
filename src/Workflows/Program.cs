using ServiceLoop.Workflows.CommandLine;

// The composition root: everything that the server and the command line are made of is put together here.
if (Commands.IsCommand(args))
    return await Commands.RunAsync(args, Console.Out, Console.Error, CancellationToken.None);

var builder = WebApplication.CreateBuilder(args is ["serve", .. var rest] ? rest : args);
builder.Services.AddHealthChecks();

var app = builder.Build();
app.MapHealthChecks("/api/health");
await app.RunAsync();
return Commands.Ok;
