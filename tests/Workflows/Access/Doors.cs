using System.Text;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Workflows.Auth;

namespace ServiceLoop.Workflows.Tests.Access;

/// <summary>A way into the server: one method of one endpoint.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Endpoint">What stands behind it.</param>
internal sealed record Door(string Method, RouteEndpoint Endpoint)
{
    // Endpoints that take every method: these two are tried.
    private static readonly string[] Usual = ["GET", "POST"];

    /// <summary>Its address, with names in braces.</summary>
    public string Pattern => "/" + Endpoint.RoutePattern.RawText?.TrimStart('/');

    /// <summary>What it needs; null when nobody has said.</summary>
    public NeedsAttribute? Rule => RuleGate.RuleOf(Endpoint);

    /// <summary>Whether a page is behind it.</summary>
    public bool IsPage => Endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;

    /// <summary>As it stands in the table.</summary>
    public override string ToString() => $"{Method} {Pattern}";

    /// <summary>All of a server, without the files of the pages.</summary>
    public static IReadOnlyList<Door> All(IServiceProvider services) =>
        [
            .. Endpoints(services)
                .Where(e => !IsFile(e))
                .SelectMany(e => MethodsOf(e).Select(m => new Door(m, e)))
                .OrderBy(d => d.Pattern, StringComparer.Ordinal)
                .ThenBy(d => d.Method, StringComparer.Ordinal),
        ];

    /// <summary>The files of the pages.</summary>
    public static IReadOnlyList<RouteEndpoint> Files(IServiceProvider services) => [.. Endpoints(services).Where(IsFile)];

    /// <summary>An address that leads to nothing that there is.</summary>
    public string MadeUpAddress()
    {
        var address = new StringBuilder();

        foreach (var segment in Endpoint.RoutePattern.PathSegments)
        {
            address.Append('/');

            foreach (var part in segment.Parts)
                address.Append(
                    part switch
                    {
                        RoutePatternLiteralPart literal => literal.Content,
                        RoutePatternSeparatorPart separator => separator.Content,
                        RoutePatternParameterPart parameter => MadeUp(parameter),
                        _ => throw new InvalidOperationException($"What is {part.PartKind}?"),
                    }
                );
        }

        return address.Length == 0 ? "/" : address.ToString();
    }

    /// <summary>A call that changes nothing: of something that is not there, with nothing in it.</summary>
    /// <param name="accept">What is asked for.</param>
    public HttpRequestMessage Call(string accept)
    {
        var request = new HttpRequestMessage(new HttpMethod(Method), MadeUpAddress());
        request.Headers.Add("Accept", accept);

        if (Method is not ("GET" or "HEAD" or "OPTIONS"))
            request.Content = TakesForm
                ? new MultipartFormDataContent { { new StringContent("nothing"), "nothing" } }
                : new StringContent("{}", Encoding.UTF8, "application/json");

        return request;
    }

    private bool TakesForm =>
        Endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes is { Count: > 0 } types
        && types.Any(t => t.StartsWith("multipart/", StringComparison.Ordinal));

    private static IEnumerable<RouteEndpoint> Endpoints(IServiceProvider services) =>
        services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private static bool IsFile(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null;

    private static IReadOnlyList<string> MethodsOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } some ? some : Usual;

    private static string MadeUp(RoutePatternParameterPart parameter) =>
        parameter.ParameterPolicies.Select(p => p.Content).FirstOrDefault() switch
        {
            "guid" => "01890000-0000-7000-8000-000000000001",
            "int" or "long" => "987654321",
            "file" => "made-up.txt",
            _ => "made-up",
        };
}
