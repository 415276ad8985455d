using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ServiceLoop.Workflows.Reference;

/// <summary>Gives operations the words of their handlers, and the refusal that all have in common.</summary>
internal sealed class OperationTexts(HandlerTexts texts)
{
    private const string AnyRefusal = "default";

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<MethodInfo>().FirstOrDefault() is { } handler)
        {
            operation.Summary ??= texts.SummaryOf(handler);
            operation.Description ??= texts.RemarksOf(handler);

            foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
                parameter.Description ??= texts.ParameterOf(handler, parameter.Name ?? "");
        }

        operation.Responses ??= [];
        operation.Responses.TryAdd(
            AnyRefusal,
            new OpenApiResponse
            {
                Description = "A refusal: application/problem+json with a stable code and a sentence that says what to do.",
            }
        );
        return Task.CompletedTask;
    }
}

/// <summary>Names of schemas: types nested in different handlers may have the same name.</summary>
internal static class SchemaNames
{
    /// <summary>The name of a type; null writes it where it is used.</summary>
    public static string? Of(JsonTypeInfo type)
    {
        var name = OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        return name is not null && type.Type.DeclaringType is { } around ? $"{around.Name}{name}" : name;
    }
}
