using System.Net;
using Microsoft.AspNetCore.Mvc.Testing;

namespace ServiceLoop.Workflows.Tests;

public sealed class HealthTests(WebApplicationFactory<Program> server) : IClassFixture<WebApplicationFactory<Program>>
{
    [Fact]
    public async Task The_server_says_that_it_is_healthy()
    {
        var client = server.CreateClient();

        var response = await client.GetAsync(new Uri("/api/health", UriKind.Relative), TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("Healthy");
    }
}
