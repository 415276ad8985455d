using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.ServiceDesk.Cases;

namespace ServiceLoop.ServiceDesk.Messages;

/// <summary>The table <c>message</c>.</summary>
internal sealed class MessageStore(Database database)
{
    private static readonly string FindOne = SqlFile.Beside<MessageStore>("message.find");
    private static readonly string FindKey = SqlFile.Beside<MessageStore>("message.find_key");
    private static readonly string Page = SqlFile.Beside<MessageStore>("message.page");
    private static readonly string Claim = SqlFile.Beside<MessageStore>("message.claim");
    private static readonly string End = SqlFile.Beside<MessageStore>("message.end");
    private static readonly string Language = SqlFile.Beside<MessageStore>("message.language");
    private static readonly string Requeue = SqlFile.Beside<MessageStore>("message.requeue");

    /// <summary>Adds a message that a person sends; it is an answer in the history of its case.</summary>
    public Task AddAsync(Message message, NewWork sending, string who, CancellationToken ct) =>
        database.TransactionAsync(
            async (connection, transaction) =>
            {
                await using var batch = new NpgsqlBatch(connection, transaction)
                {
                    BatchCommands = { MessageRequestWriter.Inserting([message]), WorkRowsCommand.Adding([sending]) },
                };

                foreach (var command in CaseAnswerWriter.OfPerson(message.CaseId, $"message:{message.Key}", who, message.CreatedAt))
                    batch.BatchCommands.Add(command);

                await batch.ExecuteNonQueryAsync(ct);
            },
            ct
        );

    public async Task<Message?> FindAsync(string id, CancellationToken ct) =>
        await database.ReadAsync(FindOne, RowOf, ct, Arg.Text(id)) is [var found] ? found : null;

    /// <summary>The number of a case as customers know it; null when there is no such case.</summary>
    public async Task<string?> FindCaseNumberAsync(string caseId, CancellationToken ct) =>
        await database.ReadAsync(CaseStore.Find, CaseStore.RowOf, ct, Arg.Text(caseId)) is [var found] ? found.Label : null;

    /// <summary>The language in which somebody is written to; null when it is not known.</summary>
    public async Task<string?> FindLanguageAsync(string? customerId, string? caseId, CancellationToken ct) =>
        await database.ReadValueAsync(Language, ct, Arg.Text(customerId), Arg.Text(caseId)) as string;

    public async Task<Message?> FindByKeyAsync(string key, CancellationToken ct) =>
        await database.ReadAsync(FindKey, RowOf, ct, Arg.Text(key)) is [var found] ? found : null;

    public Task<IReadOnlyList<Message>> PageAsync(MessageFilter filter, int take, CancellationToken ct) =>
        database.ReadFittedAsync(
            Page,
            RowOf,
            ct,
            Arg.Text(filter.CaseId),
            Arg.Text(filter.CustomerId),
            Arg.Small((short?)filter.Channel),
            Arg.Small((short?)filter.Status),
            Arg.Text(filter.Before),
            Arg.Integer(take)
        );

    public async Task<bool> TryClaimAsync(string id, DateTimeOffset now, DateTimeOffset until, CancellationToken ct) =>
        await database.OnceAsync(Claim, ct, Arg.Text(id), Arg.Time(now), Arg.Time(until)) == 1;

    public Task EndAsync(string id, MessageStatus status, string? error, DateTimeOffset? sentAt, CancellationToken ct) =>
        database.RepeatableAsync(End, ct, Arg.Text(id), Arg.Small((short)status), Arg.Text(error), Arg.Time(sentAt));

    /// <returns>False: it had not failed.</returns>
    public async Task<bool> RequeueAsync(string id, NewWork sending, CancellationToken ct)
    {
        var isDone = false;
        await database.TransactionAsync(
            async (connection, transaction) =>
            {
                await using var update = new NpgsqlCommand(Requeue, connection, transaction) { Parameters = { Arg.Text(id) } };
                isDone = await update.ExecuteNonQueryAsync(ct) == 1;

                if (!isDone)
                    return;

                await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { WorkRowsCommand.Adding([sending]) } };
                await batch.ExecuteNonQueryAsync(ct);
            },
            ct
        );
        return isDone;
    }

    private static Message RowOf(NpgsqlDataReader row) =>
        new()
        {
            Id = row.GetString(0),
            Key = row.GetString(1),
            Channel = (MessageChannel)row.GetInt16(2),
            Recipient = row.GetString(3),
            Template = row.FindText(4),
            TemplateVersion = row.IsDBNull(5) ? null : row.GetInt32(5),
            Language = row.FindText(6),
            Format = (MessageFormat)row.GetInt16(7),
            Subject = row.FindText(8),
            Body = row.GetString(9),
            CustomerId = row.FindText(10),
            CaseId = row.FindText(11),
            InstanceId = row.FindText(12),
            Status = (MessageStatus)row.GetInt16(13),
            Attempts = row.GetInt32(14),
            Error = row.FindText(15),
            CreatedAt = row.GetTime(16),
            SentAt = row.FindTime(17),
        };
}
