using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Messages.Letters;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.Customers;

/// <summary>How a customer is written to and called.</summary>
/// <param name="Id">The customer that goes on.</param>
/// <param name="Locale">Language; null when it is not known.</param>
/// <param name="Zone">Zone; null when it is not known.</param>
/// <param name="Email">E-mail address; null for none.</param>
/// <param name="HasNumber">True when a number is known.</param>
internal sealed record CustomerReach(string Id, string? Locale, string? Zone, string? Email, bool HasNumber)
{
    private static readonly string Find = SqlFile.Beside<Customer>("customer.reach");

    /// <summary>Null for a customer who is unknown or erased.</summary>
    public static async Task<CustomerReach?> FindAsync(Database database, string? customerId, CancellationToken ct) =>
        customerId is null
            ? null
            : (
                await database.ReadAsync(
                    Find,
                    r => new CustomerReach(r.GetString(0), r.FindText(1), r.FindText(2), r.FindText(3), r.GetBoolean(4)),
                    ct,
                    Arg.Text(customerId)
                )
            ).SingleOrDefault();

    /// <summary>Where a letter to the customer goes.</summary>
    /// <param name="letters">Knows the ways.</param>
    /// <param name="channel">The channel that was chosen: by e-mail only where that is it, or nothing was chosen.</param>
    public LetterAddress Way(LetterDesk letters, string? channel = null) =>
        letters.WayTo(channel is null or "email" ? Email : null, Id, Locale) with
        {
            Zone = LocalTimes.Find(Zone),
        };
}
