using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Messages;
using ServiceLoop.ServiceDesk.Messages.Letters;

namespace ServiceLoop.ServiceDesk.Callbacks;

/// <summary>Writes to customers about callbacks: to choose a moment, and that nobody was reached.</summary>
internal sealed class CallbackLetters(Database database, LetterDesk letters, LinkTokens tokens, ContactOptions options, TimeProvider clock)
{
    /// <summary>The customer is asked to choose a moment.</summary>
    public const string Booking = "callback-book";

    /// <summary>All was tried, and the customer was not reached.</summary>
    public const string Unreachable = "callback-unreachable";

    /// <summary>The customer waits for long, and is offered a call.</summary>
    public const string WaitOffer = "wait-offer";

    /// <summary>How long a link to choose a moment is good for.</summary>
    public static readonly TimeSpan LinkLife = TimeSpan.FromDays(7);

    /// <summary>A message about a callback; null where nobody is known who could be written to.</summary>
    public async Task<Message?> WriteAsync(string name, Callback callback, CancellationToken ct)
    {
        if (await CustomerReach.FindAsync(database, callback.CustomerId, ct) is not { } customer)
            return null;

        var about = callback.CaseId is { } id
            ? (await database.ReadAsync(CaseStore.Find, CaseStore.RowOf, ct, Arg.Text(id))).SingleOrDefault()
            : null;
        var token = await tokens.IssueAsync(CallbackPlans.BookingPurpose, callback.Id, ct);
        return await letters.WriteAsync(
            new(name, $"callback:{callback.Id}:{name}", customer.Way(letters))
            {
                CustomerId = customer.Id,
                CaseId = callback.CaseId,
                InstanceId = callback.InstanceId,
                Values = new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["link"] = options.Link(options.BookingPath, token),
                    ["token"] = token,
                    ["reason"] = callback.Reason,
                    ["case_number"] = about?.Label,
                    ["title"] = about?.Title,
                    ["has_number"] = callback.Numbers.Length > 0,
                    ["expires_at"] = clock.GetUtcNow() + LinkLife,
                },
            },
            ct
        );
    }
}
