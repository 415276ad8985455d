using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Intake;

namespace ServiceLoop.ServiceDesk.ProblemFiles;

/// <summary>A question that somebody wants to ask.</summary>
/// <param name="Question">The question as it stands now.</param>
/// <param name="IsAsked">False: the answer is known already; do not ask the customer again.</param>
public sealed record AskedQuestion(ProblemQuestion Question, bool IsAsked);

/// <summary>How often customers are asked.</summary>
/// <param name="Asked">Questions that were asked.</param>
/// <param name="Repeated">Those whose answer was there already.</param>
public sealed record RepeatQuestions(long Asked, long Repeated)
{
    /// <summary>Share of repeated ones, 0 to 1; null before the first question.</summary>
    public double? Share => Asked + Repeated == 0 ? null : Math.Round((double)Repeated / (Asked + Repeated), 4);
}

/// <summary>Problem files: everything that is known about a case, so that nobody is asked twice.</summary>
/// <param name="database">Where they are.</param>
/// <param name="access">The gate.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="options">Settings.</param>
public sealed class ProblemFileDesk(Database database, IAccess access, TimeProvider clock, ContactOptions options)
{
    private const int MostValue = 500;

    private string Who => access.Actor.Who ?? "system";

    /// <summary>The file of a case as it stands.</summary>
    /// <param name="caseId">Id of the case, or its number.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DeskRefusedException">There is no such case.</exception>
    public async Task<ProblemFile> GetAsync(string caseId, CancellationToken ct)
    {
        access.Demand(Permissions.CasesRead);
        return await ReadAsync(await CaseAsync(caseId, ct), ct);
    }

