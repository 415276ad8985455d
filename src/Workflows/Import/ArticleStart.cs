using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Knowledge;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.Import;

/// <summary>Publishes the articles of the starter set at start: files below <c>desk/articles</c> beside the definitions, each once.</summary>
/// <param name="articles">Publishes them.</param>
/// <param name="place">Where definitions lie.</param>
/// <param name="logger">Told what was published.</param>
internal sealed class ArticleStart(StarterArticles articles, DefinitionPlace place, ILogger<ArticleStart> logger)
{
    private const string Below = "articles";

    /// <summary>Publishes what is missing. Several nodes may do so at once.</summary>
    /// <returns>How many were published.</returns>
    /// <exception cref="StartException">A file is wrong: it is named, with the cure.</exception>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        if (place.Find() is not { } definitions)
            return 0;

        var folder = Path.Combine(DefinitionPlace.DeskIn(definitions), Below);

        if (!Directory.Exists(folder))
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
}
