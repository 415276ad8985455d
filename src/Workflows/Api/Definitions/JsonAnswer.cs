using System.Net.Mime;
using System.Text.Json.Nodes;
using ServiceLoop.Engine.Definitions;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>JSON as the answer, nested as deep as definitions may be, which the server's own serializer refuses.</summary>
/// <param name="json">What to send.</param>
internal sealed class JsonAnswer(JsonNode json) : IResult
{
    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var utf8 = DesignerInput.Write(json);
        httpContext.Response.ContentType = $"{MediaTypeNames.Application.Json}; charset=utf-8";
        httpContext.Response.ContentLength = utf8.Length;
        await httpContext.Response.Body.WriteAsync(utf8, httpContext.RequestAborted);
    }
}
