using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk.Interactions;

/// <summary>Statements about contacts and threads, each within a connection of the caller.</summary>
internal static class InteractionStore
{
    public static readonly string Find = Load("interaction.find");
    public static readonly string List = Load("interaction.list");
    public static readonly string Sender = Load("interaction.sender");
    public static readonly string Spam = Load("interaction.spam");

    private static readonly string InsertOne = Load("interaction.insert");
    private static readonly string FindExternal = Load("interaction.find_external");
    private static readonly string AssignOne = Load("interaction.assign");
    private static readonly string TouchThread = Load("conversation.touch");
    private static readonly string AssignThread = Load("conversation.assign");
    private static readonly string PendingCallbacks = Load("callback.pending");

    public static async Task<bool> InsertAsync(NpgsqlConnection db, Interaction i, ReadContact contact, CancellationToken ct) =>
        await db.DoAsync(
            InsertOne,
            ct,
            Arg.Text(i.Id),
            Arg.Text(i.Channel),
            Arg.Text(i.ExternalId),
            Arg.Text(i.Digest),
            Arg.Text(Words.Of(i.Direction)),
            Arg.Text(contact.Sender is { } s ? Words.Of(s.Kind) : null),
            Arg.Text(contact.Sender?.Value),
            Arg.Text(i.Subject),
            Arg.Text(i.Body),
            Arg.Text(contact.Transcript),
            Arg.Text(contact.Attachments),
            Arg.Text(i.Sentiment),
            Arg.Text(i.Language),
            Arg.Flag(i.BotHandled),
            Arg.Time(i.StartedAt),
            Arg.Time(i.EndedAt),
            Arg.Time(i.ReceivedAt)
        ) == 1;

    public static async Task<Interaction> GetExternalAsync(NpgsqlConnection db, string channel, string externalId, CancellationToken ct) =>
        (await db.ReadAsync(FindExternal, RowOf, ct, Arg.Text(channel), Arg.Text(externalId))).Single();

    public static Task AssignAsync(NpgsqlConnection db, Interaction i, CancellationToken ct) =>
        db.DoAsync(
            AssignOne,
            ct,
            Arg.Text(i.Id),
            Arg.Text(i.CustomerId),
            Arg.Text(i.CaseId),
            Arg.Text(i.ConversationId),
            Arg.Text(Words.Of(i.State))
        );

    public static async Task<Conversation> TouchAsync(
        NpgsqlConnection db,
        string id,
        string channel,
        string key,
        DateTimeOffset at,
        DateTimeOffset? windowUntil,
        CancellationToken ct
    ) =>
        (
            await db.ReadAsync(
                TouchThread,
                r => new Conversation(r.GetString(0), r.FindText(1), r.FindText(2)),
                ct,
                Arg.Text(id),
                Arg.Text(channel),
                Arg.Text(key),
                Arg.Time(at),
                Arg.Time(windowUntil)
            )
        ).Single();

    public static Task AssignThreadAsync(NpgsqlConnection db, string id, string? customerId, string? caseId, CancellationToken ct) =>
        db.DoAsync(AssignThread, ct, Arg.Text(id), Arg.Text(customerId), Arg.Text(caseId));

    public static Task<IReadOnlyList<string>> PendingAsync(NpgsqlConnection db, string caseId, DateTimeOffset at, CancellationToken ct) =>
        db.ReadAsync(PendingCallbacks, r => r.GetString(0), ct, Arg.Text(caseId), Arg.Time(at));

    public static Interaction RowOf(NpgsqlDataReader r) =>
        new()
        {
            Id = r.GetString(0),
            Channel = r.GetString(1),
            ExternalId = r.GetString(2),
            Direction = Words.Find<InteractionDirection>(r.GetString(3))!.Value,
            State = Words.Find<InteractionState>(r.GetString(4))!.Value,
            CustomerId = r.FindText(5),
            CaseId = r.FindText(6),
            ConversationId = r.FindText(7),
            Subject = r.FindText(8),
            Body = r.FindText(9),
            Sentiment = r.FindText(10),
            Language = r.FindText(11),
            BotHandled = r.GetBoolean(12),
            StartedAt = r.GetTime(13),
            EndedAt = r.FindTime(14),
            ReceivedAt = r.GetTime(15),
            Digest = r.GetString(16),
        };

    private static string Load(string name) => SqlFile.Beside<Interaction>(name);
}
