using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.ServiceDesk.Agents;

/// <summary>A reply never waits for an owner who is not there: the task goes back to its queue.</summary>
internal sealed class CustomerReplies(PresenceDesk presence) : IMessageHandler
{
    private const string ReplyTopic = "desk.customer-replied";

    public string Topic => ReplyTopic;

    /// <summary>The look at the owners of a case, as work of the transaction that takes the reply in.</summary>
    public static NewWork Of(string caseId, string interactionId, DateTimeOffset now) =>
        AskedWork.Message(ReplyTopic, caseId, $"desk.replied:{interactionId}", now);

    public Task HandleAsync(Message message, CancellationToken ct) => presence.RepliedAsync((string)message.Body!, ct);
}
