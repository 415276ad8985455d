using System.Text.Json.Serialization;

namespace ServiceLoop.ServiceDesk.Routing;

/// <summary>How urgent work is for the order of waiting: P1 first.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Priority>))]
public enum Priority
{
    /// <summary>Highest.</summary>
    P1 = 1,

    /// <summary>High.</summary>
    P2 = 2,

    /// <summary>Normal.</summary>
    P3 = 3,

    /// <summary>Low.</summary>
    P4 = 4,
}

/// <summary>How much is at stake.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Impact>))]
public enum Impact
{
    /// <summary>Many customers, safety or money.</summary>
    Many,

    /// <summary>One customer is blocked.</summary>
    OneBlocked,

    /// <summary>Minor.</summary>
    Minor,
}

/// <summary>How soon it is needed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Urgency>))]
public enum Urgency
{
    /// <summary>At once.</summary>
    Urgent,

    /// <summary>As usual.</summary>
    Normal,

    /// <summary>Whenever there is time.</summary>
    Low,
}

/// <summary>Priority = impact × urgency. The value of a customer never changes it.</summary>
public static class PriorityMatrix
{
    /// <summary>The contact from which on a customer counts as one who had to ask too often, within seven days.</summary>
    public const int ContactsThatRaise = 3;

    /// <summary>The priority of a case.</summary>
    /// <param name="impact">What is at stake.</param>
    /// <param name="urgency">How soon it is needed.</param>
    /// <param name="isAngry">True: the customer's sentiment is "angry"; raises the urgency by one.</param>
    /// <param name="contactsInSevenDays">Contacts within seven days, this one counted; the third raises the urgency by one. Both together raise it once.</param>
    public static Priority Of(Impact impact, Urgency urgency, bool isAngry = false, int contactsInSevenDays = 1)
    {
        if (isAngry || contactsInSevenDays >= ContactsThatRaise)
            urgency = Raised(urgency);

        return (impact, urgency) switch
        {
            (Impact.Many, Urgency.Urgent) => Priority.P1,
            (Impact.Many, Urgency.Normal) => Priority.P2,
            (Impact.Many, Urgency.Low) => Priority.P3,
            (Impact.OneBlocked, Urgency.Urgent) => Priority.P2,
            (Impact.OneBlocked, _) => Priority.P3,
            (Impact.Minor, Urgency.Urgent) => Priority.P3,
            (Impact.Minor, _) => Priority.P4,
            _ => throw new ArgumentOutOfRangeException(nameof(impact), impact, "Unknown impact or urgency."),
        };
    }

    private static Urgency Raised(Urgency urgency) => urgency == Urgency.Low ? Urgency.Normal : Urgency.Urgent;
}
