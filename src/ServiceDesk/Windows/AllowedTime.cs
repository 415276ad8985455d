using System.Collections.Immutable;
using ServiceLoop.ServiceDesk.Customers;

namespace ServiceLoop.ServiceDesk.Windows;

/// <summary>From where a zone is known.</summary>
public enum ZoneSource
{
    /// <summary>It stands with the number.</summary>
    Number,

    /// <summary>It stands with the customer.</summary>
    Customer,

    /// <summary>Assumed: the country of the number lies there.</summary>
    Prefix,

    /// <summary>Assumed: the business is there.</summary>
    Tenant,
}

/// <summary>A zone by whose clock the customer may be contacted.</summary>
/// <param name="Zone">IANA name.</param>
/// <param name="Jurisdiction">Whose law holds; null when nothing tells the country.</param>
/// <param name="Source">From where it is known.</param>
public sealed record UsedZone(string Zone, string? Jurisdiction, ZoneSource Source)
{
    /// <summary>True when nobody has said that the customer is there.</summary>
    public bool IsAssumed => Source is ZoneSource.Prefix or ZoneSource.Tenant;
}

/// <summary>A number at which somebody can be reached.</summary>
/// <param name="Value">As <see cref="Identities"/> writes it: <c>+8613800138000</c>.</param>
/// <param name="Zone">IANA name, where it was told; null otherwise.</param>
public sealed record ContactNumber(string Value, string? Zone);

/// <summary>What must be known about somebody to tell when to contact them.</summary>
public sealed record ContactSubject
{
    /// <summary>Numbers that may be used; the times of all of them count. None for channels without numbers.</summary>
    public ImmutableArray<ContactNumber> Numbers { get; init; } = [];

    /// <summary>IANA name, where the customer told it; null otherwise.</summary>
    public string? Zone { get; init; }

    /// <summary>ISO 3166 code of the country, where the customer told it; null otherwise.</summary>
    public string? Jurisdiction { get; init; }

    /// <summary>When the customer likes to be contacted; none means any time.</summary>
    public ImmutableArray<DailyWindow> Preferred { get; init; } = [];

    /// <summary>When the customer must not be contacted.</summary>
    public ImmutableArray<DailyWindow> Quiet { get; init; } = [];

    /// <summary>True: never.</summary>
    public bool DoNotContact { get; init; }
}

/// <summary>When somebody may be contacted.</summary>
/// <param name="Spans">The moments.</param>
/// <param name="Zones">By whose clocks.</param>
public sealed record AllowedTime(ImmutableArray<Span> Spans, ImmutableArray<UsedZone> Zones)
{
    /// <summary>
    /// The moments of a range that are inside the customer's windows, outside the quiet hours, inside the legal window and inside the hours of the service,
    /// by the clock of every zone in which the customer may be.
    /// </summary>
    /// <param name="subject">Who.</param>
    /// <param name="laws">Legal windows.</param>
    /// <param name="service">When the service is open, from its calendar.</param>
    /// <param name="tenantZone">Zone that is assumed where nothing tells one.</param>
    /// <param name="range">Where to look.</param>
    public static AllowedTime Of(
        ContactSubject subject,
        LegalWindows laws,
        ImmutableArray<Span> service,
        TimeZoneInfo tenantZone,
        Span range
    )
    {
        var zones = ZonesOf(subject, tenantZone);

        if (subject.DoNotContact || range.End <= range.Start)
            return new([], zones);

        var spans = Windows.Spans.Both([range], service);

        foreach (var used in zones)
        {
            var zone = LocalTimes.Find(used.Zone) ?? tenantZone;
            var law = laws.For(used.Jurisdiction);
            spans = Windows.Spans.Both(spans, LocalTimes.In(zone, [law.Open], law.IsOff, range));

            if (!subject.Preferred.IsDefaultOrEmpty)
                spans = Windows.Spans.Both(spans, LocalTimes.In(zone, subject.Preferred, null, range));

            if (!subject.Quiet.IsDefaultOrEmpty)
                spans = Windows.Spans.Without(spans, LocalTimes.In(zone, subject.Quiet, null, range));
        }

        return new(spans, zones);
    }

    /// <summary>The zones that count, each once for a law, in the order of the numbers.</summary>
    public static ImmutableArray<UsedZone> ZonesOf(ContactSubject subject, TimeZoneInfo tenantZone)
    {
        var zones = subject.Numbers.IsDefaultOrEmpty
            ? [Told(subject.Zone, subject.Jurisdiction, ZoneSource.Customer) ?? new(tenantZone.Id, subject.Jurisdiction, ZoneSource.Tenant)]
            : subject.Numbers.SelectMany(n => ZonesOf(n, subject, tenantZone));
        return [.. zones.DistinctBy(z => (z.Zone, z.Jurisdiction))];
    }

    private static IEnumerable<UsedZone> ZonesOf(ContactNumber number, ContactSubject subject, TimeZoneInfo tenantZone)
    {
        var country = DialledCountries.Of(number.Value);
        var law = country?.Code ?? subject.Jurisdiction;

        if ((Told(number.Zone, law, ZoneSource.Number) ?? Told(subject.Zone, law, ZoneSource.Customer)) is { } told)
            return [told];

        return country is null
            ? [new(tenantZone.Id, law, ZoneSource.Tenant)]
            : country.Zones.Select(z => new UsedZone(z, law, ZoneSource.Prefix));
    }

    private static UsedZone? Told(string? zone, string? law, ZoneSource source) =>
        LocalTimes.Find(zone) is null ? null : new(zone!, law, source);
}
