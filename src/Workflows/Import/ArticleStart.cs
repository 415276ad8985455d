using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Knowledge;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.Import;

/// <summary>Publishes the articles of the starter set at start: files below <c>desk/articles</c> beside the definitions, each once.</summary>
/// <param name="articles">Publishes them.</param>
/// <param name="settings">May name the folder of the definitions.</param>
/// <param name="environment">Where the program lies.</param>
/// <param name="logger">Told what was published.</param>
internal sealed class ArticleStart(
    StarterArticles articles,
    IConfiguration settings,
    IHostEnvironment environment,
    ILogger<ArticleStart> logger
)
{
    private static readonly string Below = Path.Combine("desk", "articles");

    /// <summary>Publishes what is missing. Several nodes may do so at once.</summary>
    /// <returns>How many were published.</returns>
    /// <exception cref="StartException">A file is wrong: it is named, with the cure.</exception>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        if (Folder() is not { } folder)
            return 0;

        try
        {
            var published = await articles.ImportAsync(folder, ct);

            if (published > 0)
                Log.ArticlesStarted(logger, published, folder);

            return published;
        }
        catch (DeskRefusedException e)
        {
            throw new StartException($"{folder}: {e.Message} Correct the file, or take it out of the folder.", e);
        }
    }

    private string? Folder()
    {
        string[] places = settings[DefinitionImport.PathSetting] is { } given
            ? [.. new[] { given }.Where(g => !string.IsNullOrWhiteSpace(g))]
            : ["definitions", Path.Combine(environment.ContentRootPath, "definitions")];
        return places.Select(p => Path.Combine(Path.GetFullPath(p), Below)).FirstOrDefault(Directory.Exists);
    }
}
