using System.Text;
using System.Text.RegularExpressions;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Intake;
using ServiceLoop.ServiceDesk.ProblemFiles;

namespace ServiceLoop.ServiceDesk.Knowledge;

/// <summary>Makes drafts of articles from cases that were resolved; people read and approve them.</summary>
/// <param name="database">Where they are.</param>
/// <param name="access">The gate.</param>
/// <param name="files">Knows what happened.</param>
/// <param name="articles">Knows articles.</param>
/// <param name="clock">Tells the time.</param>
public sealed class ArticleProposals(Database database, IAccess access, ProblemFileDesk files, ArticleDesk articles, TimeProvider clock)
{
    /// <summary>Who stands as the author of what the machine wrote: whoever reads it may approve it.</summary>
    public const string Author = "machine";

    /// <summary>Proposes an article from a case. The same id again is the same article.</summary>
    /// <param name="caseId">The case; it must be resolved and have a note on how.</param>
    /// <param name="id">Id of the article to be; null: a new one.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DeskRefusedException">The case is not resolved, or nobody wrote how.</exception>
    public Task<Article> ProposeAsync(string caseId, string? id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var wanted = id ?? Guid.CreateVersion7(now).ToString("N");
        return access.ActAsync(
            new Deed(Permissions.KnowledgeWrite, "article.propose", wanted) { Wanted = Facts.Of(("case", TextRules.Quote(caseId))) },
            async () =>
            {
                if (await articles.FindAsync(wanted, ct) is { } before)
                    return before;

                var seen = await files.CaseAsync(caseId, ct);

                if (seen.ResolvedAt is null || string.IsNullOrWhiteSpace(seen.ResolutionNote))
                    throw DeskRefusedException.Conflict(
                        "article.unresolved",
                        $"Case '{seen.Label}' is {Words.Of(seen.Status)}{(seen.ResolvedAt is null ? "" : ", and nobody wrote how it was resolved")}. An article is made from what resolved a case."
                    );

                var file = await files.ReadAsync(seen, ct);
                var names = await NamesAsync(seen.CustomerId, ct);
                var text = TextOf(seen, file, names);
                await database.TransactionAsync(
                    async (db, _) =>
                    {
                        if (
                            await KnowledgeStore.InsertAsync(
                                db,
                                wanted,
                                wanted.ToLowerInvariant(),
                                file.Language ?? Languages.English,
                                text,
                                Author,
                                seen.Id,
                                now,
                                ct
                            )
                        )
                            await KnowledgeStore.TellAsync(db, wanted, 1, Author, "create", null, now, ct);
                    },
                    ct
                );
                return (await articles.FindAsync(wanted, ct))!;
            },
            ct
        );
    }

    /// <summary>The draft. What is personal is taken out before anybody reads it.</summary>
    internal static ArticleText TextOf(ServiceCase seen, ProblemFile file, IReadOnlyList<string> names)
    {
        var isChinese = file.Language == Languages.Chinese;
        var private_ = file
            .Facts.Where(f => f.Key is not ("product" or "symptom"))
            .Select(f => f.Value)
            .Concat(names)
            .Concat(PersonalText.Names(file.Text))
            .ToList();
        var problem = PersonalText.Clean(file.Text.Length == 0 ? seen.Title : file.Text, private_);
        var solution = PersonalText.Clean(seen.ResolutionNote, private_);
        var tried = file.Tried.Where(t => t.Result == "did-not-help").Select(t => PersonalText.Clean(t.What, private_)).Distinct().ToList();
        var body = new StringBuilder()
            .Append(isChinese ? "## 问题\n\n" : "## Problem\n\n")
            .Append(problem)
            .Append(isChinese ? "\n\n## 解决办法\n\n" : "\n\n## Solution\n\n")
            .Append(solution);

        if (tried.Count > 0)
            body.Append(isChinese ? "\n\n## 没有帮助的做法\n" : "\n\n## What did not help\n").AppendJoin("", tried.Select(t => $"\n- {t}"));

        var title = PersonalText.Clean(seen.Title ?? seen.Category ?? problem, private_).ReplaceLineEndings(" ");
        return new ArticleText
        {
            Title = title.Length <= 200 ? title : $"{title[..199]}…",
            Body = body.ToString(),
            Category = seen.Category,
        };
    }

