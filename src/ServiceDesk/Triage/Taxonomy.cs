using System.Collections.Immutable;
using ServiceLoop.ServiceDesk.Cases;

namespace ServiceLoop.ServiceDesk.Triage;

/// <summary>What a contact may want, and what follows from it: the same for every channel.</summary>
/// <param name="Name">Name in models and files: <c>order_status</c>.</param>
/// <param name="English">What people call it, in English.</param>
/// <param name="Chinese">What people call it, in Chinese.</param>
/// <param name="Category">What a case is about.</param>
public sealed record IntentRule(string Name, string English, string Chinese, string Category)
{
    /// <summary>Queue that such work waits in; null where it is taken from the list.</summary>
    public string? Queue { get; init; }

    /// <summary>Skills without which nobody gets it.</summary>
    public ImmutableArray<string> Skills { get; init; } = [];

    /// <summary>How much is at stake.</summary>
    public CaseImpact Impact { get; init; } = CaseImpact.One;

    /// <summary>How soon it matters.</summary>
    public CaseUrgency Urgency { get; init; } = CaseUrgency.Normal;

    /// <summary>True for a standard question: an article or a bot may answer it.</summary>
    public bool IsStandard { get; init; }

    /// <summary>True for what only a specialist may handle: data protection, complaints about people.</summary>
    public bool IsSpecial { get; init; }

    /// <summary>True when the customer wants a person and nothing else.</summary>
    public bool WantsPerson { get; init; }

    /// <summary>The rule of an intent that the taxonomy does not know: a category of its own, no queue.</summary>
    public static IntentRule Unlisted(string intent) => new(intent, intent, intent, intent);
}

/// <summary>A version of what contacts may want.</summary>
/// <param name="Version">Number of the version; 0 before there is one.</param>
/// <param name="Intents">The rules, each name once.</param>
/// <param name="Note">Why it was made.</param>
/// <param name="MadeBy">By whom.</param>
/// <param name="MadeAt">When, UTC.</param>
public sealed record Taxonomy(int Version, ImmutableArray<IntentRule> Intents, string? Note, string MadeBy, DateTimeOffset MadeAt)
{
    /// <summary>Before there is one.</summary>
    public static readonly Taxonomy Empty = new(0, [], null, "", default);

    /// <summary>The rule of an intent; null where it is not listed.</summary>
    public IntentRule? Find(string intent) => Intents.FirstOrDefault(i => string.Equals(i.Name, intent, StringComparison.Ordinal));

    /// <summary>The rule of an intent, listed or not.</summary>
    public IntentRule RuleOf(string intent) => Find(intent) ?? IntentRule.Unlisted(intent);
}

/// <summary>A rule as it is sent or stands in a file.</summary>
public sealed record IntentRequest
{
    private const int LongestName = 100;
    private const int LongestText = 200;
    private const int MostSkills = 20;

    /// <summary>Name of the intent.</summary>
    public string? Name { get; init; }

    /// <summary>English; the name when missing.</summary>
    public string? English { get; init; }

    /// <summary>Chinese; the English one when missing.</summary>
    public string? Chinese { get; init; }

    /// <summary>Category; the name when missing.</summary>
    public string? Category { get; init; }

    /// <summary>Queue.</summary>
    public string? Queue { get; init; }

    /// <summary>Skills.</summary>
    public IReadOnlyList<string>? Skills { get; init; }

    /// <summary><c>many</c>, <c>one</c> (when missing) or <c>minor</c>.</summary>
    public string? Impact { get; init; }

    /// <summary><c>urgent</c>, <c>normal</c> (when missing) or <c>low</c>.</summary>
    public string? Urgency { get; init; }

    /// <summary>A standard question.</summary>
    public bool IsStandard { get; init; }

    /// <summary>Only a specialist may handle it.</summary>
    public bool IsSpecial { get; init; }

    /// <summary>The customer wants a person.</summary>
    public bool WantsPerson { get; init; }

    /// <summary>As it is sent.</summary>
    public static IntentRequest Of(IntentRule rule) =>
        new()
        {
            Name = rule.Name,
            English = rule.English,
            Chinese = rule.Chinese,
            Category = rule.Category,
            Queue = rule.Queue,
            Skills = [.. rule.Skills],
            Impact = Words.Of(rule.Impact),
            Urgency = Words.Of(rule.Urgency),
            IsStandard = rule.IsStandard,
            IsSpecial = rule.IsSpecial,
            WantsPerson = rule.WantsPerson,
        };

    /// <summary>The rule, with all fields looked at.</summary>
    /// <param name="place">Where it stands, for the refusal: <c>intents[3]</c>.</param>
    /// <exception cref="DeskRefusedException">A field is wrong.</exception>
    public IntentRule Read(string place)
    {
        var name = TextRules.Required(Name, $"{place}.name", LongestName);
        var english = TextRules.Optional(English, $"{place}.english", LongestText) ?? name;
        var skills = (Skills ?? [])
            .Select((s, i) => TextRules.Required(s, $"{place}.skills[{i}]", LongestName))
            .Distinct(StringComparer.Ordinal);

        if (Skills?.Count > MostSkills)
            throw DeskRefusedException.Invalid(
                "taxonomy.skills",
                $"{place}.skills",
                $"'{place}.skills' has {Skills.Count} skills, and {MostSkills} are allowed."
            );

        return new(
            name,
            english,
            TextRules.Optional(Chinese, $"{place}.chinese", LongestText) ?? english,
            TextRules.Optional(Category, $"{place}.category", LongestText) ?? name
        )
        {
            Queue = TextRules.Optional(Queue, $"{place}.queue", LongestName),
            Skills = [.. skills],
            Impact = Impact is null ? CaseImpact.One : Words.Read<CaseImpact>(Impact, $"{place}.impact"),
            Urgency = Urgency is null ? CaseUrgency.Normal : Words.Read<CaseUrgency>(Urgency, $"{place}.urgency"),
            IsStandard = IsStandard,
            IsSpecial = IsSpecial,
            WantsPerson = WantsPerson,
        };
    }
}

/// <summary>A taxonomy as it is sent or stands in a file.</summary>
/// <param name="Intents">The rules.</param>
/// <param name="Note">Why it is made.</param>
public sealed record TaxonomyRequest(IReadOnlyList<IntentRequest>? Intents, string? Note = null)
{
    private const int MostIntents = 1000;

    /// <summary>The rules, each looked at.</summary>
    /// <exception cref="DeskRefusedException">One is wrong, or stands there twice.</exception>
    public ImmutableArray<IntentRule> Read()
    {
        if (Intents is not { Count: > 0 and <= MostIntents })
            throw DeskRefusedException.Invalid(
                "taxonomy.intents",
                "intents",
                $"'intents' has {Intents?.Count ?? 0} rules, and must have 1 to {MostIntents}."
            );

        var rules = Intents.Select((r, i) => (r ?? new()).Read($"intents[{i}]")).ToImmutableArray();

        if (rules.GroupBy(r => r.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw DeskRefusedException.Invalid(
                "taxonomy.twice",
                "intents",
                $"'intents' has '{TextRules.Quote(twice.Key)}' {twice.Count()} times. Leave one of them."
            );

        return rules;
    }
}
