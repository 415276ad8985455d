namespace ServiceLoop.ServiceDesk.Messages;

/// <summary>Carries messages of one channel out of the house.</summary>
public interface IMessageCarrier
{
    /// <summary>Its channel; unique among all carriers.</summary>
    MessageChannel Channel { get; }

    /// <summary>What is wrong with a recipient, as a sentence; null for nothing.</summary>
    string? Refusal(string recipient);

    /// <summary>Carries a message. May be called again with the same one: what can recognise its id must not do it twice.</summary>
    /// <exception cref="MessageRefusedException">It was not taken; the message says by whom and why.</exception>
    Task CarryAsync(Message message, CancellationToken ct);
}

/// <summary>A channel did not take a message.</summary>
/// <param name="message">A sentence: who refused what, and the cure where it is known.</param>
/// <param name="inner">The cause; null for none.</param>
public sealed class MessageRefusedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Keeps messages where they are: whoever reads them has them.</summary>
internal sealed class OutboxCarrier : IMessageCarrier
{
    public MessageChannel Channel => MessageChannel.Outbox;

    public string? Refusal(string recipient) => null;

    public Task CarryAsync(Message message, CancellationToken ct) => Task.CompletedTask;
}
