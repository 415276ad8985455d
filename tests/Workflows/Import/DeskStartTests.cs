using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk.Calendars;
using ServiceLoop.ServiceDesk.Messages;
using ServiceLoop.ServiceDesk.Messages.Templates;
using ServiceLoop.ServiceDesk.Routing;
using ServiceLoop.Workflows.Import;
using ServiceLoop.Workflows.Start;
using ServiceLoop.Workflows.Tests.CommandLine;
using ServiceLoop.Workflows.Tests.Definitions;

namespace ServiceLoop.Workflows.Tests.Import;

public sealed class DeskStartTests(TestServer server) : IClassFixture<TestServer>, IDisposable
{
    private readonly ScratchFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_fresh_desk_gets_what_it_lacks_and_people_keep_what_they_have_changed()
    {
        var services = await server.ServicesAsync(Ct);
        using var system = services.GetRequiredService<IAccess>().AsSystem();
        var queues = services.GetRequiredService<Queues>();
        var templates = services.GetRequiredService<MessageTemplates>();

        (await RunAsync(ShippedDesk.Folder)).ShouldBeGreaterThan(20);
        var queue = await queues.GetAsync("first-line", Ct);
        await queues.SaveAsync(queue with { Name = "Our own name" }, Ct);
        await templates.SaveAsync(
            new()
            {
                Name = "reminder",
                Channel = MessageChannel.Outbox,
                Language = "en",
                Body = "Our own words.",
            },
            1,
            Ct
        );

        (await RunAsync(ShippedDesk.Folder)).ShouldBe(0);

        (await queues.GetAsync("first-line", Ct)).Name.ShouldBe("Our own name");
        (await templates.ListAsync(Ct)).ShouldContain(t => t.Name == "reminder" && t.Body == "Our own words.");
        var calendar = (await services.GetRequiredService<CalendarService>().ListAsync(Ct)).Single(c => c.IsDefault);
        var days = calendar.Calendar.Versions[^1].Exceptions;
        days.ShouldContain(d => d.Date == new DateOnly(2026, 2, 17) && d.Kind == ExceptionKind.Closed);
        days.ShouldContain(d => d.Date == new DateOnly(2026, 2, 28) && d.Kind == ExceptionKind.Open);
    }

    [Theory]
    [InlineData("queues.json", """[ { "id": "a", "name": "A" }, { "id": "Not An Id", "name": "B" } ]""", "$[1]")]
    [InlineData("queues.json", """[ { "id": "b", "name": "B", "calendar": "Nowhere" } ]""", "calendars.json")]
    [InlineData("queues.json", """[ { "id": "c", "nmae": "C" } ]""", "nmae")]
    [InlineData("templates.json", """[ { "name": "x", "channel": "Pigeon" } ]""", "$[0].channel")]
    [InlineData("calendars.json", """[ { "name": "x", "zone": "Mars/Base" } ]""", "$[0]")]
    [InlineData("skills.json", "[ 1, ", "line 1")]
    public async Task A_file_that_is_wrong_stops_the_start_with_its_name_and_the_place(string file, string json, string place)
    {
        Directory.CreateDirectory(DefinitionPlace.DeskIn(folder.Path));
        await File.WriteAllTextAsync(Path.Combine(DefinitionPlace.DeskIn(folder.Path), file), json, Ct);

        var refused = await Should.ThrowAsync<StartException>(() => RunAsync(folder.Path));

        refused.Message.ShouldContain(file);
        refused.Message.ShouldContain(place);
        refused.Message.ShouldContain("Correct the file");
    }

    private async Task<int> RunAsync(string path)
    {
        var services = await server.ServicesAsync(Ct);
        using var system = services.GetRequiredService<IAccess>().AsSystem();
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create(DefinitionPlace.PathSetting, (string?)path)])
            .Build();
        var place = new DefinitionPlace(
            settings,
            services.GetRequiredService<IHostEnvironment>(),
            services.GetRequiredService<ILogger<DefinitionImport>>()
        );
        return await new DeskStart(
            services.GetServices<IDeskStartPart>(),
            place,
            services.GetRequiredService<ILogger<DeskStart>>()
        ).RunAsync(Ct);
    }
}
