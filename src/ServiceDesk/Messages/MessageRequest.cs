using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.ServiceDesk.Messages;

/// <summary>A message that a step of a workflow has recorded: it is sent if and only if the step is kept.</summary>
/// <param name="Message">The message, ready to go. Its key counts within the step: several of one step differ in it.</param>
public sealed record MessageRequest(Message Message);

/// <summary>Writes recorded messages and the work of sending them.</summary>
internal sealed class MessageRequestWriter : IRecordWriter
{
    private static readonly string Insert = SqlFile.Beside<MessageRequestWriter>("message.insert");

    /// <inheritdoc/>
    public Type RowType => typeof(MessageRequest);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        var messages = rows.Select(MessageOf).ToList();
        batch.BatchCommands.Add(Inserting(messages));
        batch.BatchCommands.Add(WorkRowsCommand.Adding([.. messages.Select(m => MessageSending.Work(m, m.CreatedAt))]));
    }

    /// <summary>One command for all; keys that stand already are left alone.</summary>
    public static NpgsqlBatchCommand Inserting(IReadOnlyList<Message> messages) =>
        new(Insert)
        {
            Parameters =
            {
                Arg.Texts(messages.Select(m => m.Id)),
                Arg.Texts(messages.Select(m => m.Key)),
                Arg.Smalls(messages.Select(m => (short)m.Channel)),
                Arg.Texts(messages.Select(m => m.Recipient)),
                Arg.Texts(messages.Select(m => m.Template)),
                Arg.SomeIntegers(messages.Select(m => m.TemplateVersion)),
                Arg.Texts(messages.Select(m => m.Language)),
                Arg.Smalls(messages.Select(m => (short)m.Format)),
                Arg.Texts(messages.Select(m => m.Subject)),
                Arg.Texts(messages.Select(m => m.Body)),
                Arg.Texts(messages.Select(m => m.CustomerId)),
                Arg.Texts(messages.Select(m => m.CaseId)),
                Arg.Texts(messages.Select(m => m.InstanceId)),
                Arg.Times(messages.Select(m => (DateTimeOffset?)m.CreatedAt)),
            },
        };

    // The same however often the burst is repeated.
    private static Message MessageOf(RecordedRow row)
    {
        var message = ((MessageRequest)row.Row).Message;
        var id = message.Key.Length == 0 ? $"{row.InstanceId}:{row.FrameId}" : $"{row.InstanceId}:{row.FrameId}:{message.Key}";
        return message with { Id = id, Key = $"step:{id}", InstanceId = row.InstanceId, CreatedAt = row.Now };
    }
}
