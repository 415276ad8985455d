using System.Text;
using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.ServiceDesk.Webhooks;

/// <summary>The tables <c>webhook_subscription</c> and <c>webhook_delivery</c>.</summary>
/// <param name="database">The database.</param>
/// <param name="cipher">Encrypts secrets; null where the host does not encrypt.</param>
internal sealed class WebhookStore(Database database, IValueCipher? cipher)
{
    private const int SecretColumn = 7;

    private static readonly string List = SqlFile.Beside<WebhookStore>("webhook_subscription.list");
    private static readonly string Find = SqlFile.Beside<WebhookStore>("webhook_subscription.find");
    private static readonly string Save = SqlFile.Beside<WebhookStore>("webhook_subscription.save");
    private static readonly string Change = SqlFile.Beside<WebhookStore>("webhook_subscription.change");
    private static readonly string Renew = SqlFile.Beside<WebhookStore>("webhook_subscription.renew");
    private static readonly string Delete = SqlFile.Beside<WebhookStore>("webhook_subscription.delete");
    private static readonly string InsertDelivery = SqlFile.Beside<WebhookStore>("webhook_delivery.insert");
    private static readonly string FindDelivery = SqlFile.Beside<WebhookStore>("webhook_delivery.find");
    private static readonly string PageDeliveries = SqlFile.Beside<WebhookStore>("webhook_delivery.page");
    private static readonly string EndDelivery = SqlFile.Beside<WebhookStore>("webhook_delivery.end");
    private static readonly string RequeueDelivery = SqlFile.Beside<WebhookStore>("webhook_delivery.requeue");

    public async Task<IReadOnlyList<WebhookSubscription>> ListAsync(CancellationToken ct) =>
        await database.ReadAsync(List, SubscriptionOf, ct);

    /// <summary>One subscription with its secret, by its id or its name.</summary>
    public async Task<NewWebhook?> FindAsync(string idOrName, CancellationToken ct) =>
        await database.ReadAsync(
            Find,
            row => new NewWebhook(SubscriptionOf(row), Open(row.GetString(0), row.GetBlob(SecretColumn))),
            ct,
            Arg.Text(idOrName)
        )
            is [var found, ..]
            ? found
            : null;

    /// <returns>False: another one has the name.</returns>
    public async Task<bool> TrySaveAsync(NewWebhook webhook, CancellationToken ct)
    {
        var s = webhook.Subscription;
        return await database.RepeatableAsync(
                Save,
                ct,
                Arg.Text(s.Id),
                Arg.Text(s.Name),
                Arg.Text(s.Url),
                Arg.Texts(s.Events),
                Arg.Blob(Seal(s.Id, webhook.Secret)),
                Arg.Flag(s.IsActive),
                Arg.Time(s.CreatedAt),
                Arg.Text(s.CreatedBy)
            ) == 1;
    }

    /// <summary>Changes all but the secret.</summary>
    /// <returns>False: another one has the name, or it is gone.</returns>
    public async Task<bool> TryChangeAsync(WebhookSubscription s, CancellationToken ct) =>
        await database.RepeatableAsync(
            Change,
            ct,
            Arg.Text(s.Id),
            Arg.Text(s.Name),
            Arg.Text(s.Url),
            Arg.Texts(s.Events),
            Arg.Flag(s.IsActive)
        ) == 1;

    /// <summary>Changes the secret alone.</summary>
    /// <returns>False: it is gone.</returns>
    public async Task<bool> TryRenewAsync(string id, string secret, CancellationToken ct) =>
        await database.RepeatableAsync(Renew, ct, Arg.Text(id), Arg.Blob(Seal(id, secret))) == 1;

    public async Task<bool> DeleteAsync(string id, CancellationToken ct) => await database.RepeatableAsync(Delete, ct, Arg.Text(id)) == 1;

    /// <summary>Adds deliveries and the work of sending them, in one transaction.</summary>
    public Task AddAsync(IReadOnlyList<WebhookDelivery> deliveries, IReadOnlyList<NewWork> work, CancellationToken ct) =>
        InOneAsync(
            [
                new NpgsqlBatchCommand(InsertDelivery)
                {
                    Parameters =
                    {
                        Arg.Texts(deliveries.Select(d => d.Id)),
                        Arg.Texts(deliveries.Select(d => d.SubscriptionId)),
                        Arg.Texts(deliveries.Select(d => d.Event)),
                        Arg.Texts(deliveries.Select(d => d.Body)),
                        Arg.Times(deliveries.Select(d => (DateTimeOffset?)d.CreatedAt)),
                    },
                },
                WorkRowsCommand.Adding(work),
            ],
            ct
        );

    public Task RequeueAsync(string id, NewWork work, CancellationToken ct) =>
        InOneAsync([new NpgsqlBatchCommand(RequeueDelivery) { Parameters = { Arg.Text(id) } }, WorkRowsCommand.Adding([work])], ct);

    public async Task<WebhookDelivery?> FindDeliveryAsync(string id, CancellationToken ct) =>
        await database.ReadAsync(FindDelivery, DeliveryOf, ct, Arg.Text(id)) is [var found] ? found : null;

    public Task<IReadOnlyList<WebhookDelivery>> PageAsync(
        string subscriptionId,
        DeliveryStatus? status,
        string? before,
        int take,
        CancellationToken ct
    ) =>
        database.ReadAsync(
            PageDeliveries,
            DeliveryOf,
            ct,
            Arg.Text(subscriptionId),
            Arg.Small((short?)status),
            Arg.Text(before),
            Arg.Integer(take)
        );

    public Task EndAsync(
        string id,
        DeliveryStatus status,
        int? answered,
        string? error,
        DateTimeOffset? deliveredAt,
        CancellationToken ct
    ) =>
        database.OnceAsync(
            EndDelivery,
            ct,
            Arg.Text(id),
            Arg.Small((short)status),
            Arg.IntegerOrNull(answered),
            Arg.Text(error),
            Arg.Time(deliveredAt)
        );

    private Task InOneAsync(IReadOnlyList<NpgsqlBatchCommand> commands, CancellationToken ct) =>
        database.TransactionAsync(
            async (connection, transaction) =>
            {
                await using var batch = new NpgsqlBatch(connection, transaction);

                foreach (var command in commands)
                    batch.BatchCommands.Add(command);

                await batch.ExecuteNonQueryAsync(ct);
            },
            ct
        );

    private byte[] Seal(string id, string secret)
    {
        var plain = Encoding.UTF8.GetBytes(secret);
        return cipher is null ? plain : cipher.Encrypt(Place(id), plain);
    }

    private string Open(string id, byte[] kept) => Encoding.UTF8.GetString(cipher is null ? kept : cipher.Decrypt(Place(id), kept));

    private static string Place(string id) => $"webhook:{id}";

    private static WebhookSubscription SubscriptionOf(NpgsqlDataReader row) =>
        new(
            row.GetString(0),
            row.GetString(1),
            row.GetString(2),
            [.. row.GetFieldValue<string[]>(3)],
            row.GetBoolean(4),
            row.GetTime(5),
            row.GetString(6)
        );

    private static WebhookDelivery DeliveryOf(NpgsqlDataReader row) =>
        new(
            row.GetString(0),
            row.GetString(1),
            row.GetString(2),
            row.GetString(3),
            (DeliveryStatus)row.GetInt16(4),
            row.GetInt32(5),
            row.IsDBNull(6) ? null : row.GetInt32(6),
            row.FindText(7),
            row.GetTime(8),
            row.FindTime(9)
        );
}