    /// <summary>Gathers what contacts tell, opens the questions that the category needs, and closes those that are answered. Again changes nothing.</summary>
    /// <param name="caseId">The case.</param>
    /// <param name="intent">What the customer wants, where it is known: it tells better than the category what must be asked.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DeskRefusedException">There is no such case.</exception>
    public Task<ProblemFile> AssembleAsync(string caseId, string? intent, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.CasesWrite, "problem-file.assemble", TextRules.Quote(caseId)),
            async () =>
            {
                var seen = await CaseAsync(caseId, ct);
                var evidence = await EvidenceAsync(seen.Id, ct);
                var gathered = FileAssembly.Gather(evidence, options.Home);
                var language = Languages.Of(FileAssembly.TextOf(evidence.Select(e => e.Contact)));
                var now = clock.GetUtcNow();
                var wanted = NeededFacts
                    .Of(intent)
                    .Union(NeededFacts.Of(seen.Category), StringComparer.Ordinal)
                    .Concat(gathered.Unsure.Select(id => $"{NeededFacts.VerifyTranscript}:{id}"))
                    .Select(k => (k, NeededFacts.Question(k, language)))
                    .ToList();
                await database.TransactionAsync(
                    async (db, _) =>
                    {
                        await LockedAsync(db, seen.Id, ct);
                        await ProblemFileStore.AddFactsAsync(db, seen.Id, gathered.Facts, ct);
                        await ProblemFileStore.AddQuestionsAsync(db, seen.Id, wanted, now, ct);
                        await ProblemFileStore.CloseQuestionsAsync(db, seen.Id, now, ct);
                    },
                    ct
                );
                return await ReadAsync(seen, ct);
            },
            f => Facts.Of(("facts", $"{f.Facts.Length}"), ("open", $"{f.OpenQuestions.Count()}")),
            ct
        );

    /// <summary>Asks a question about a case. Where its answer is known it is given, and counted as a repeated question.</summary>
    /// <param name="caseId">The case.</param>
    /// <param name="key">What it asks for; a fact with this key answers it.</param>
    /// <param name="question">In words for people; null: the usual words of the key.</param>
    /// <param name="ct">Cancels.</param>
    public Task<AskedQuestion> AskAsync(string caseId, string? key, string? question, CancellationToken ct) =>
        ChangeAsync(
            caseId,
            "problem-file.ask",
            async (db, seen) =>
            {
                var about = KeyOf(key);
                var text =
                    TextRules.Optional(question, "question", 1000) ?? NeededFacts.Question(about, await LanguageAsync(db, seen.Id, ct));
                await ProblemFileStore.AddQuestionsAsync(db, seen.Id, [(about, text)], clock.GetUtcNow(), ct);
                await ProblemFileStore.CloseQuestionsAsync(db, seen.Id, clock.GetUtcNow(), ct);
                await ProblemFileStore.AskAsync(db, seen.Id, about, ct);
            },
            file =>
            {
                var asked = file.Questions.Single(q => q.Key == KeyOf(key));
                return new AskedQuestion(asked, asked.AnsweredAt is null);
            },
            ct
        );

    /// <summary>Answers a question; the answer becomes a fact.</summary>
    /// <exception cref="DeskRefusedException">There is no such question.</exception>
    public Task<ProblemFile> AnswerAsync(string caseId, string key, string? answer, CancellationToken ct) =>
        ChangeAsync(
            caseId,
            "problem-file.answer",
            async (db, seen) =>
            {
                var (about, said, now) = (KeyOf(key), TextRules.Required(answer, "answer", MostValue), clock.GetUtcNow());

                if (!await ProblemFileStore.AnswerAsync(db, seen.Id, about, said, Who, now, ct))
                    throw DeskRefusedException.Unknown(
                        "question.unknown",
                        $"Case '{seen.Label}' has no question '{about}'. Ask it first, or add a fact."
                    );

                await ProblemFileStore.AddFactsAsync(db, seen.Id, [new(about, said, Who, 1, now)], ct);
            },
            file => file,
            ct
        );

    /// <summary>Adds a fact; questions for it are answered by it.</summary>
    /// <param name="caseId">The case.</param>
    /// <param name="key">What it is about: small letters, digits, hyphens.</param>
    /// <param name="value">The value.</param>
    /// <param name="confidence">How sure it is, 0 to 1; null: 1.</param>
    /// <param name="ct">Cancels.</param>
    public Task<ProblemFile> AddFactAsync(string caseId, string? key, string? value, double? confidence, CancellationToken ct) =>
        ChangeAsync(
            caseId,
            "problem-file.fact",
            async (db, seen) =>
            {
                if (confidence is not (null or (>= 0 and <= 1)))
                    throw DeskRefusedException.Invalid(
                        "fact.confidence",
                        "confidence",
                        $"'confidence' is {confidence}, and must be 0 to 1."
                    );

                var now = clock.GetUtcNow();
                var fact = new ProblemFact(KeyOf(key), TextRules.Required(value, "value", MostValue), Who, confidence ?? 1, now);
                await ProblemFileStore.AddFactsAsync(db, seen.Id, [fact], ct);
                await ProblemFileStore.CloseQuestionsAsync(db, seen.Id, now, ct);
            },
            file => file,
            ct
        );

    /// <summary>How often customers were asked what was known already.</summary>
    public async Task<RepeatQuestions> RepeatsAsync(DateTimeOffset? since, CancellationToken ct)
    {
        access.Demand(Permissions.CasesRead);
        return (
            await database.ReadAsync(
                ProblemFileStore.Repeats,
                r => new RepeatQuestions(r.GetInt64(0), r.GetInt64(1)),
                ct,
                Arg.Time(since?.ToUniversalTime())
            )
        ).Single();
    }

    internal async Task<ProblemFile> ReadAsync(ServiceCase seen, CancellationToken ct)
    {
        var evidence = await EvidenceAsync(seen.Id, ct);
        var text = FileAssembly.TextOf(evidence.Select(e => e.Contact));
        return new(
            seen.Id,
            seen.Category,
            seen.ContactNo,
            text,
            Languages.Of(text),
            [.. await database.ReadAsync(ProblemFileStore.Facts, ProblemFileStore.FactOf, ct, Arg.Text(seen.Id))],
            [.. await database.ReadAsync(ProblemFileStore.Questions, ProblemFileStore.QuestionOf, ct, Arg.Text(seen.Id))],
            [.. await database.ReadAsync(ProblemFileStore.Attempts, ProblemFileStore.AttemptOf, ct, Arg.Text(seen.Id))],
            [
                .. evidence.Select(e => new FiledContact(
                    e.Contact.Id,
                    e.Contact.Channel,
                    Words.Of(e.Contact.Direction),
                    e.Contact.Subject,
                    e.Contact.StartedAt,
                    CountOf(e.Attachments)
                )),
            ]
        );
    }

    internal async Task<ServiceCase> CaseAsync(string id, CancellationToken ct) =>
        await FindCaseAsync(id, ct) ?? throw DeskRefusedException.Unknown("case.unknown", $"There is no case '{TextRules.Quote(id)}'.");

    internal async Task<ServiceCase?> FindCaseAsync(string id, CancellationToken ct) =>
        (
            CaseNumber.FindIn(id) is { } number && id.Length < 24
                ? await database.ReadAsync(CaseStore.Numbered, CaseStore.RowOf, ct, Arg.Number(number))
                : await database.ReadAsync(CaseStore.Find, CaseStore.RowOf, ct, Arg.Text(id))
        ).SingleOrDefault();

    private Task<T> ChangeAsync<T>(
        string caseId,
        string action,
        Func<NpgsqlConnection, ServiceCase, Task> change,
        Func<ProblemFile, T> result,
        CancellationToken ct
    ) =>
        access.ActAsync(
            new Deed(Permissions.CasesWrite, action, TextRules.Quote(caseId)),
            async () =>
            {
                var seen = await CaseAsync(caseId, ct);
                await database.TransactionAsync(
                    async (db, _) =>
                    {
                        await LockedAsync(db, seen.Id, ct);
                        await change(db, seen);
                    },
                    ct
                );
                return result(await ReadAsync(seen, ct));
            },
            null,
            ct
        );

    // Two who assemble or answer at once take turns; what was erased stays so.
    private static async Task LockedAsync(NpgsqlConnection db, string id, CancellationToken ct)
    {
        if (await db.ReadAsync(CaseErased, r => r.GetBoolean(0), ct, Arg.Text(id)) is [true])
            throw DeskRefusedException.Gone("case.erased", "What was personal of this case has been removed.");
    }

    private static readonly string CaseErased = Runtime.Postgres.SqlFile.Beside<ProblemFile>("service_case.lock_file");

    private Task<IReadOnlyList<ContactEvidence>> EvidenceAsync(string caseId, CancellationToken ct) =>
        database.ReadAsync(ProblemFileStore.Evidence, ProblemFileStore.EvidenceOf, ct, Arg.Text(caseId));

    // On the connection that holds the case: who takes a second one while holding a first may wait for itself.
    private static async Task<string?> LanguageAsync(NpgsqlConnection db, string caseId, CancellationToken ct) =>
        Languages.Of(
            FileAssembly.TextOf(
                (await db.ReadAsync(ProblemFileStore.Evidence, ProblemFileStore.EvidenceOf, ct, Arg.Text(caseId))).Select(e => e.Contact)
            )
        );

    private static int CountOf(string attachments)
    {
        using var json = System.Text.Json.JsonDocument.Parse(attachments);
        return json.RootElement.GetArrayLength();
    }

    private static string KeyOf(string? key)
    {
        var text = TextRules.Required(key, "key", 100).ToLowerInvariant();
        return text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or ':' or '_')
            ? text
            : throw DeskRefusedException.Invalid(
                "fact.key",
                "key",
                $"'key' is '{TextRules.Quote(text)}'; a key is small letters, digits and hyphens, such as 'order-number'."
            );
    }
}