    private async Task<IReadOnlyList<string>> NamesAsync(string? customerId, CancellationToken ct)
    {
        if (customerId is null)
            return [];

        var customer = (await database.ReadAsync(CustomerStore.Find, CustomerStore.RowOf, ct, Arg.Text(customerId))).SingleOrDefault();
        var identities = await database.ReadAsync(CustomerStore.Identities, CustomerStore.IdentityOf, ct, Arg.Text(customerId));
        return
        [
            .. new[] { customer?.Profile.Name }.OfType<string>().Where(n => n.Length > 1),
            .. identities.Select(i => i.Value[(i.Value.IndexOf(':', StringComparison.Ordinal) + 1)..]),
        ];
    }
}

/// <summary>Takes what is personal out of texts.</summary>
internal static partial class PersonalText
{
    private const string Gap = "[…]";

    /// <summary>The text without what is known to be personal, and without all that looks like an address or a number.</summary>
    /// <param name="text">The text.</param>
    /// <param name="known">Values that are known to be personal.</param>
    public static string Clean(string? text, IEnumerable<string> known)
    {
        var clean = (text ?? "").Trim();

        foreach (var value in known.Where(v => v.Length > 1).OrderByDescending(v => v.Length))
            clean = Whole(value).Replace(clean, Gap);

        clean = Mail().Replace(clean, Gap);
        clean = Link().Replace(clean, Gap);
        clean = Number().Replace(clean, Gap);
        return clean;
    }

    /// <summary>A value where it stands by itself: a name must not be cut out of other words.</summary>
    private static Regex Whole(string value) =>
        new(
            $"{(char.IsAsciiLetterOrDigit(value[0]) ? "(?<![A-Za-z0-9])" : "")}{Regex.Escape(value)}{(char.IsAsciiLetterOrDigit(value[^1]) ? "(?![A-Za-z0-9])" : "")}",
            Loose,
            TimeSpan.FromMilliseconds(500)
        );

    /// <summary>Names by which people introduce themselves in a text, whole and in parts.</summary>
    public static IEnumerable<string> Names(string text) =>
        Introduction()
            .Matches(text)
            .Select(m => m.Groups["name"].Value)
            .SelectMany(n => n.Split(' ').Where(p => p.Length > 2).Prepend(n))
            .Distinct(StringComparer.Ordinal);

    private const RegexOptions Loose = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    [GeneratedRegex(@"[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}", Loose, 500)]
    private static partial Regex Mail();

    [GeneratedRegex(@"https?://\S{1,2000}", Loose, 500)]
    private static partial Regex Link();

    // How people introduce themselves.
    [GeneratedRegex(
        @"(?:(?i:\bmy name is\s|\bthis is\s)|\b[Ii] am (?=[A-Z])|我叫|我是(?=[\u4e00-\u9fff]{2,3}[，,。]))(?<name>[A-Z][\w'-]{1,30}(?:\s[A-Z][\w'-]{1,30})?|[\u4e00-\u9fff]{2,3})",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        500
    )]
    private static partial Regex Introduction();

    // Five digits and more, also with signs between them, and words of letters and digits: numbers of orders, phones, cards, identity papers. Chinese has no
    // spaces: its characters stand right beside a number.
    [GeneratedRegex(
        @"(?<![A-Z0-9_])(?=[A-Z0-9+() -]{0,40}?\d{2})[A-Z]{0,6}\+?\(?\d[\dA-Z() -]{3,30}[\dA-Z](?![A-Z0-9_])|(?<![A-Z0-9_.])\d{2,4}(?:\.\d{2,4}){2,4}(?![A-Z0-9_])",
        Loose,
        500
    )]
    private static partial Regex Number();
}
