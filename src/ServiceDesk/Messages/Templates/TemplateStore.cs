using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk.Messages.Templates;

/// <summary>The table <c>message_template</c>.</summary>
internal sealed class TemplateStore(Database database)
{
    private static readonly string Insert = SqlFile.Beside<TemplateStore>("message_template.insert");
    private static readonly string List = SqlFile.Beside<TemplateStore>("message_template.list");
    private static readonly string InForce = SqlFile.Beside<TemplateStore>("message_template.in_force");
    private static readonly string History = SqlFile.Beside<TemplateStore>("message_template.history");
    private static readonly string Retire = SqlFile.Beside<TemplateStore>("message_template.retire");

    /// <returns>False: somebody else was faster.</returns>
    public async Task<bool> TryAddAsync(MessageTemplate template, CancellationToken ct) =>
        await database.OnceAsync(
            Insert,
            ct,
            Arg.Text(template.Name),
            Arg.Small((short)template.Channel),
            Arg.Text(template.Language),
            Arg.Integer(template.Version - 1),
            Arg.Small((short)template.Format),
            Arg.Text(template.Subject),
            Arg.Text(template.Body),
            Arg.Text(template.Note),
            Arg.Text(template.CreatedBy),
            Arg.Time(template.CreatedAt)
        ) == 1;

    public Task<IReadOnlyList<MessageTemplate>> ListAsync(CancellationToken ct) => database.ReadAsync(List, RowOf, ct);

    public Task<IReadOnlyList<MessageTemplate>> InForceAsync(string name, MessageChannel channel, CancellationToken ct) =>
        database.ReadAsync(InForce, RowOf, ct, Arg.Text(name), Arg.Small((short)channel));

    public Task<IReadOnlyList<MessageTemplate>> HistoryAsync(string name, MessageChannel channel, string language, CancellationToken ct) =>
        database.ReadAsync(History, RowOf, ct, Arg.Text(name), Arg.Small((short)channel), Arg.Text(language));

    public Task RetireAsync(string name, MessageChannel channel, string language, DateTimeOffset? at, CancellationToken ct) =>
        database.RepeatableAsync(Retire, ct, Arg.Text(name), Arg.Small((short)channel), Arg.Text(language), Arg.Time(at));

    private static MessageTemplate RowOf(NpgsqlDataReader row) =>
        new(
            row.GetString(0),
            (MessageChannel)row.GetInt16(1),
            row.GetString(2),
            row.GetInt32(3),
            (MessageFormat)row.GetInt16(4),
            row.FindText(5),
            row.GetString(6),
            row.FindText(7),
            row.GetString(8),
            row.GetTime(9),
            row.FindTime(10)
        );
}
