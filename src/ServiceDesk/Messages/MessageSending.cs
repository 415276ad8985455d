using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.ServiceDesk.Messages;

/// <summary>Sends one message when its work is due. What fails is tried again by the runtime, and in the end stands among the failed work.</summary>
/// <remarks>A node that dies between the channel's yes and the row that says so sends once more, with the same id: at least once, never lost.</remarks>
internal sealed class MessageSending(MessageStore store, IEnumerable<IMessageCarrier> carriers, TimeProvider clock) : IMessageHandler
{
    public const string TopicName = "desk.message";

    // Longer than any carrier tries; a node that died with it blocks the next attempt for this long.
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(2);

    private readonly Dictionary<MessageChannel, IMessageCarrier> byChannel = carriers.ToDictionary(c => c.Channel);

    public string Topic => TopicName;

    /// <summary>The work of sending a message.</summary>
    public static NewWork Work(Message message, DateTimeOffset now) =>
        AskedWork.Message(TopicName, message.Id, $"{TopicName}:{message.Id}:{message.Attempts}", now);

    public async Task HandleAsync(Runtime.Work.Message message, CancellationToken ct)
    {
        if (message.Body is not string id || await store.FindAsync(id, ct) is not { } found || found.Status == MessageStatus.Sent)
            return;

        var now = clock.GetUtcNow();

        if (!await store.TryClaimAsync(id, now, now + Claim, ct))
            throw new MessageRefusedException($"Message '{id}' is being sent by somebody else just now.");

        try
        {
            await byChannel[found.Channel].CarryAsync(found, ct);
        }
        catch (Exception e)
        {
            var why = ct.IsCancellationRequested ? "The node was stopped while it sent the message." : e.Message;
            await store.EndAsync(id, MessageStatus.Failed, why, null, CancellationToken.None);
            throw;
        }

        await store.EndAsync(id, MessageStatus.Sent, null, clock.GetUtcNow(), CancellationToken.None);
    }
}
