namespace ServiceLoop.ServiceDesk.Triage;

/// <summary>Who serves a contact.</summary>
public enum ServiceMode
{
    /// <summary>A bot alone; it always has a way to a person.</summary>
    Bot,

    /// <summary>A bot proposes, a person looks at it before it goes out.</summary>
    Assisted,

    /// <summary>A person.</summary>
    Human,

    /// <summary>A person with the skills that few have.</summary>
    Specialist,
}

/// <summary>Why a mode was chosen.</summary>
public enum ServiceModeReason
{
    /// <summary>A standard question, understood, with an answer.</summary>
    StandardQuestion,

    /// <summary>The customer asks for a person.</summary>
    PersonWanted,

    /// <summary>Only specialists may handle such a thing.</summary>
    SpecialIntent,

    /// <summary>Priority 1.</summary>
    TopPriority,

    /// <summary>It is complex.</summary>
    Complex,

    /// <summary>The customer is angry.</summary>
    Angry,

    /// <summary>The third contact about the same, or a later one.</summary>
    RepeatedContact,

    /// <summary>It was settled once, and the customer has come back.</summary>
    Reopened,

    /// <summary>It is not sure what it is about.</summary>
    Unsure,

    /// <summary>No article answers it.</summary>
    NoAnswer,

    /// <summary>It is no standard question, and an article fits.</summary>
    NotStandard,

    /// <summary>The customer sounds unhappy.</summary>
    Unhappy,

    /// <summary>There is more to it than one simple question.</summary>
    NotSimple,
}

/// <summary>What decides who serves a contact.</summary>
public sealed record ServiceModeFacts
{
    /// <summary>How the customer sounds.</summary>
    public SentimentScore Sentiment { get; init; }

    /// <summary>How much there is to it.</summary>
    public Complexity Complexity { get; init; }

    /// <summary>Whether it is known what it is about.</summary>
    public bool IsSure { get; init; }

    /// <summary>Which contact about the same this is, from 1.</summary>
    public int ContactNo { get; init; } = 1;

    /// <summary>The case was settled before, and opened again.</summary>
    public bool IsReopened { get; init; }

    /// <summary>1 to 4.</summary>
    public int Priority { get; init; } = 3;

    /// <summary>An article answers it.</summary>
    public bool HasAnswer { get; init; }

    /// <summary>It is a standard question.</summary>
    public bool IsStandard { get; init; }

    /// <summary>Only specialists may handle it.</summary>
    public bool IsSpecial { get; init; }

    /// <summary>The customer asks for a person.</summary>
    public bool WantsPerson { get; init; }
}

/// <summary>A mode and why.</summary>
/// <param name="Mode">The mode.</param>
/// <param name="Reason">The first rule that held.</param>
public sealed record ServiceModeChoice(ServiceMode Mode, ServiceModeReason Reason);

/// <summary>Chooses who serves a contact. Pure; the first line that holds counts.</summary>
public static class ServiceModeRule
{
    // Below it a customer sounds unhappy.
    private const double Unhappy = -0.3;
    private const int RepeatedContact = 3;

    /// <summary>The mode for a contact.</summary>
    public static ServiceModeChoice Of(ServiceModeFacts f) =>
        f switch
        {
            { IsSpecial: true, IsSure: true } => new(ServiceMode.Specialist, ServiceModeReason.SpecialIntent),
            { Priority: 1 } => new(ServiceMode.Specialist, ServiceModeReason.TopPriority),
            { Complexity: Complexity.Complex } => new(ServiceMode.Specialist, ServiceModeReason.Complex),
            { WantsPerson: true, IsSure: true } => new(ServiceMode.Human, ServiceModeReason.PersonWanted),
            { Sentiment.IsAngry: true } => new(ServiceMode.Human, ServiceModeReason.Angry),
            { ContactNo: >= RepeatedContact } => new(ServiceMode.Human, ServiceModeReason.RepeatedContact),
            // What settled it was not enough: a bot would say the same again.
            { IsReopened: true } => new(ServiceMode.Human, ServiceModeReason.Reopened),
            { IsSure: false } => new(ServiceMode.Human, ServiceModeReason.Unsure),
            { HasAnswer: false } => new(ServiceMode.Human, ServiceModeReason.NoAnswer),
            { IsStandard: false } => new(ServiceMode.Assisted, ServiceModeReason.NotStandard),
            { Sentiment.Score: <= Unhappy } => new(ServiceMode.Assisted, ServiceModeReason.Unhappy),
            { Complexity: not Complexity.Simple } => new(ServiceMode.Assisted, ServiceModeReason.NotSimple),
            _ => new(ServiceMode.Bot, ServiceModeReason.StandardQuestion),
        };
}
