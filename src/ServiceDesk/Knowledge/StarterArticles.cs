using System.Globalization;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk.Knowledge;

/// <summary>An article as a file: Markdown with a head between two lines of three hyphens.</summary>
/// <param name="Key">Name that its languages share.</param>
/// <param name="Language"><c>zh</c> or <c>en</c>.</param>
/// <param name="Text">What it says.</param>
public sealed record ArticleFile(string Key, string Language, ArticleText Text)
{
    private const string Fence = "---";
    private const int UsualMonths = 12;
    private const int MostMonths = 120;

    /// <summary>Files of articles below a folder, in the order of their names. A folder may explain itself: README.md is none.</summary>
    public static IEnumerable<string> In(string folder) =>
        Directory
            .EnumerateFiles(folder, "*.md", SearchOption.AllDirectories)
            .Where(path => !Path.GetFileName(path).Equals("README.md", StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal);

    /// <summary>Reads a file.</summary>
    /// <param name="name">Its name, for refusals.</param>
    /// <param name="content">Its content.</param>
    /// <param name="now">Now, UTC.</param>
    /// <exception cref="DeskRefusedException">The head is missing, or a field is wrong.</exception>
    public static ArticleFile Read(string name, string content, DateTimeOffset now)
    {
        var lines = content.ReplaceLineEndings("\n").Split('\n');
        var end = Array.IndexOf(lines, Fence, 1);

        if (lines[0] != Fence || end < 0)
            throw DeskRefusedException.Invalid(
                "article.file",
                name,
                $"'{name}' has no head: begin with a line of three hyphens, fields such as 'title: …', and another such line."
            );

        var head = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

        foreach (var line in lines[1..end].Where(l => l.Length > 0))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);

            if (colon < 1)
                throw DeskRefusedException.Invalid(
                    "article.file",
                    name,
                    $"'{name}': the line '{TextRules.Quote(line)}' of the head is no field."
                );

            head[line[..colon].Trim()] = line[(colon + 1)..].Trim();
        }

        var request = new ArticleRequest
        {
            Key = head.GetValueOrDefault("key"),
            Language = head.GetValueOrDefault("language"),
            Title = head.GetValueOrDefault("title"),
            Category = head.GetValueOrDefault("category"),
            Intents = head.GetValueOrDefault("intents")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            IsStandard = StandardOf(name, head.GetValueOrDefault("standard")),
            Body = string.Join('\n', lines[(end + 1)..]).Trim(),
        };
        var key = request.ReadKey() ?? throw DeskRefusedException.Invalid("article.file", name, $"'{name}' has no 'key' in its head.");
        var months = MonthsOf(name, head.GetValueOrDefault("months"));
        return new(key, request.ReadLanguage(), request.ReadText(now) with { ExpiresAt = now.AddMonths(months) });
    }

    private static bool StandardOf(string name, string? value) =>
        value switch
        {
            "true" or "yes" => true,
            null or "false" or "no" => false,
            _ => throw DeskRefusedException.Invalid(
                "article.file",
                name,
                $"'{name}': 'standard' is '{TextRules.Quote(value)}'. Write true where a bot may answer with it by itself, else false."
            ),
        };

    private static int MonthsOf(string name, string? value) =>
        value is null ? UsualMonths
        : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var months) && months is >= 1 and <= MostMonths ? months
        : throw DeskRefusedException.Invalid(
            "article.file",
            name,
            $"'{name}': 'months' is '{TextRules.Quote(value)}'. Give after how many months it is to be looked at again, 1 to {MostMonths}."
        );
}

/// <summary>Publishes the articles with which a fresh desk begins; what people have made of them since is never touched.</summary>
/// <param name="database">Where articles are.</param>
/// <param name="access">The gate.</param>
/// <param name="clock">Tells the time.</param>
public sealed class StarterArticles(Database database, IAccess access, TimeProvider clock)
{
    /// <summary>Who stands as author and approver of the articles of the product.</summary>
    public const string Author = "starter set";

    /// <summary>Publishes the articles of a folder whose key is not there in their language. Several nodes may do so at once.</summary>
    /// <param name="folder">The folder, with one article in each <c>.md</c> file.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>How many were published.</returns>
    /// <exception cref="DeskRefusedException">A file is wrong; those before it are published.</exception>
    public async Task<int> ImportAsync(string folder, CancellationToken ct)
    {
        access.Demand(Permissions.KnowledgeApprove);
        var published = 0;

        foreach (var path in ArticleFile.In(folder))
        {
            var file = ArticleFile.Read(Path.GetFileName(path), await File.ReadAllTextAsync(path, ct), clock.GetUtcNow());

            if (await database.ReadValueAsync(KnowledgeStore.HasKey, ct, Arg.Text(file.Key), Arg.Text(file.Language)) is not true)
                published += await PublishAsync(file, ct) ? 1 : 0;
        }

        return published;
    }

    private Task<bool> PublishAsync(ArticleFile file, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString("N");
        return access.ActAsync(
            new Deed(Permissions.KnowledgeApprove, "article.import", $"{file.Key}/{file.Language}"),
            async () =>
            {
                var isNew = false;
                await database.TransactionAsync(
                    async (db, _) =>
                    {
                        isNew = await KnowledgeStore.InsertAsync(db, id, file.Key, file.Language, file.Text, Author, null, now, ct);

                        if (isNew)
                            await ArticleDesk.PublishAsync(db, (await KnowledgeStore.LockAsync(db, id, ct))!, Author, now, ct);
                    },
                    ct
                );
                return isNew;
            },
            ct
        );
    }
}
