using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Customers;

namespace ServiceLoop.ServiceDesk.Windows;

/// <summary>When a customer may be contacted: the one engine behind callbacks, follow-ups and messages.</summary>
/// <param name="database">Where customers and laws are.</param>
/// <param name="access">The gate.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="hours">When the service is open.</param>
/// <param name="options">Settings.</param>
public sealed class ContactTimes(Database database, IAccess access, TimeProvider clock, IServiceHours hours, ContactOptions options)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(62);

    private static readonly string Windows = SqlFile.Beside<LegalWindow>("legal_window.list");
    private static readonly string Upsert = SqlFile.Beside<LegalWindow>("legal_window.upsert");
    private static readonly string Delete = SqlFile.Beside<LegalWindow>("legal_window.delete");
    private static readonly string ContactOf = SqlFile.Beside<Customer>("customer.contact");

    /// <summary>When a customer may be contacted within a range.</summary>
    /// <param name="customerId">Null: somebody of whom only the numbers are known.</param>
    /// <param name="numbers">Numbers to be called, international; none for messages.</param>
    /// <param name="range">Where to look, at most two months.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<AllowedTime> AllowedAsync(string? customerId, IReadOnlyList<string> numbers, Span range, CancellationToken ct)
    {
        access.Demand(Permissions.CallbacksRead);

        if (range.Length > Longest || range.Length <= TimeSpan.Zero)
            throw DeskRefusedException.Invalid(
                "window.range",
                "to",
                $"The range is {range.Length.TotalDays:0.#} days long, and may be up to {Longest.TotalDays:0} days."
            );

        return await FindAsync(customerId, numbers, range, isWished: false, ct);
    }

    /// <summary>The legal windows that differ from the built-in one.</summary>
    public async Task<IReadOnlyList<LegalWindow>> LawsAsync(CancellationToken ct)
    {
        access.Demand(Permissions.CallbacksRead);
        return await database.ReadAsync(Windows, WindowOf, ct);
    }

    /// <summary>Sets the legal window of a place, for plans that are made from now on.</summary>
    public Task SetLawAsync(LegalWindow window, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.CallbacksManage, "window.set", window.Jurisdiction),
            () =>
                database.RepeatableAsync(
                    Upsert,
                    ct,
                    Arg.Text(window.Jurisdiction),
                    Arg.Text($"{window.Open.From:HH\\:mm}"),
                    Arg.Text($"{window.Open.To:HH\\:mm}"),
                    Arg.Smalls(window.DaysOff.Select(d => (short)d)),
                    new NpgsqlParameter
                    {
                        Value = window.Holidays.Order().ToArray(),
                        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date,
                    },
                    Arg.Time(clock.GetUtcNow())
                ),
            ct
        );

    /// <summary>The built-in window holds for a place again.</summary>
    public Task RemoveLawAsync(string jurisdiction, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.CallbacksManage, "window.remove", jurisdiction),
            () => database.RepeatableAsync(Delete, ct, Arg.Text(jurisdiction)),
            ct
        );

    /// <summary>The same without a question: for those who have asked already.</summary>
    /// <param name="customerId">Null: somebody of whom only the numbers are known.</param>
    /// <param name="numbers">Numbers to be called.</param>
    /// <param name="range">Where to look.</param>
    /// <param name="isWished">True: the customer asked for it, so the customer's own windows and do-not-contact do not stand against it; the law does, and who was erased is never contacted.</param>
    /// <param name="ct">Cancels.</param>
    internal async Task<AllowedTime> FindAsync(
        string? customerId,
        IReadOnlyList<string> numbers,
        Span range,
        bool isWished,
        CancellationToken ct
    )
    {
        var laws = new LegalWindows(await database.ReadAsync(Windows, WindowOf, ct));
        var (subject, suppressedUntil, isErased) = await SubjectAsync(customerId, numbers, ct);

        if (isWished)
            subject = subject with { Preferred = [], Quiet = [], DoNotContact = isErased };
        else if (suppressedUntil is { } until && until > range.Start)
            range = range with { Start = until < range.End ? until : range.End };

        return AllowedTime.Of(subject, laws, await hours.OpenAsync(range, ct), options.HomeZone, range);
    }

    /// <summary>True when the customer must not be contacted at all.</summary>
    internal async Task<bool> MustNotAsync(string? customerId, DateTimeOffset at, CancellationToken ct)
    {
        var (subject, suppressedUntil, _) = await SubjectAsync(customerId, [], ct);
        return subject.DoNotContact || suppressedUntil > at;
    }

    private async Task<(ContactSubject Subject, DateTimeOffset? SuppressedUntil, bool IsErased)> SubjectAsync(
        string? customerId,
        IReadOnlyList<string> numbers,
        CancellationToken ct
    )
    {
        var plain = new ContactSubject { Numbers = [.. numbers.Select(n => new ContactNumber(n, null))] };

        if (customerId is null)
            return (plain, null, false);

        var known = (
            await database.ReadAsync(
                ContactOf,
                r =>
                    (
                        Id: r.GetString(0),
                        Zone: r.FindText(1),
                        Law: r.FindText(2),
                        Preferences: PreferencesText.Parse(r.GetString(3)),
                        Never: r.GetBoolean(4),
                        Until: r.FindTime(5),
                        IsErased: r.GetBoolean(6)
                    ),
                ct,
                Arg.Text(customerId)
            )
        ).SingleOrDefault();

        if (known.Id is null)
            return (plain, null, false);

        var identities = await database.ReadAsync(CustomerStore.Identities, CustomerStore.IdentityOf, ct, Arg.Text(known.Id));
        var zones = identities.Where(i => i is { Kind: IdentityKind.Phone, Zone: not null }).ToLookup(i => i.Value, i => i.Zone);
        return (
            new()
            {
                Numbers = [.. numbers.Select(n => new ContactNumber(n, zones[n].FirstOrDefault()))],
                Zone = known.Zone,
                Jurisdiction = known.Law,
                Preferred = known.Preferences.Preferred,
                Quiet = known.Preferences.Quiet,
                DoNotContact = known.Never || known.IsErased,
            },
            known.Until,
            known.IsErased
        );
    }

    private static LegalWindow WindowOf(NpgsqlDataReader r) =>
        new(
            r.GetString(0),
            new(r.GetFieldValue<TimeOnly>(1), r.GetFieldValue<TimeOnly>(2)),
            [.. r.GetFieldValue<short[]>(3).Select(d => (DayOfWeek)d)],
            [.. r.GetFieldValue<DateOnly[]>(4)]
        );
}
