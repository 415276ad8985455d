using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Localization;
using ServiceLoop.Designer.Language;
using ServiceLoop.Designer.Shell;
using ServiceLoop.Identity.Actors;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Designer.Studio;

/// <summary>Writes the HTML around Elsa Studio: plain text with holes, in the language of the request. No Blazor of ours runs on these pages.</summary>
/// <param name="text">Texts.</param>
internal sealed partial class StudioPage(IStringLocalizer<StudioText> text)
{
    // The inline scripts of 3.8.2, which bind the keys: of the editor, and of the list of instances.
    private const string KeyScripts =
        "'sha256-snlP1jz0gjwc5cTz9ErZcliXuCK63+Mmf68RRCeptgc=' 'sha256-vu6sQrKXQHR4Yn3FMMihA/9TxxfIXnCxKwvLrTPJ5ts='";

    // What Studio needs beyond the same origin: WebAssembly, styles in attributes, pictures and fonts in data addresses, Monaco's workers in blobs.
    private const string Policy =
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' "
        + KeyScripts
        + "; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        + "font-src 'self' data:; worker-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'";

    private static readonly string Frame = FrameFile.ReadText("page.html");
    private static readonly string Missing = FrameFile.ReadText("missing.html");
    private static readonly string Header = FrameFile.ReadText("header.html");

    /// <summary>A page with one of Studio's elements.</summary>
    /// <param name="http">The request.</param>
    /// <param name="screen">Which.</param>
    /// <param name="id">Of the definition or instance; null on lists.</param>
    public IResult Show(HttpContext http, StudioScreen screen, string? id) =>
        Send(
            http,
            Frame,
            StatusCodes.Status200OK,
            hole =>
                hole switch
                {
                    "title" => text[screen.ToString()],
                    "header" => HeaderOf(http, screen, id),
                    "starting" => text["Starting"],
                    "opening" => text["Opening"],
                    "late" => text["Late"],
                    "reload" => text["Reload"],
                    "dismiss" => text["Dismiss"],
                    "noscript" => text["NoScript"],
                    "error" => text["Error"],
                    "refused" => text["Refused"],
                    "script" => FrameFile.Script.Address,
                    _ => null,
                }
        );

    /// <summary>The page for something that is not there.</summary>
    /// <param name="http">The request.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="subject">Name of the texts: <c>Definition</c>, <c>Instance</c>, <c>Page</c> with <c>Missing</c>, or <c>NotInstalled</c>.</param>
    /// <param name="what">What was asked for.</param>
    /// <param name="toInstances">Leads back to the instances, not to the definitions.</param>
    public IResult Refuse(HttpContext http, int status, string subject, string what, bool toInstances = false) =>
        Send(
            http,
            Missing,
            status,
            hole =>
                hole switch
                {
                    "title" => text[subject],
                    "text" => text[subject + "Text", what],
                    "header" => HeaderOf(http, null, null),
                    "back" => toInstances ? StudioAddress.Instances : StudioAddress.Definitions,
                    "back-text" => text[toInstances ? "ToInstances" : "ToDefinitions"],
                    _ => null,
                }
        );

    private IResult Send(HttpContext http, string page, int status, Func<string, string?> fill)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        http.Response.Headers.CacheControl = "no-cache";

        var content = Fill(
            page,
            hole =>
                fill(hole)
                ?? hole switch
                {
                    "lang" => CultureInfo.CurrentUICulture.Name,
                    "appearance" => Appearance.Of(http).IsDark ? "dark" : "light",
                    "style" => FrameFile.Style.Address,
                    _ => throw new InvalidOperationException($"Nothing fills the hole '{hole}' of Studio's page."),
                }
        );
        return TypedResults.Content(content, "text/html; charset=utf-8", statusCode: status);
    }

    private string HeaderOf(HttpContext http, StudioScreen? screen, string? id) =>
        Fill(
            Header,
            hole =>
                hole switch
                {
                    "id" => Uri.EscapeDataString(id ?? ""),
                    "navigation" => text["Navigation"],
                    "language" => text["Language"],
                    "definitions" => text["Definitions"],
                    "instances" => text["Instances"],
                    "versions" => text["Versions"],
                    "operations" => text["Operations"],
                    "editor" => text["Editor"],
                    "viewer" => text["Viewer"],
                    "versions-of" => text["VersionsOf"],
                    "repairs-of" => text["RepairsOf"],
                    "current-definitions" => Current(screen, StudioScreen.Definitions, StudioScreen.Editor),
                    "current-instances" => Current(screen, StudioScreen.Instances, StudioScreen.Viewer),
                    "hidden-editor" => screen == StudioScreen.Editor ? "" : " hidden",
                    "hidden-viewer" => screen == StudioScreen.Viewer ? "" : " hidden",
                    "languages" => LanguagesOf(http),
                    "account" => text["Account"],
                    "sign-out" => text["SignOut"],
                    "user" => ActorOf.Principal(http.User).Name,
                    "hidden-user" => ActorOf.Principal(http.User).Kind == ActorKind.Person ? "" : " hidden",
                    _ => throw new InvalidOperationException($"Nothing fills the hole '{hole}' of Studio's header."),
                }
        );

    /// <summary>Marks a place as the one where one is, or as the one that leads to it.</summary>
    private static string Current(StudioScreen? screen, StudioScreen list, StudioScreen below) =>
        screen == list ? " aria-current=\"page\""
        : screen == below ? " aria-current=\"true\""
        : "";

    private static string LanguagesOf(HttpContext http) =>
        string.Concat(Cultures.Choices.Select(choice => LanguageOf(choice.Name, choice.Title, http.Request)));

    private static string LanguageOf(string name, string title, HttpRequest request)
    {
        var address = HtmlEncoder.Default.Encode(CultureSwitch.Address(name, request.Path + request.QueryString));
        var current = Cultures.Find(CultureInfo.CurrentUICulture.Name) == name ? " aria-current=\"true\"" : "";
        return $"<a href=\"{address}\" lang=\"{name}\" hreflang=\"{name}\"{current}>{title}</a>";
    }

    // Markup that we wrote ourselves fills these; all else is text.
    private static bool IsMarkup(string hole) =>
        hole is "header" or "languages"
        || hole.StartsWith("current-", StringComparison.Ordinal)
        || hole.StartsWith("hidden-", StringComparison.Ordinal);

    private static string Fill(string page, Func<string, string?> fill) =>
        Hole()
            .Replace(
                page,
                match =>
                {
                    var hole = match.Groups["name"].Value;
                    var content = fill(hole) ?? "";
                    return IsMarkup(hole) ? content : HtmlEncoder.Default.Encode(content);
                }
            );

    [GeneratedRegex(@"\{\{(?<name>[a-z-]+)\}\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hole();
}
