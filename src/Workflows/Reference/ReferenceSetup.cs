using Microsoft.OpenApi;
using Scalar.AspNetCore;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Workflows.Api;

namespace ServiceLoop.Workflows.Reference;

/// <summary>OpenAPI documents of both interfaces, and a page to browse them. The page asks no other host for anything.</summary>
internal static class ReferenceSetup
{
    /// <summary>Name of the document of Elsa's interface.</summary>
    public const string Elsa = "elsa";

    /// <summary>Name of the document of our own interface.</summary>
    public const string Own = "serviceloop";

    /// <summary>Where the documents are.</summary>
    public const string Documents = "/openapi/{documentName}.json";

    /// <summary>Where the page is.</summary>
    public const string Page = "/docs/api";

    public static IServiceCollection AddReference(this IServiceCollection services)
    {
        var texts = HandlerTexts.Read(typeof(ReferenceSetup).Assembly);
        Add(
            Elsa,
            "Elsa 3",
            "What Elsa Studio and Elsa's clients call.",
            path => path.StartsWith(ApiSetup.ElsaRoot + "/", StringComparison.Ordinal)
        );
        Add(Own, "ServiceLoop", "What operators and our own pages call.", path => path.StartsWith("/api/", StringComparison.Ordinal));
        return services;

        void Add(string name, string title, string description, Func<string, bool> isIn) =>
            services.AddOpenApi(
                name,
                options =>
                {
                    options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                    options.ShouldInclude = api => isIn("/" + api.RelativePath);
                    options.CreateSchemaReferenceId = SchemaNames.Of;
                    options.AddOperationTransformer(new OperationTexts(texts).TransformAsync);
                    options.AddDocumentTransformer(
                        (document, _, _) =>
                        {
                            document.Info.Title = title;
                            document.Info.Version = typeof(ReferenceSetup).Assembly.GetName().Version?.ToString(3) ?? document.Info.Version;
                            document.Info.Description = description;
                            // Relative to where the page stands: the same behind a proxy.
                            document.Servers = [new OpenApiServer { Url = "/" }];
                            return Task.CompletedTask;
                        }
                    );
                }
            );
    }

    public static IEndpointRouteBuilder MapReference(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi(Documents).Needs(Permissions.SystemRead).ExcludeFromDescription();
        routes
            .MapScalarApiReference(
                Page,
                options =>
                {
                    options.Title = "ServiceLoop: API";
                    options.OpenApiRoutePattern = Documents;
                    options.AddDocument(Elsa, "Elsa 3").AddDocument(Own, "ServiceLoop");

                    // Nothing leaves this server: no fonts, no proxy, no measurements, no assistants, no catalogue of a client program.
                    options.DefaultFonts = false;
                    options.ProxyUrl = null;
                    options.Telemetry = false;
                    options.HideClientButton = true;
                    options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
                    options.DisableAgent().DisableMcp();
                }
            )
            .Needs(Permissions.SystemRead)
            .ExcludeFromDescription();
        return routes;
    }
}
