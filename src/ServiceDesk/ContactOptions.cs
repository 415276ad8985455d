namespace ServiceLoop.ServiceDesk;

/// <summary>Settings of contacts: section <c>Contacts</c>.</summary>
public sealed record ContactOptions
{
    /// <summary>IANA zone of the business; assumed for customers of whom nothing is known.</summary>
    public string Zone { get; init; } = "Asia/Shanghai";

    /// <summary>Country prefix for numbers without one, digits; empty refuses such numbers.</summary>
    public string HomePrefix { get; init; } = "86";

    /// <summary>Callbacks that may be promised for one slot, where the slot says nothing else.</summary>
    public int CallbacksPerSlot { get; init; } = 5;

    /// <summary>Id of the business calendar of callbacks and follow-ups; empty: that of the company, and without one the law alone decides.</summary>
    public string Calendar { get; init; } = "";

    /// <summary>The prefix; null for none.</summary>
    internal string? Home => string.IsNullOrWhiteSpace(HomePrefix) ? null : HomePrefix.Trim();

    /// <summary>The zone.</summary>
    internal TimeZoneInfo HomeZone => TimeZoneInfo.FindSystemTimeZoneById(Zone);
}
