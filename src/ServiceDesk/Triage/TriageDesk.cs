using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Cases;

namespace ServiceLoop.ServiceDesk.Triage;

/// <summary>All that triage knows of a case; each list the newest first.</summary>
/// <param name="Results">Judgements.</param>
/// <param name="Corrections">What people said.</param>
/// <param name="Modes">Who served it.</param>
public sealed record CaseTriage(
    IReadOnlyList<TriageResult> Results,
    IReadOnlyList<TriageCorrection> Corrections,
    IReadOnlyList<ServiceModeView> Modes
);

/// <summary>A text tried out: nothing is kept of it.</summary>
/// <param name="Classification">What the classifier says.</param>
/// <param name="IsSure">Whether it may be acted on.</param>
/// <param name="Language">Its language.</param>
/// <param name="Sentiment">How it sounds.</param>
/// <param name="Complexity">How much there is to it.</param>
public sealed record TriageTrial(
    Classification Classification,
    bool IsSure,
    string Language,
    SentimentScore Sentiment,
    Complexity Complexity
);

/// <summary>Triage: what contacts want, what people make of it, and how good it is.</summary>
/// <param name="store">Where judgements are.</param>
/// <param name="taxonomies">What follows from intents.</param>
/// <param name="classifier">Tells what texts want.</param>
/// <param name="database">For transactions.</param>
/// <param name="access">The gate.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="signal">Hears of work that is due.</param>
public sealed class TriageDesk(
    TriageStore store,
    TaxonomyStore taxonomies,
    IClassifier classifier,
    Database database,
    IAccess access,
    TimeProvider clock,
    IWorkSignal signal
)
{
    /// <summary>Event for the workflow of a case that a person has corrected; correlated by the id of the case.</summary>
    public const string CorrectedEvent = "triage-corrected";

    private const int MostOfCase = 50;
    private const int MostTruth = 100_000;

    /// <summary>All that triage knows of a case.</summary>
    public async Task<CaseTriage> GetAsync(string caseId, CancellationToken ct)
    {
        access.Demand(Permissions.CasesRead);
        var found = await store.FactsAsync(caseId, ct);

        if (!found.IsKnown)
            throw Unknown(caseId);

        return new(
            await store.ResultsAsync(caseId, MostOfCase, ct),
            await store.CorrectionsAsync(caseId, MostOfCase, ct),
            await store.ModesAsync(caseId, MostOfCase, ct)
        );
    }

    /// <summary>Judges a text without keeping anything.</summary>
    public async Task<TriageTrial> TryAsync(string? text, CancellationToken ct)
    {
        access.Demand(Permissions.TriageRead);
        var judged = TriageRules.Judged(text);
        var classified = await ClassifyAsync(judged, ct);
        return new(
            classified,
            !classified.Ranked.IsEmpty && classified.Ranked[0].Probability >= classified.Threshold,
            TextLanguage.Of(judged),
            Sentiment.Of(judged),
            ComplexityRule.Of(judged, classified.Ranked, 1)
        );
    }

    /// <summary>Judges a contact of a case; who asks records the outcome in its own transaction.</summary>
    /// <param name="id">Id of the judgement to be.</param>
    /// <param name="caseId">The case; it need not be there.</param>
    /// <param name="text">What is judged; null: what the customer said in all contacts of the case.</param>
    /// <param name="threshold">How likely it must be, 0 to 1; null: as the model says.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DeskRefusedException">The threshold is none.</exception>
    public async Task<TriageOutcome> JudgeAsync(string id, string caseId, string? text, double? threshold, CancellationToken ct)
    {
        access.Demand(Permissions.CasesWrite);

        if (threshold is not null and not (>= 0 and <= 1))
            throw DeskRefusedException.Invalid("triage.threshold", "threshold", $"'threshold' is {threshold}, and must be 0 to 1.");

        var facts = await store.FactsAsync(caseId, ct);
        var taxonomy = await taxonomies.OfAsync(facts.TaxonomyVersion, ct);
        var judged = TriageRules.Judged(string.IsNullOrWhiteSpace(text) ? facts.Text : text);
        var classified = await ClassifyAsync(judged, ct);
        return TriageRules.Judge(id, caseId, judged, classified, threshold, facts, taxonomy, clock.GetUtcNow());
    }

    /// <summary>Reads what a person says that a case is about; who asks records it in its own transaction.</summary>
    /// <param name="id">Id of the decision to be.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="intent">An intent of the taxonomy, or one that the case was judged to have.</param>
    /// <param name="by">Who.</param>
    /// <param name="reason">Why.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The decision, and the priority that the case has with it.</returns>
    /// <exception cref="DeskRefusedException">There is no such intent.</exception>
    public async Task<(TriageDecision Decision, int Priority)> DecideAsync(
        string id,
        string caseId,
        string? intent,
        string by,
        string? reason,
        CancellationToken ct
    )
    {
        access.Demand(Permissions.CasesWrite);
        var facts = await store.FactsAsync(caseId, ct);
        var rule = await RuleAsync(caseId, intent, facts, ct);
        var urgency = CasePriority.Raised(rule.Urgency, facts.IsAngry, facts.ContactNo);
        return (new(id, caseId, rule, by, TextRules.Optional(reason, "reason", 500)), CasePriority.Of(rule.Impact, urgency));
    }

    /// <summary>What a step of a workflow does: judges the contact, or follows a person who has decided.</summary>
    /// <param name="id">Id of the judgement or decision to be.</param>
    /// <param name="caseId">The case; it need not be there.</param>
    /// <param name="wish">What is asked.</param>
    /// <param name="workflow">Who decides where nobody is named.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DeskRefusedException">The wish cannot be met.</exception>
    public async Task<TriageStep> StepAsync(string id, string caseId, TriageWish wish, string workflow, CancellationToken ct)
    {
        if (TextRules.Optional(wish.DecidedIntent, "DecidedIntent", 100) is not { } decided)
            return TriageStep.Of(await JudgeAsync(id, caseId, wish.Text, wish.Threshold, ct));

        var by = TextRules.Optional(wish.DecidedBy, "DecidedBy", 200) ?? workflow;
        var (decision, priority) = await DecideAsync(id, caseId, decided, by, null, ct);
        var said = (await store.FactsAsync(caseId, ct)).Text;
        return TriageStep.Of(decision, priority, TextLanguage.Of(said));
    }

    /// <summary>A person corrects what a case is about: ground truth. Its workflow is told by <see cref="CorrectedEvent"/>.</summary>
    /// <param name="caseId">The case.</param>
    /// <param name="intent">What it is.</param>
    /// <param name="reason">Why; may be missing.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DeskRefusedException">There is no such case or intent, or the case is over.</exception>
    public Task<CaseTriage> CorrectAsync(string caseId, string? intent, string? reason, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.CasesWrite, "triage.correct", caseId) { Wanted = Facts.Of(("intent", TextRules.Quote(intent))) },
            async () =>
            {
                var now = clock.GetUtcNow();
                var id = Guid.CreateVersion7(now).ToString("N");
                var (decision, priority) = await DecideAsync(id, caseId, intent, access.Actor.Who ?? "system", reason, ct);
                await database.TransactionAsync(
                    async (db, _) =>
                    {
                        var seen = (await CaseStore.LockAsync(db, ct, caseId)).SingleOrDefault() ?? throw Unknown(caseId);

                        if (seen.Status.IsTerminal())
                            throw DeskRefusedException.Gone(
                                "case.over",
                                $"Case '{seen.Label}' is over: it stands at {Words.Of(seen.Status)}, and nothing of it changes any more."
                            );

                        await db.DoAsync(TriageDecisionWriter.Record, ct, TriageDecisionWriter.Columns([(decision, now)]));
                        await CaseTelling.TellAsync(db, TriageDecisionWriter.LineOf(decision, now), ct);
                        var told = new Dictionary<string, object?>(StringComparer.Ordinal)
                        {
                            ["CaseId"] = caseId,
                            ["Intent"] = decision.Rule.Name,
                            ["Category"] = decision.Rule.Category,
                            ["Queue"] = decision.Rule.Queue,
                            ["Priority"] = (long)priority,
                        };
                        await db.AskAsync([AskedWork.Publish(CorrectedEvent, told, caseId, null, $"{id}:corrected", now)], ct);
                    },
                    ct
                );
                signal.Ring(now);
                return await GetAsync(caseId, ct);
            },
            t => Facts.Of(("misroute", t.Corrections[0].IsMisroute ? "yes" : "no")),
            ct
        );

    /// <summary>Chooses who serves a case now, by its last judgement and what the customer said last; who asks records it in its own transaction.</summary>
    /// <param name="id">Id of the choice to be.</param>
    /// <param name="caseId">The case; it need not be there.</param>
    /// <param name="text">What the customer said last; null: the last contact of the case.</param>
    /// <param name="hasAnswer">Whether an article answers it.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<ServiceModeRow> ChooseModeAsync(string id, string caseId, string? text, bool hasAnswer, CancellationToken ct)
    {
        access.Demand(Permissions.CasesWrite);
        var known = await store.FactsAsync(caseId, ct);
        var taxonomy = await taxonomies.OfAsync(known.TaxonomyVersion, ct);
        var said = TriageRules.Judged(string.IsNullOrWhiteSpace(text) ? known.LastText : text);
        var rule = known.Intent is null ? null : taxonomy.RuleOf(known.Intent);
        var judged = known.IsDecided ? null : (await store.ResultsAsync(caseId, 1, ct)).SingleOrDefault();
        var facts = new ServiceModeFacts
        {
            Sentiment = Sentiment.Of(said),
            Complexity = ComplexityRule.Of(said, judged?.Ranked ?? [], known.ContactNo),
            IsSure = known.IsSure,
            ContactNo = known.ContactNo,
            IsReopened = known.IsReopened,
            Priority = CasePriority.Of(known.Impact, known.Urgency),
            HasAnswer = hasAnswer,
            IsStandard = rule is { IsStandard: true },
            IsSpecial = rule is { IsSpecial: true },
            WantsPerson = rule is { WantsPerson: true },
        };
        return new(id, caseId, facts, ServiceModeRule.Of(facts));
    }

    /// <summary>How good triage was, by intent, the most frequent first.</summary>
    /// <param name="since">From when, by the moment of the first judgement; null: four weeks before the end.</param>
    /// <param name="until">Until when; null: now.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<TriageFigure>> FiguresAsync(DateTimeOffset? since, DateTimeOffset? until, CancellationToken ct)
    {
        access.Demand(Permissions.TriageRead);
        var end = until ?? clock.GetUtcNow();
        var start = since ?? end.AddDays(-28);
        return start < end
            ? await store.FiguresAsync(start, end, ct)
            : throw DeskRefusedException.Invalid("triage.time", "since", $"'since' is {start:u}, and must be before 'until', {end:u}.");
    }

    /// <summary>Texts with what people said that they are about, the newest first.</summary>
    /// <param name="take">How many; at most 100 000.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<LabelledText>> TruthAsync(int take, CancellationToken ct)
    {
        access.Demand(Permissions.TriageManage);
        return await store.TruthAsync(Math.Clamp(take, 1, MostTruth), ct);
    }

    private ValueTask<Classification> ClassifyAsync(string text, CancellationToken ct) =>
        text.Length == 0 ? new(Classification.None) : classifier.ClassifyAsync(text, ct);

    private async Task<IntentRule> RuleAsync(string caseId, string? intent, TriageFacts facts, CancellationToken ct)
    {
        var wanted = TextRules.Required(intent, "intent", 100);
        var taxonomy = await taxonomies.OfAsync(facts.TaxonomyVersion, ct);

        if (taxonomy.Find(wanted) is { } rule)
            return rule;

        // A model may know intents that the taxonomy does not list.
        var judged = await store.ResultsAsync(caseId, MostOfCase, ct);

        return taxonomy.Version == 0 || judged.Any(r => r.Ranked.Any(x => x.Intent == wanted))
            ? IntentRule.Unlisted(wanted)
            : throw DeskRefusedException.Invalid(
                "triage.intent",
                "intent",
                $"'intent' is '{TextRules.Quote(wanted)}', which version {taxonomy.Version} of the taxonomy does not list. Choose one of its intents, or add it."
            );
    }

    private static DeskRefusedException Unknown(string id) =>
        DeskRefusedException.Unknown("case.unknown", $"There is no case '{TextRules.Quote(id)}'.");
}
