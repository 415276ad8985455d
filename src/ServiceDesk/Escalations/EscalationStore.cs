using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Messages.Letters;

namespace ServiceLoop.ServiceDesk.Escalations;

/// <summary>Which escalations.</summary>
public sealed record EscalationFilter
{
    /// <summary>In this state.</summary>
    public EscalationState? State { get; init; }

    /// <summary>On this level.</summary>
    public int? Level { get; init; }

    /// <summary>Of this case.</summary>
    public string? CaseId { get; init; }

    /// <summary>Of this parent.</summary>
    public string? ParentId { get; init; }

    /// <summary>Only those that have not ended.</summary>
    public bool OpenOnly { get; init; }

    /// <summary>Continue before this id.</summary>
    public string? Before { get; init; }

    /// <summary>How many, 1 to 200.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>Who was or is to be told.</summary>
/// <param name="Level">Of which level.</param>
/// <param name="Recipient">Who.</param>
/// <param name="Role">As what.</param>
/// <param name="DueAt">When, UTC: when the working time of the recipient begins.</param>
/// <param name="SentAt">When it was sent; null when it was not.</param>
/// <param name="Suppressed">Why it is not to be sent; null when it is.</param>
/// <param name="EscalationId">Of which escalation.</param>
public sealed record EscalationNotice(
    int Level,
    string Recipient,
    string Role,
    DateTimeOffset DueAt,
    DateTimeOffset? SentAt,
    string? Suppressed,
    string EscalationId
);

/// <summary>Who is told in a role.</summary>
/// <param name="Role">The role.</param>
/// <param name="Recipient">Who.</param>
public sealed record EscalationContact(string Role, Recipient Recipient);

/// <summary>The tables of escalations, outside of their transactions.</summary>
internal sealed class EscalationStore(Database database)
{
    /// <summary>Id of the ladder of the company.</summary>
    private const string LadderId = "company";

    private static readonly string Find = SqlFile.Beside<EscalationStore>("escalation.find");
    private static readonly string Page = SqlFile.Beside<EscalationStore>("escalation.page");
    private static readonly string ListChildren = SqlFile.Beside<EscalationStore>("escalation.list_children");
    private static readonly string ListEvents = SqlFile.Beside<EscalationStore>("escalation_event.list");
    private static readonly string ListNotices = SqlFile.Beside<EscalationStore>("escalation_notice.list");
    private static readonly string NoticesOf = SqlFile.Beside<EscalationStore>("escalation_notice.of_recipient");
    private static readonly string FindNotice = SqlFile.Beside<EscalationStore>("escalation_notice.find");
    private static readonly string EndNotice = SqlFile.Beside<EscalationStore>("escalation_notice.end");
    private static readonly string FindCase = SqlFile.Beside<EscalationStore>("service_case.watched");
    private static readonly string CountCases = SqlFile.Beside<EscalationStore>("service_case.count_cause");
    private static readonly string FindLadder = SqlFile.Beside<EscalationStore>("escalation_ladder.find");
    private static readonly string SaveLadder = SqlFile.Beside<EscalationStore>("escalation_ladder.save");
    private static readonly string ListContacts = SqlFile.Beside<EscalationStore>("escalation_contact.list");
    private static readonly string DeleteRole = SqlFile.Beside<EscalationStore>("escalation_contact.delete_role");
    private static readonly string InsertContacts = SqlFile.Beside<EscalationStore>("escalation_contact.insert");

    public Database Database => database;

    public async Task<Escalation?> FindAsync(string id, CancellationToken ct) =>
        SoundText.IsSound(id) ? (await database.ReadAsync(Find, EscalationRows.Read, ct, Arg.Text(id))).SingleOrDefault() : null;

    public Task<IReadOnlyList<Escalation>> PageAsync(EscalationFilter filter, CancellationToken ct) =>
        database.ReadFittedAsync(
            Page,
            EscalationRows.Read,
            ct,
            Arg.Small((short?)filter.State),
            Arg.Small((short?)filter.Level),
            Arg.Text(filter.CaseId),
            Arg.Text(filter.ParentId),
            Arg.Flag(filter.OpenOnly),
            Arg.Text(filter.Before),
            Arg.Integer(Math.Clamp(filter.Take, 1, 200))
        );

    /// <summary>What is known of a case; null when there is none of that id.</summary>
    public async Task<WatchedCase?> FindCaseAsync(string id, CancellationToken ct) =>
        (
            await database.ReadAsync(
                FindCase,
                r => new WatchedCase(
                    Words.Find<CaseStatus>(r.GetString(0))!.Value,
                    r.GetInt16(1),
                    r.FindText(2),
                    r.FindText(3),
                    r.FindText(4),
                    r.GetTime(5),
                    r.GetInt64(6)
                ),
                ct,
                Arg.Text(id)
            )
        ).SingleOrDefault();

