using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ServiceLoop.Workflows.Tests.Reference;

public sealed partial class ReferenceTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_endpoint_is_in_its_document_with_a_summary_and_an_answer()
    {
        var client = await server.ClientAsync(Ct);
        var documents = new[]
        {
            ("/elsa/api/", await client.JsonAsync("/openapi/elsa.json", Ct)),
            ("/api/", await client.JsonAsync("/openapi/serviceloop.json", Ct)),
        };
        var endpoints = (await server.ServicesAsync(Ct)).GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();
        var missing = new List<string>();
        var count = 0;

        foreach (var endpoint in endpoints)
        {
            var path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/').TrimEnd('/');
            var (_, document) = documents.FirstOrDefault(d => path.StartsWith(d.Item1, StringComparison.Ordinal));

            if (document.ValueKind == JsonValueKind.Undefined || endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is not { } methods)
                continue;

            foreach (var method in methods.HttpMethods)
            {
                count++;
                var place = Constraint().Replace(path, "{$1}");

                if (
                    !document.GetProperty("paths").TryGetProperty(place, out var item)
                    || !item.TryGetProperty(method.ToLowerInvariant(), out var operation)
                )
                    missing.Add($"{method} {place}: not in the document");
                else if (!operation.TryGetProperty("summary", out var summary) || string.IsNullOrWhiteSpace(summary.GetString()))
                    missing.Add($"{method} {place}: no summary. Write a <summary> on its handler {endpoint.DisplayName}");
                else if (!operation.GetProperty("responses").EnumerateObject().Any(r => r.Name.StartsWith('2')))
                    missing.Add($"{method} {place}: no answer");
            }
        }

        missing.ShouldBeEmpty();
        count.ShouldBeGreaterThan(50);
    }

    [Fact]
    public async Task The_page_loads_nothing_from_elsewhere()
    {
        var client = await server.ClientAsync(Ct);

        using var page = await client.GetAsync("/docs/api/".Local(), Ct);

        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        var html = await page.Content.ReadAsStringAsync(Ct);
        Loaded().Matches(html).Select(m => m.Groups[1].Value).ShouldAllBe(address => !address.Contains("//", StringComparison.Ordinal));
        html.ShouldContain("\"withDefaultFonts\":false", Case.Insensitive);
        html.ShouldContain("\"telemetry\":false", Case.Insensitive);
        html.ShouldNotContain("proxy.scalar.com");
    }

    [GeneratedRegex(@"\{\*{0,2}([A-Za-z]+)(?:[:?][^}]*)?\}")]
    private static partial Regex Constraint();

    [GeneratedRegex("""(?:src|href)="([^"]+)""")]
    private static partial Regex Loaded();
}
