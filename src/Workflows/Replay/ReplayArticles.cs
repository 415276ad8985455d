using System.Collections.Immutable;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Knowledge;
using ServiceLoop.Workflows.CommandLine;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.Replay;

/// <summary>The articles that a desk has before the first customer writes.</summary>
/// <param name="Files">The articles.</param>
internal sealed record ReplayArticles(ImmutableArray<ArticleFile> Files)
{
    private const string Writer = "knowledge writer";
    private const string Reviewer = "knowledge reviewer";

    /// <summary>None beside those of the product.</summary>
    public static readonly ReplayArticles None = new(ImmutableArray<ArticleFile>.Empty);

    /// <summary>Reads those of a folder.</summary>
    /// <param name="folder">The folder, with one article in each <c>.md</c> file.</param>
    /// <param name="now">The product's time, from which on they are good for their months.</param>
    /// <exception cref="UsageException">There are none, a file is wrong, or two are the same article.</exception>
    public static ReplayArticles Read(string folder, DateTimeOffset now)
    {
        var files = ArticleFile.In(folder).Select(path => (Path: path, Article: ReadOne(path, now))).ToList();

        if (files.Count == 0)
            throw new UsageException($"There is no article in '{folder}' for --articles: it needs files that end with .md.");

        var twice = files.GroupBy(f => (f.Article.Key, f.Article.Language)).FirstOrDefault(g => g.Count() > 1);

        if (twice is not null)
            throw new UsageException(
                $"{string.Join(" and ", twice.Select(f => Path.GetFileName(f.Path)))} in '{folder}' are both the article '{twice.Key.Key}' in '{twice.Key.Language}'. Give one of them another 'key'."
            );

        return new([.. files.Select(f => f.Article)]);
    }

    /// <summary>True when an article answers what a message is about.</summary>
    /// <param name="intents">Of the article, as it keeps them.</param>
    /// <param name="category">Of the message.</param>
    public static bool IsAbout(IReadOnlyList<string> intents, string category) =>
        intents.Contains(ArticleRequest.IntentOf(category), StringComparer.Ordinal);

    /// <summary>True when an article answers this category that a bot may send by itself: so it is a standard question.</summary>
    public bool AnswersAlone(string category) => Files.Any(f => f.Text.IsStandard && IsAbout(f.Text.Intents, category));

    /// <summary>Intents of articles that no message is about: the articles will not be needed, or a name is misspelt.</summary>
    public IReadOnlyList<string> Unasked(IEnumerable<string> categories)
    {
        var asked = categories.Select(ArticleRequest.IntentOf).ToHashSet(StringComparer.Ordinal);
        return [.. Files.SelectMany(f => f.Text.Intents).Where(i => !asked.Contains(i)).Distinct(StringComparer.Ordinal).Order()];
    }

    /// <summary>Brings them in through the doors of people: one writes and hands in, another one approves.</summary>
    /// <exception cref="StartException">The product does not take one.</exception>
    public async Task ImportAsync(Doors doors, IReadOnlyList<ReplayNode> nodes, CancellationToken ct)
    {
        if (Files.IsEmpty)
            return;

        // Four eyes: whoever writes with one key cannot approve with it.
        var made = await doors.PostAsync(
            "/api/people/keys",
            new
            {
                name = "Review of articles",
                scopes = (string[])[Permissions.KnowledgeRead, Permissions.KnowledgeApprove, Permissions.ActForOthers],
            },
            null,
            ct
        );
        Check(made, "make the key of who approves articles");
        using var review = new Doors(made.Text("secret")!);
        review.Use(nodes);

        foreach (var file in Files)
        {
            var door = "/api/knowledge/articles";
            var what = $"article '{file.Key}' in '{file.Language}'";
            var draft = await doors.PostAsync(door, FormOf(file), Writer, ct);
            Check(draft, $"write the {what}");
            door = $"{door}/{draft.Text("id")}";
            var submitted = await doors.PostAsync($"{door}/submit", new { expectedRev = draft.Body.Number("rev") }, Writer, ct);
            Check(submitted, $"hand in the {what}");
            var approved = await review.PostAsync($"{door}/approve", new { expectedRev = submitted.Body.Number("rev") }, Reviewer, ct);
            Check(approved, $"approve the {what}");
        }
    }

    private static object FormOf(ArticleFile file) =>
        new
        {
            key = file.Key,
            language = file.Language,
            title = file.Text.Title,
            body = file.Text.Body,
            category = file.Text.Category,
            intents = file.Text.Intents,
            isStandard = file.Text.IsStandard,
            expiresAt = file.Text.ExpiresAt,
        };

    private static ArticleFile ReadOne(string path, DateTimeOffset now)
    {
        try
        {
            return ArticleFile.Read(Path.GetFileName(path), File.ReadAllText(path), now);
        }
        catch (DeskRefusedException e)
        {
            throw new UsageException($"{path}: {e.Message} Correct the file, or take it out of the folder.");
        }
    }

    private static void Check(Answer answer, string what) => ReplayDesk.Check(answer, what);
}
