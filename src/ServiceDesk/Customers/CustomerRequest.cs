using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.Customers;

/// <summary>An identity as it is sent.</summary>
/// <param name="Kind"><c>email</c>, <c>phone</c> or <c>external</c>.</param>
/// <param name="Value">Address, number, or system and id: <c>crm:4711</c>.</param>
/// <param name="IsVerified">True when it was proven that it belongs to the customer.</param>
/// <param name="Zone">IANA zone of a number; null when it is not known.</param>
public sealed record IdentityRequest(string? Kind, string? Value, bool IsVerified = false, string? Zone = null)
{
    internal (Identity Identity, string? Zone) Read(string? homePrefix, string field)
    {
        var kind = Words.Read<IdentityKind>(Kind, $"{field}.kind");
        var value = Identities.Normal(kind, Value, homePrefix, $"{field}.value");
        return (new(kind, value, IsVerified), CustomerRequest.ZoneOf(Zone, $"{field}.zone"));
    }
}

/// <summary>What a customer is to be.</summary>
public sealed record CustomerRequest
{
    /// <summary>Name, up to 200 characters.</summary>
    public string? Name { get; init; }

    /// <summary>IANA zone.</summary>
    public string? Zone { get; init; }

    /// <summary>ISO 3166 code of the country whose law holds.</summary>
    public string? Jurisdiction { get; init; }

    /// <summary>Language, such as <c>zh-CN</c>.</summary>
    public string? Locale { get; init; }

    /// <summary>0 (usual) to 3.</summary>
    public int ValueTier { get; init; }

    /// <summary>Stage of the journey.</summary>
    public string? JourneyStage { get; init; }

    /// <summary>When and how to contact.</summary>
    public PreferencesText? Preferences { get; init; }

    /// <summary>True: never contact on our own account.</summary>
    public bool DoNotContact { get; init; }

    internal CustomerProfile Read() =>
        new()
        {
            Name = TextRules.Optional(Name, "name", 200),
            Zone = ZoneOf(Zone, "zone"),
            Jurisdiction = TextRules.Optional(Jurisdiction, "jurisdiction", 2)?.ToUpperInvariant(),
            Locale = TextRules.Optional(Locale, "locale", 35),
            ValueTier = ValueTier is >= 0 and <= 3
                ? ValueTier
                : throw DeskRefusedException.Invalid("customer.tier", "valueTier", $"'valueTier' is {ValueTier}, and must be 0 to 3."),
            JourneyStage = TextRules.Optional(JourneyStage, "journeyStage", 64),
            Preferences = Preferences?.Read("preferences") ?? ContactPreferences.None,
            DoNotContact = DoNotContact,
        };

    internal static string? ZoneOf(string? zone, string field)
    {
        var name = TextRules.Optional(zone, field, 64);
        return name is null || LocalTimes.Find(name) is not null
            ? name
            : throw DeskRefusedException.Invalid(
                "zone.unknown",
                field,
                $"'{field}' is '{TextRules.Quote(name)}', which is no time zone. Give an IANA name such as 'Asia/Shanghai'."
            );
    }
}
