using System.Xml.Linq;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.Tests.Pages;

public sealed class PageKeysTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_one_node_keeps_another_one_reads()
    {
        await server.ClientAsync(Ct);
        var database = await server.DatabaseAsync(Ct);
        var one = new PageKeys(database, TimeProvider.System);
        var other = new PageKeys(database, TimeProvider.System);

        one.StoreElement(new XElement("key", new XAttribute("id", "a")), "key-a");
        one.StoreElement(new XElement("key", new XAttribute("id", "changed")), "key-a");

        other.GetAllElements().Select(k => (string?)k.Attribute("id")).ShouldContain("a");
        other.GetAllElements().Select(k => (string?)k.Attribute("id")).ShouldNotContain("changed");
    }

    [Fact]
    public async Task A_page_that_was_shown_left_its_key_in_the_database()
    {
        var client = await server.ClientAsync(Ct);

        await client.GetStringAsync("/".Local(), Ct);

        var keys = (await server.ServicesAsync(Ct)).GetRequiredService<PageKeys>();
        keys.GetAllElements().ShouldContain(k => k.Name.LocalName == "key" && k.Attribute("expirationDate") == null && k.HasElements);
    }
}