    /// <summary>Cases of a category that came within a time and are not settled, up to <paramref name="most"/>, and where most of them wait.</summary>
    public async Task<(long Count, string? QueueId)> CountCasesAsync(
        string category,
        DateTimeOffset since,
        DateTimeOffset until,
        int most,
        CancellationToken ct
    ) =>
        (
            await database.ReadAsync(
                CountCases,
                r => (r.GetInt64(0), r.FindText(1)),
                ct,
                Arg.Text(category),
                Arg.Time(since),
                Arg.Time(until),
                Arg.Integer(most)
            )
        )[0];

    public Task<IReadOnlyList<string>> ChildrenAsync(string parentId, CancellationToken ct) =>
        database.ReadAsync(ListChildren, row => row.GetString(0), ct, Arg.Text(parentId));

    public Task<IReadOnlyList<EscalationEvent>> HistoryAsync(string id, CancellationToken ct) =>
        database.ReadAsync(
            ListEvents,
            row => new EscalationEvent(row.GetTime(0), row.GetString(1), row.FindText(2), row.GetString(3)),
            ct,
            Arg.Text(id)
        );

    public Task<IReadOnlyList<EscalationNotice>> NoticesAsync(string id, CancellationToken ct) =>
        database.ReadAsync(ListNotices, row => NoticeOf(row, id), ct, Arg.Text(id));

    public Task<IReadOnlyList<EscalationNotice>> NoticesOfAsync(string recipient, int take, CancellationToken ct) =>
        database.ReadAsync(NoticesOf, row => NoticeOf(row, row.GetString(6)), ct, Arg.Text(recipient), Arg.Integer(take));

    public async Task<EscalationNotice?> FindNoticeAsync(string id, int level, string recipient, CancellationToken ct) =>
        (
            await database.ReadAsync(FindNotice, row => NoticeOf(row, id), ct, Arg.Text(id), Arg.Small((short)level), Arg.Text(recipient))
        ).SingleOrDefault();

    /// <summary>Marks a notice as sent or not to be sent, and sends its message, in one transaction.</summary>
    public Task EndNoticeAsync(
        EscalationNotice notice,
        DateTimeOffset? sentAt,
        string? suppressed,
        Messages.Message? message,
        CancellationToken ct
    ) =>
        database.TransactionAsync(
            async (connection, _) =>
            {
                var isMarked = await connection.DoAsync(
                    EndNotice,
                    ct,
                    Arg.Text(notice.EscalationId),
                    Arg.Small((short)notice.Level),
                    Arg.Text(notice.Recipient),
                    Arg.Time(sentAt),
                    Arg.Text(suppressed)
                );

                if (isMarked == 1 && message is not null)
                    await LetterDesk.SendAsync(connection, message, ct);
            },
            ct
        );

    /// <summary>The ladder of the company; that of the product when there is none.</summary>
    public async Task<Ladder> LadderAsync(CancellationToken ct) =>
        (
            await database.ReadAsync(
                FindLadder,
                row => DeskJson.Read<Ladder>(row.GetString(1)) with { Version = row.GetInt32(0) },
                ct,
                Arg.Text(LadderId)
            )
        ).SingleOrDefault() ?? Ladder.Standard;

    public async Task<bool> SaveLadderAsync(Ladder ladder, int seen, string who, DateTimeOffset now, CancellationToken ct) =>
        await database.OnceAsync(
            SaveLadder,
            ct,
            Arg.Text(LadderId),
            Arg.Integer(seen),
            Arg.Text(DeskJson.Write(ladder)),
            Arg.Text(who),
            Arg.Time(now)
        ) == 1;

    public Task<IReadOnlyList<EscalationContact>> ContactsAsync(CancellationToken ct) =>
        database.ReadAsync(
            ListContacts,
            row => new EscalationContact(
                row.GetString(0),
                new(row.GetString(1), row.FindText(2), row.GetBoolean(3), row.GetInt32(4))
                {
                    Address = row.FindText(5),
                    Language = row.FindText(6),
                }
            ),
            ct
        );

    public Task SaveContactsAsync(string role, IReadOnlyList<Recipient> recipients, CancellationToken ct) =>
        database.TransactionAsync(
            async (connection, transaction) =>
            {
                await using var batch = new NpgsqlBatch(connection, transaction);
                batch.BatchCommands.Add(new NpgsqlBatchCommand(DeleteRole) { Parameters = { Arg.Text(role) } });
                batch.BatchCommands.Add(
                    new NpgsqlBatchCommand(InsertContacts)
                    {
                        Parameters =
                        {
                            Arg.Text(role),
                            Arg.Texts(recipients.Select(r => r.Id)),
                            Arg.Texts(recipients.Select(r => r.CalendarId)),
                            Arg.Flags(recipients.Select(r => r.IsOnCall)),
                            Arg.Integers(recipients.Select(r => r.Rank)),
                            Arg.Texts(recipients.Select(r => r.Address)),
                            Arg.Texts(recipients.Select(r => r.Language)),
                        },
                    }
                );
                await batch.ExecuteNonQueryAsync(ct);
            },
            ct
        );

    private static EscalationNotice NoticeOf(NpgsqlDataReader row, string escalationId) =>
        new(row.GetInt16(0), row.GetString(1), row.GetString(2), row.GetTime(3), row.FindTime(4), row.FindText(5), escalationId);
}
