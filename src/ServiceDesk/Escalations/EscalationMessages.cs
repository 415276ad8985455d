using Npgsql;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Clocks;

namespace ServiceLoop.ServiceDesk.Escalations;

/// <summary>Something may raise a level, or is over.</summary>
internal sealed class SignalMessage(EscalationDesk desk) : IMessageHandler
{
    public string Topic => EscalationWork.Signal;

    public Task HandleAsync(Message message, CancellationToken ct) =>
        desk.HeedAsync(DeskJson.Read<EscalationSignal>(message.Text("signal")), ct);
}

/// <summary>A deadline of an escalation, or its end.</summary>
internal sealed class EscalationTimerMessage(EscalationDesk desk) : IMessageHandler
{
    public string Topic => EscalationWork.Timer;

    public Task HandleAsync(Message message, CancellationToken ct) =>
        desk.ElapseAsync(message.Text("escalation"), (int)message.Number("generation"), ct);
}

/// <summary>Somebody is to be told.</summary>
internal sealed class NoticeMessage(EscalationDesk desk) : IMessageHandler
{
    public string Topic => EscalationWork.Notice;

    public Task HandleAsync(Message message, CancellationToken ct) =>
        desk.NotifyAsync(message.Text("escalation"), (int)message.Number("level"), message.Text("recipient"), ct);
}

/// <summary>A parent has ended.</summary>
internal sealed class ReleaseMessage(EscalationDesk desk) : IMessageHandler
{
    public string Topic => EscalationWork.Release;

    public Task HandleAsync(Message message, CancellationToken ct) => desk.ReleaseAsync(message.Text("parent"), ct);
}

/// <summary>A step says that somebody cares for an escalation.</summary>
internal sealed class AcknowledgementMessage(EscalationDesk desk) : IMessageHandler
{
    public string Topic => EscalationWork.Ask;

    public Task HandleAsync(Message message, CancellationToken ct)
    {
        var who = message.Text("who");
        return desk.ChangeAsync(message.Text("escalation"), (e, ladder, _, now) => EscalationRules.Acknowledge(e, ladder, who, now), ct);
    }
}

/// <summary>An acknowledgement by a step of a workflow.</summary>
/// <param name="Id">Unique: a repeated step says the same.</param>
/// <param name="EscalationId">The escalation.</param>
/// <param name="Who">On whose behalf.</param>
public sealed record EscalationAcknowledgement(string Id, string EscalationId, string Who);

/// <summary>Hands on what steps signal, in their transaction.</summary>
internal sealed class EscalationSignalWriter : IRecordWriter
{
    public Type RowType => typeof(EscalationSignal);

    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows) =>
        batch.BatchCommands.Add(WorkRowsCommand.Adding([.. rows.Select(r => EscalationWork.Of((EscalationSignal)r.Row))]));
}

/// <summary>Hands on acknowledgements of steps, in their transaction.</summary>
internal sealed class AcknowledgementWriter : IRecordWriter
{
    public Type RowType => typeof(EscalationAcknowledgement);

    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows) =>
        batch.BatchCommands.Add(WorkRowsCommand.Adding([.. rows.Select(r => Of((EscalationAcknowledgement)r.Row, r.Now))]));

    private static NewWork Of(EscalationAcknowledgement row, DateTimeOffset now) =>
        AskedWork.Message(
            EscalationWork.Ask,
            ClockWork.Body(("escalation", row.EscalationId), ("who", row.Who)),
            $"escalation-ask:{row.Id}",
            now
        );
}
