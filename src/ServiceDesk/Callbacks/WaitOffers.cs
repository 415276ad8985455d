using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Messages.Letters;
using ServiceLoop.ServiceDesk.Tasks;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.Callbacks;

/// <summary>Offers a customer who waits for long a call at a moment of the customer's choice: once for each task, and not while a call about the case is open.</summary>
internal sealed class WaitOffers(
    Database database,
    TaskStore tasks,
    CallbackLetters letters,
    ContactTimes times,
    IWorkSignal signal,
    TimeProvider clock
) : IMessageHandler
{
    private const string OfferTopic = "callback.wait-offer";

    private static readonly string IsOpen = SqlFile.Beside<WaitOffers>("callback.is_open_of_case");

    public string Topic => OfferTopic;

    /// <summary>The offer, as work of the transaction that finds that the task waits for long.</summary>
    public static NewWork Of(string taskId, DateTimeOffset now) =>
        AskedWork.Message(OfferTopic, taskId, $"callback:wait-offer:{taskId}", now);

    public async Task HandleAsync(Message message, CancellationToken ct)
    {
        var now = clock.GetUtcNow();

        if (
            await tasks.FindAsync((string)message.Body!, ct) is not { IsWaiting: true, CustomerId: { } customer } task
            || await times.MustNotAsync(customer, now, ct)
        )
            return;

        var wish = new CallbackWish($"wait:{task.Id}", task.CaseId, customer, null, "phone", [], task.Title, "", null);
        var callback = new Callback
        {
            Id = wish.Id,
            CaseId = task.CaseId,
            CustomerId = customer,
            Channel = wish.Channel,
            Reason = wish.Reason,
        };

        if (await letters.WriteAsync(CallbackLetters.WaitOffer, callback, ct) is not { } letter)
            return;

        await database.TransactionAsync(
            async (db, _) =>
            {
                // Two tasks of one case are looked at one after the other: the second finds what the first has offered.
                await CustomerStore.LockRootAsync(db, customer, ct);

                if (task.CaseId is { } about && (await db.ReadAsync(IsOpen, r => r.GetBoolean(0), ct, Arg.Text(about)))[0])
                    return;

                if (await db.DoAsync(CallbackStore.Insert, ct, CallbackStore.Columns([(wish, null, now)])) == 0)
                    return;

                await CallbackStore.AskAsync(db, wish.Id, [], ct);
                await LetterDesk.SendAsync(db, letter, ct);

                if (await CallbackStore.LockAsync(db, wish.Id, ct) is { } made)
                    await db.AskAsync([CallbackWork.Expire(wish.Id, made.Generation, now + CallbackLetters.LinkLife)], ct);
            },
            ct
        );
        signal.Ring(now);
    }
}
