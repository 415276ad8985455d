using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Designer.Studio;

/// <summary>Serves the files of the package below <c>/studio/</c>, compressed as they came, and the few files of our own frame.</summary>
internal static class StudioFilesDoor
{
    private const string ForEver = "public,max-age=31536000,immutable";
    private const string AskAgain = "no-cache";

    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static IEndpointRouteBuilder MapStudioFiles(this IEndpointRouteBuilder routes)
    {
        var files = routes.MapGroup("").NeedsIdentity();

        // Studio reads its settings from here; the page gives it everything, and the package's own would point to a server of its authors.
        files.MapMethods("/studio/appsettings.json", Reading, () => TypedResults.Text("{}", "application/json")).ExcludeFromDescription();
        files.MapMethods("/studio/frame/{name}", Reading, SendFrame).ExcludeFromDescription();
        files.MapMethods("/studio/_framework/{**path}", Reading, Send("_framework/")).ExcludeFromDescription();
        files.MapMethods("/studio/_content/{**path}", Reading, Send("_content/")).ExcludeFromDescription();
        files.MapMethods("/studio/{path:file}", Reading, Send("")).ExcludeFromDescription();
        return routes;
    }

    private static Delegate Send(string folder) =>
        Results<PhysicalFileHttpResult, NotFound> (string? path, StudioPackage package, HttpContext http) =>
            package.Find(folder + path) is { } file ? Send(file, package, http) : TypedResults.NotFound();

    private static PhysicalFileHttpResult Send(StudioFile file, StudioPackage package, HttpContext http)
    {
        var (path, encoding) = file.Choose(http.Request.GetTypedHeaders().AcceptEncoding);
        var headers = http.Response.Headers;
        headers.CacheControl = file.IsFingerprinted ? ForEver : AskAgain;
        headers.XContentTypeOptions = "nosniff";

        if (file.Encodings.Length > 0)
            headers.Vary = HeaderNames.AcceptEncoding;

        if (encoding is not null)
            headers.ContentEncoding = encoding;

        // npm gives every file the same date, so the date says nothing; the version of the package does.
        var tag = new EntityTagHeaderValue($"\"{package.Version}-{encoding ?? "plain"}-{new FileInfo(path).Length:x}\"");
        return TypedResults.PhysicalFile(path, file.ContentType, entityTag: tag);
    }

    private static Results<FileContentHttpResult, NotFound> SendFrame(string name, HttpContext http)
    {
        if (FrameFile.Find(name) is not { } file)
            return TypedResults.NotFound();

        http.Response.Headers.CacheControl = ForEver;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Bytes(file.Content.ToArray(), file.ContentType);
    }
}
