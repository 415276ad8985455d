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

    /// <summary>Language of what the product itself writes, where nothing is known of the reader, BCP 47.</summary>
    public string Language { get; init; } = "zh";

    /// <summary>Address by which customers reach the desk, such as <c>https://service.example.com</c>; links in messages begin with it.</summary>
    public string LinkBase { get; init; } = "";

    /// <summary>What follows it in the link to a survey; <c>{token}</c> is the signed token.</summary>
    public string SurveyPath { get; init; } = "/api/surveys/{token}";

    /// <summary>What follows it in the link by which a moment for a callback is chosen.</summary>
    public string BookingPath { get; init; } = "/api/callbacks/bookings/{token}";

    /// <summary>A link with a token.</summary>
    internal string Link(string path, string token) => LinkBase.TrimEnd('/') + path.Replace("{token}", token, StringComparison.Ordinal);

    /// <summary>The prefix; null for none.</summary>
    internal string? Home => string.IsNullOrWhiteSpace(HomePrefix) ? null : HomePrefix.Trim();

    /// <summary>The zone.</summary>
    internal TimeZoneInfo HomeZone => TimeZoneInfo.FindSystemTimeZoneById(Zone);
}
