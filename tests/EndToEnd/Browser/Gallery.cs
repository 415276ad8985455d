using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace ServiceLoop.EndToEnd.Tests.Browser;

/// <summary>Pictures of the screens, where a person can browse them: <c>artifacts/screenshots/index.html</c>.</summary>
internal static class Gallery
{
    private static readonly ConcurrentQueue<(string File, string Title, string Window)> Pictures = new();

    private static readonly string Folder = Path.Combine(FindRoot(), "artifacts", "screenshots");

    /// <summary>Takes a picture of what a window shows.</summary>
    /// <param name="visit">The window.</param>
    /// <param name="name">Name of the file, without ending.</param>
    /// <param name="title">What one sees.</param>
    public static async Task TakeAsync(Visit visit, string name, string title)
    {
        var file = $"{name}.{visit.Options.Name}.png";
        Directory.CreateDirectory(Folder);
        await visit.Page.ScreenshotAsync(
            new() { Path = Path.Combine(Folder, file), Animations = Microsoft.Playwright.ScreenshotAnimations.Disabled }
        );
        Pictures.Enqueue((file, title, visit.Options.Name));
    }

    /// <summary>Writes the page that shows them all.</summary>
    public static void WriteIndex()
    {
        if (Pictures.IsEmpty)
            return;

        var page = new StringBuilder(
            """
            <!doctype html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <title>Screens of ServiceLoop</title>
              <style>
                body { font-family: sans-serif; margin: 16px; background: #eef1f4; color: #1d2733; }
                main { display: grid; grid-template-columns: repeat(auto-fill, minmax(320px, 1fr)); gap: 16px; }
                figure { margin: 0; background: #fff; padding: 8px; border-radius: 8px; }
                img { width: 100%; max-height: 420px; object-fit: contain; object-position: top; border: 1px solid #d5dbe2; }
              </style>
            </head>
            <body>
            <h1>Screens of ServiceLoop</h1>
            <main>

            """
        );

        foreach (var (file, title, window) in Pictures.OrderBy(p => p.File, StringComparer.Ordinal))
            page.Append("<figure><a href=\"")
                .Append(file)
                .Append("\"><img loading=\"lazy\" alt=\"\" src=\"")
                .Append(file)
                .Append("\"></a><figcaption>")
                .Append(WebUtility.HtmlEncode($"{title} ({window})"))
                .AppendLine("</figcaption></figure>");

        page.AppendLine("</main>").AppendLine("</body>").AppendLine("</html>");
        File.WriteAllText(Path.Combine(Folder, "index.html"), page.ToString());
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "ServiceLoop.slnx")))
                return folder.FullName;

        throw new DirectoryNotFoundException("The tests do not lie in the repository.");
    }
}
