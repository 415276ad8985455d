using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk.Callbacks;

/// <summary>Ends callbacks to customers who are erased: nobody is left to be called, and workflows that wait for the end go on.</summary>
internal static class ErasedCallbacks
{
    private const string Why = "customer-erased";
    private static readonly string Open = SqlFile.Beside<Callback>("callback.of_erased");

    /// <summary>Ends all that are still to be made, in the transaction of the caller.</summary>
    /// <param name="db">Connection of the transaction.</param>
    /// <param name="customerId">The customer that goes on.</param>
    /// <param name="now">Now, UTC.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task EndAsync(NpgsqlConnection db, string customerId, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var id in await db.ReadAsync(Open, r => r.GetString(0), ct, Arg.Text(customerId)))
        {
            if (await CallbackStore.LockAsync(db, id, ct) is not { EndedAt: null } callback)
                continue;

            await CallbackStore.EndAsync(db, id, CallbackState.Cancelled, Why, now, null, null, ct);

            if (callback.Window is { } window && window.Start > now)
                await CallbackStore.ReleaseAsync(db, window.Start, ct);

            await db.AskAsync(CallbackWork.Wake(callback, "Cancelled", Why, callback.Attempts.Length, now), ct);
        }
    }
}
