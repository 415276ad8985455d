// The composition root: everything that the server and the command line are made of is put together here.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddHealthChecks();

var app = builder.Build();
app.MapHealthChecks("/api/health");
await app.RunAsync();
