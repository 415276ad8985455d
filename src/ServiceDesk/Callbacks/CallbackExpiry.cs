using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.ServiceDesk.Callbacks;

/// <summary>Ends what nobody goes on with: a link that was not used, and a call that was begun and never reported. The workflow that waits goes on.</summary>
internal sealed class CallbackExpiryHandler(Database database, IWorkSignal signal, TimeProvider clock) : IMessageHandler
{
    /// <summary>After so long a call that was begun and not reported is given up.</summary>
    public static readonly TimeSpan LongestCall = TimeSpan.FromHours(4);

    public string Topic => CallbackWork.ExpireTopic;

    public async Task HandleAsync(Message message, CancellationToken ct)
    {
        var (id, generation) = CallbackWork.Read(message.Body);
        var now = clock.GetUtcNow();
        await database.TransactionAsync(
            async (db, _) =>
            {
                // Another plan since is one of somebody who goes on with it.
                if (await CallbackStore.LockAsync(db, id, ct) is not { EndedAt: null } callback || callback.Generation != generation)
                    return;

                var why =
                    callback is { State: CallbackState.Requested, NeedsBooking: true } ? "link-not-used"
                    : callback.State == CallbackState.Dialling ? "call-not-reported"
                    : null;

                if (why is null)
                    return;

                await CallbackStore.EndAsync(db, id, CallbackState.Exhausted, why, now, null, null, ct);

                if (callback.Window is { } window && window.Start > now)
                    await CallbackStore.ReleaseAsync(db, window.Start, ct);

                await db.AskAsync(CallbackWork.Wake(callback, "Unreachable", why, callback.Attempts.Length, now), ct);
            },
            ct
        );
        signal.Ring(now);
    }
}
