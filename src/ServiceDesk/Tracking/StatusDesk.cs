using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Callbacks;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.ServiceDesk.ProblemFiles;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.Tracking;

/// <summary>The page on which a customer sees where things stand, and what may be done there. Whoever has the link needs nothing else.</summary>
/// <param name="database">Where cases are.</param>
/// <param name="access">The gate.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="links">Knows links.</param>
/// <param name="contacts">Takes in what the customer adds.</param>
/// <param name="cases">Reopens.</param>
/// <param name="callbacks">Moves callbacks.</param>
public sealed class StatusDesk(
    Database database,
    IAccess access,
    TimeProvider clock,
    StatusLinks links,
    InteractionDesk contacts,
    CaseDesk cases,
    CallbackDesk callbacks
)
{
    /// <summary>Channel of what customers add on the page.</summary>
    public const string Channel = "status-page";

    private const int MostText = 10_000;

    private static readonly string Steps = Load("service_case_event.steps");
    private static readonly string Promises = Load("promise.of_status");
    private static readonly string OpenCallbacks = Load("callback.of_status");
    private static readonly string HasTask = Load("task.is_open");
    private static readonly string Questions = Load("problem_question.of_status");
    private static readonly string Count = Load("status_view.count");
    private static readonly string FiguresOf = Load("status.figures");

    /// <summary>The page.</summary>
    /// <param name="token">The link.</param>
    /// <param name="language">Language wished for; Chinese for names that begin with <c>zh</c>, else English.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DeskRefusedException">The link is none, expired or revoked.</exception>
    public async Task<StatusPage> GetAsync(string? token, string? language, CancellationToken ct)
    {
        var (link, seen) = await links.OpenAsync(token, ct);
        var isChinese = language?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true;

        if (seen is not null)
            await database.RepeatableAsync(
                Count,
                ct,
                Arg.Text(seen.Id),
                new() { Value = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Date }
            );

        return await PageAsync(link, seen, isChinese, ct);
    }

    /// <summary>The customer tells more. Sent again with the same key it is kept once.</summary>
    /// <exception cref="DeskRefusedException">The link opens nothing, or the case is over.</exception>
    public async Task<StatusPage> AddAsync(string? token, string? text, string? key, string? language, CancellationToken ct)
    {
        var (link, seen) = await OpenCaseAsync(token, ct);
        var said = TextRules.Required(text, "text", MostText);
        Require(seen, StatusAction.AddInformation, hasCallback: false);
        var now = clock.GetUtcNow();
        var id = TextRules.Optional(key, "Idempotency-Key", 200) ?? Guid.CreateVersion7(now).ToString("N");

        using (access.AsSystem())
            await contacts.ReceiveAsync(
                new()
                {
                    Channel = Channel,
                    ExternalId = $"{seen.Id}:{id}",
                    ThreadKey = seen.Id,
                    CaseId = seen.Id,
                    CustomerId = seen.CustomerId,
                    Body = said,
                    Language = Intake.Languages.Of(said),
                },
                ct
            );

        return await AgainAsync(link, seen, language, ct);
    }

    /// <summary>The customer comes back with a settled case.</summary>
    /// <exception cref="DeskRefusedException">The link opens nothing, the case is open, or it was settled too long ago.</exception>
    public async Task<StatusPage> ReopenAsync(string? token, string? reason, string? language, CancellationToken ct)
    {
        var (link, seen) = await OpenCaseAsync(token, ct);
        var why = TextRules.Required(reason, "reason", 500);

        using (access.AsSystem())
            await cases.ReopenAsync(seen.Id, why, ct);

        return await AgainAsync(link, seen, language, ct);
    }

    /// <summary>Moments that the customer may choose for a callback.</summary>
    /// <exception cref="DeskRefusedException">The link opens nothing, or the callback is none of its case.</exception>
    public async Task<IReadOnlyList<Span>> SlotsAsync(string? token, string callbackId, CancellationToken ct)
    {
        var (_, seen) = await OpenCaseAsync(token, ct);
        await OwnCallbackAsync(seen, callbackId, ct);

        using (access.AsSystem())
            return await callbacks.SlotsAsync(callbackId, ct);
    }

    /// <summary>The customer chooses another moment for a callback.</summary>
    public async Task<StatusPage> RescheduleAsync(
        string? token,
        string callbackId,
        DateTimeOffset startsAt,
        string? language,
        CancellationToken ct
    )
    {
        var (link, seen) = await OpenCaseAsync(token, ct);
        await OwnCallbackAsync(seen, callbackId, ct);

        using (access.AsSystem())
            await callbacks.RescheduleAsync(callbackId, startsAt, "moved by the customer", ct);

        return await AgainAsync(link, seen, language, ct);
    }

    /// <summary>The customer calls a callback off.</summary>
    public async Task<StatusPage> CancelAsync(string? token, string callbackId, string? language, CancellationToken ct)
    {
        var (link, seen) = await OpenCaseAsync(token, ct);
        await OwnCallbackAsync(seen, callbackId, ct);

        using (access.AsSystem())
            await callbacks.CancelAsync(callbackId, "called off by the customer", ct);

        return await AgainAsync(link, seen, language, ct);
    }

    /// <summary>How much the page is used, and how many customers ask all the same.</summary>
    /// <param name="from">From when, UTC; null: 30 days ago.</param>
    /// <param name="to">Until when, UTC; null: now.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<StatusFigures> FiguresAsync(DateTimeOffset? from, DateTimeOffset? to, CancellationToken ct)
    {
        access.Demand(Permissions.CasesRead);
        var until = (to ?? clock.GetUtcNow()).ToUniversalTime();
        return (
            await database.ReadAsync(
                FiguresOf,
                r => new StatusFigures(r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3)),
                ct,
                Arg.Time(from?.ToUniversalTime() ?? until.AddDays(-30)),
                Arg.Time(until)
            )
        ).Single();
    }

    private async Task<StatusPage> AgainAsync(StatusLink link, ServiceCase seen, string? language, CancellationToken ct) =>
        await PageAsync(
            link,
            (await database.ReadAsync(CaseStore.Find, CaseStore.RowOf, ct, Arg.Text(seen.Id))).Single(),
            language?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true,
            ct
        );

    private async Task<StatusPage> PageAsync(StatusLink link, ServiceCase? seen, bool isChinese, CancellationToken ct)
    {
        var language = isChinese ? "zh" : "en";

        if (seen is null)
            return new(
                null,
                language,
                Words.Of(CaseStatus.New),
                StatusText.Of(CaseStatus.New, isChinese),
                1,
                link.IssuedAt,
                null,
                NextActor.Bot,
                [],
                [],
                [],
                [],
                [],
                link.ExpiresAt
            );

        var id = Arg.Text(seen.Id);
        var steps = await database.ReadAsync(Steps, r => (Status: Words.Find<CaseStatus>(r.GetString(0))!.Value, At: r.GetTime(1)), ct, id);
        var promises = await database.ReadAsync(Promises, PromiseOf, ct, id);
        var open = await database.ReadAsync(OpenCallbacks, r => new StatusCallback(r.GetString(0), r.FindTime(1), r.FindTime(2)), ct, id);
        var hasTask = await database.ReadValueAsync(HasTask, ct, id) is true;
        var questions = await database.ReadAsync(Questions, r => r.GetString(0), ct, id);
        var now = clock.GetUtcNow();
        return new(
            seen.Label,
            language,
            Words.Of(seen.Status),
            StatusText.Of(seen.Status, isChinese),
            StatusText.StageOf(steps.Select(s => s.Status).Append(seen.Status)),
            seen.OpenedAt,
            seen.Status is CaseStatus.Resolved or CaseStatus.InFollowUp or CaseStatus.Closed ? seen.ResolvedAt : null,
            StatusRules.Next(seen.Status, hasTask, open.Count > 0),
            StatusRules.May(seen, open.Count > 0, now),
            [.. steps.Select(s => new StatusStep(Words.Of(s.Status), StatusText.Of(s.Status, isChinese), s.At))],
            promises,
            open,
            [.. questions.Where(NeededFacts.IsKnown).Select(k => NeededFacts.Question(k, language))],
            link.ExpiresAt
        );
    }

    private async Task<(StatusLink Link, ServiceCase Case)> OpenCaseAsync(string? token, CancellationToken ct)
    {
        var (link, seen) = await links.OpenAsync(token, ct);
        return seen is null
            ? throw DeskRefusedException.Conflict("status.early", "Your request is still being taken in. Try again in a moment.")
            : (link, seen);
    }

    private void Require(ServiceCase seen, StatusAction action, bool hasCallback)
    {
        if (!StatusRules.May(seen, hasCallback, clock.GetUtcNow()).Contains(action))
            throw DeskRefusedException.Gone(
                "status.over",
                $"This is not possible any more: request {seen.Label} is {Words.Of(seen.Status)}."
            );
    }

    // The link opens one case: an id that somebody writes into the address opens no other one.
    private async Task OwnCallbackAsync(ServiceCase seen, string callbackId, CancellationToken ct)
    {
        var open = await database.ReadAsync(OpenCallbacks, r => r.GetString(0), ct, Arg.Text(seen.Id));

        if (!open.Contains(callbackId))
            throw DeskRefusedException.Unknown("callback.unknown", "There is no such callback to come.");
    }

    private static StatusPromise PromiseOf(Npgsql.NpgsqlDataReader r) =>
        new(
            r.GetString(0),
            r.GetTime(1),
            r.FindTime(2) is not null ? "kept"
                : r.FindTime(3) is not null ? "broken"
                : "open",
            r.FindTime(2)
        );

    private static string Load(string name) => SqlFile.Beside<StatusLinks>(name);
}
