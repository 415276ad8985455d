using System.Globalization;
using Npgsql;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Clocks;

namespace ServiceLoop.ServiceDesk.Cases;

/// <summary>Tells cases that their workflow has ended, in the transaction in which it does. No case waits for nobody.</summary>
internal sealed class InstanceLeftWriter : IRecordWriter
{
    public const string Topic = "cases.left";

    private static readonly string Enqueue = SqlFile.Beside<ServiceCase>("work.enqueue_left");

    /// <inheritdoc/>
    public Type RowType => typeof(InstanceEnding);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        var command = WorkRowsCommand.Adding([.. rows.Select(WorkOf)], Enqueue);
        command.Parameters.Add(Arg.Texts(rows.Select(r => r.InstanceId)));
        batch.BatchCommands.Add(command);
    }

    private static NewWork WorkOf(RecordedRow row) =>
        AskedWork.Message(
            Topic,
            ClockWork.Body(
                ("instance", row.InstanceId),
                ("how", ((InstanceEnding)row.Row).How),
                ("at", row.Now.ToString("O", CultureInfo.InvariantCulture))
            ),
            string.Create(CultureInfo.InvariantCulture, $"{Topic}:{row.InstanceId}:{row.Now.UtcTicks}"),
            row.Now
        );
}

/// <summary>Moves the cases of a workflow that has ended.</summary>
internal sealed class InstanceLeftHandler(Database database, IWorkSignal signal, TimeProvider clock) : IMessageHandler
{
    private static readonly string Left = SqlFile.Beside<ServiceCase>("service_case.left");

    /// <inheritdoc/>
    public string Topic => InstanceLeftWriter.Topic;

    /// <inheritdoc/>
    public async Task HandleAsync(Message message, CancellationToken ct)
    {
        var (instance, how) = (message.Text("instance"), message.Text("how"));
        var at = DateTimeOffset.Parse(message.Text("at"), CultureInfo.InvariantCulture);

        await database.TransactionAsync(
            async (db, _) =>
            {
                var cases = await db.ReadAsync(Left, row => row.GetString(0), ct, Arg.Text(instance), Arg.Time(at), Arg.Text(how));
                await db.AskAsync([.. cases.Select(id => CaseTelling.Heard(id, $"left:{message.Key}:{id}", at))], ct);
            },
            ct
        );
        signal.Ring(clock.GetUtcNow());
    }
}
