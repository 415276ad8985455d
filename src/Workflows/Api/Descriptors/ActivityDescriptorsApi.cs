using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Workflows.Api.Descriptors;

/// <summary>Activity types, for the designer's palette, canvas and panels.</summary>
internal static class ActivityDescriptorsApi
{
    /// <summary>What stands in the other inputs while options are asked for.</summary>
    internal sealed record OptionsRequest(JsonElement? Context);

    /// <summary>What an editor needs to know.</summary>
    internal sealed record OptionsView(JsonObject Items);

    public static RouteGroupBuilder MapActivityDescriptors(this RouteGroupBuilder routes)
    {
        var activities = routes.MapGroup("/descriptors/activities").Needs(Permissions.DefinitionsRead).WithTags("Descriptors");
        activities.MapGet("", ListAsync).Produces<ItemsView<ActivityDescriptorView>>();
        activities.MapGet("/{typeName}", FindAsync);
        activities.MapPost("/{typeName}/options/{inputName}", OptionsAsync);
        return routes;
    }

    /// <summary>All activity types: classes, and workflows that were published as activities, each version once.</summary>
    private static async Task ListAsync(HttpContext http, ActivityDescriptors descriptors, CancellationToken ct)
    {
        var list = await ListOfAsync(http, descriptors, ct);
        var response = http.Response;
        response.Headers.ETag = list.ETag;

        // Asked for after every save: kept by the browser, but never believed without asking.
        response.Headers.CacheControl = "private,no-cache";
        response.Headers.Vary = $"{HeaderNames.AcceptEncoding}, {HeaderNames.AcceptLanguage}";

        if (http.Request.Headers.IfNoneMatch.Any(given => given?.Contains(list.ETag, StringComparison.Ordinal) == true))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var isCompressed = http
            .Request.GetTypedHeaders()
            .AcceptEncoding.Any(e => e.Value.Equals("br", StringComparison.OrdinalIgnoreCase) && e.Quality is null or > 0);
        var body = isCompressed ? list.Brotli : list.Utf8;

        if (isCompressed)
            response.Headers.ContentEncoding = "br";

        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, ct);
    }

    /// <summary>One activity type: the given version, else the newest.</summary>
    private static async Task<Results<Ok<ActivityDescriptorView>, ProblemHttpResult>> FindAsync(
        string typeName,
        int? version,
        HttpContext http,
        ActivityDescriptors descriptors,
        CancellationToken ct
    ) =>
        (await ListOfAsync(http, descriptors, ct)).Find(typeName, version ?? 0) is { } found
            ? TypedResults.Ok(found)
            : UnknownType(descriptors, typeName);

    /// <summary>What the editor of an input needs to know, after another input has changed.</summary>
    private static async Task<Results<Ok<OptionsView>, ProblemHttpResult>> OptionsAsync(
        string typeName,
        string inputName,
        OptionsRequest? request,
        ActivityDescriptors descriptors,
        CancellationToken ct
    )
    {
        if ((await descriptors.GetAsync(ct)).Find(typeName) is not { } type)
            return UnknownType(descriptors, typeName);

        return type.Inputs.FirstOrDefault(i => i.Name.Equals(inputName, StringComparison.OrdinalIgnoreCase)) is { } input
            ? TypedResults.Ok(new OptionsView(input.UiSpecifications))
            : Problems.NotFound(
                "input.unknown",
                $"The activity type '{typeName}' has no input '{inputName}'. It has: {string.Join(", ", type.Inputs.Select(i => i.Name))}."
            );
    }

    private static async Task<DescriptorList> ListOfAsync(HttpContext http, ActivityDescriptors descriptors, CancellationToken ct)
    {
        var list = await descriptors.GetAsync(ct);
        return DescriptorTranslation.IsChinese(http.Request) ? list.InChinese : list;
    }

    private static ProblemHttpResult UnknownType(ActivityDescriptors descriptors, string typeName) =>
        Problems.NotFound(
            "activity.unknown-type",
            $"There is no activity type '{typeName}'.{(descriptors.Catalog.Nearest(typeName) is { } near ? $" Did you mean '{near}'?" : "")}"
        );
}
