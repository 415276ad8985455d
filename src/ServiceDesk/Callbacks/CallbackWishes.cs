using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.Callbacks;

/// <summary>What was asked for, as a callback that makes sense, or a refusal. Pure.</summary>
public static class CallbackWishes
{
    private const int MostNumbers = 10;
    private static readonly TimeSpan FurthestWish = TimeSpan.FromDays(60);

    internal static CallbackWish Read(CallbackRequest request, string id, DateTimeOffset now, string? home)
    {
        if (request.CaseId is null && request.CustomerId is null && request.Numbers is not { Count: > 0 })
            throw DeskRefusedException.Invalid(
                "callback.nobody",
                "customerId",
                "Nobody is to be called: give 'caseId', 'customerId' or 'numbers'."
            );

        return new(
            id,
            TextRules.Optional(request.CaseId, "caseId", 64),
            TextRules.Optional(request.CustomerId, "customerId", 64),
            null,
            request.Channel is null ? "phone" : ReadContact.ChannelOf(request.Channel, "channel"),
            Numbers(request.Numbers, home),
            TextRules.Optional(request.Reason, "reason", 500),
            TextRules.Optional(request.Segment, "segment", 64) ?? "",
            WishOf(request.WishFrom, request.WishTo, now)
        );
    }

    /// <summary>Numbers of a workflow, in the one way in which they are kept.</summary>
    /// <exception cref="DeskRefusedException">One is no international number, or there are too many.</exception>
    public static IReadOnlyList<string> NumbersOf(IReadOnlyList<string>? numbers) => Numbers(numbers, null);

    internal static IReadOnlyList<string> Numbers(IReadOnlyList<string>? numbers, string? home) =>
        numbers is { Count: > MostNumbers }
            ? throw DeskRefusedException.Invalid(
                "list.too-long",
                "numbers",
                $"'numbers' has {numbers.Count} entries, and {MostNumbers} are allowed."
            )
            : [.. (numbers ?? []).Select((n, i) => Identities.Normal(IdentityKind.Phone, n, home, $"numbers[{i}]"))];

    /// <summary>A wish that makes sense; null for none.</summary>
    /// <param name="from">From when the customer wants to be called, UTC.</param>
    /// <param name="to">Until when.</param>
    /// <param name="now">Now, UTC.</param>
    /// <exception cref="DeskRefusedException">It makes none.</exception>
    public static Span? WishOf(DateTimeOffset? from, DateTimeOffset? to, DateTimeOffset now)
    {
        if (from is null && to is null)
            return null;

        if (from is not { } start || to is not { } end || end <= start)
            throw DeskRefusedException.Invalid(
                "callback.wish",
                "wishTo",
                $"A wish needs 'wishFrom' and a later 'wishTo'; they are {from:u} and {to:u}."
            );

        return end > now && start < now + FurthestWish
            ? new(start.ToUniversalTime(), end.ToUniversalTime())
            : throw DeskRefusedException.Invalid(
                "callback.wish",
                "wishFrom",
                $"The wish from {start:u} to {end:u} is over, or more than {FurthestWish.TotalDays:0} days ahead."
            );
    }
}
