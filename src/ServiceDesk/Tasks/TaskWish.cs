using System.Collections.Immutable;
using ServiceLoop.Engine.Values;
using ServiceLoop.ServiceDesk.Agents;

namespace ServiceLoop.ServiceDesk.Tasks;

/// <summary>What a step says about the task that it wants, before it is looked at.</summary>
public sealed record TaskWish
{
    private const int MaxTitle = 300;
    private const int MaxName = 100;
    private const int MaxContent = 256 * 1024;
    private const int MaxPeople = 200;
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(3660);

    /// <summary>What it is about, in one line; required.</summary>
    public string? Title { get; init; }

    /// <summary>Kind of work; <c>task</c> when null.</summary>
    public string? TaskType { get; init; }

    /// <summary>JSON schema, as text or as an object; null for none.</summary>
    public object? Form { get; init; }

    /// <summary>Outcomes that the answer may choose; none means Done.</summary>
    public string[]? AnswerOutcomes { get; init; }

    /// <summary>What the person sees with it.</summary>
    public object? Content { get; init; }

    /// <summary>P1 to P4; P3 when null.</summary>
    public string? Priority { get; init; }

    /// <summary>One of <see cref="Channels"/>; <c>task</c> when null.</summary>
    public string? Channel { get; init; }

    /// <summary>The queue; null for none.</summary>
    public string? Queue { get; init; }

    /// <summary>Whose it is from the beginning; null for nobody's.</summary>
    public string? Assignee { get; init; }

    /// <summary>Skills with levels, as an object.</summary>
    public object? RequiredSkills { get; init; }

    /// <summary>Skills with levels, as an object.</summary>
    public object? PreferredSkills { get; init; }

    /// <summary>Id of a skill; null for any language.</summary>
    public string? Language { get; init; }

    /// <summary>The only ones who may have it.</summary>
    public string[]? Candidates { get; init; }

    /// <summary>Those who must not have it.</summary>
    public string[]? Excluded { get; init; }

    /// <summary>The case.</summary>
    public string? CaseId { get; init; }

    /// <summary>The customer.</summary>
    public string? CustomerId { get; init; }

    /// <summary>When it is due.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>When to look at it again.</summary>
    public DateTimeOffset? FollowUpAt { get; init; }

    /// <summary>How long the workflow waits; null for ever.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>True: only the working time of the queue counts for the timeout.</summary>
    public bool InWorkingTime { get; init; }

    /// <summary>The task, its timeout in time on the wall, when all of it makes sense: what cannot be a task is refused with a sentence, and is not a task that nobody can do.</summary>
    /// <param name="id"><c>{instance}:{execution}</c>.</param>
    /// <param name="bookmarkId">Number of the waiter that its answer resumes.</param>
    /// <param name="now">The moment of the step, UTC.</param>
    /// <exception cref="DeskRefusedException">Something makes none.</exception>
    public TaskRequest Read(string id, long bookmarkId, DateTimeOffset now) =>
        new(id, bookmarkId, TextRules.Required(Title, "Title", MaxTitle))
        {
            Type = Text(TaskType, "TaskType") ?? "task",
            Form = FormOf(),
            Outcomes = OutcomesOf(),
            Content = ContentOf(),
            Priority = PriorityOf(),
            Channel = ChannelOf(),
            QueueId = Text(Queue, "Queue"),
            Assignee = Text(Assignee, "Assignee"),
            Required = SkillsOf(RequiredSkills, "RequiredSkills"),
            Preferred = SkillsOf(PreferredSkills, "PreferredSkills"),
            Language = Text(Language, "Language"),
            Candidates = PeopleOf(Candidates, "Candidates"),
            Excluded = PeopleOf(Excluded, "Excluded"),
            CaseId = Text(CaseId, "CaseId"),
            CustomerId = Text(CustomerId, "CustomerId"),
            DueAt = MomentOf(DueAt, "DueAt"),
            FollowUpAt = MomentOf(FollowUpAt, "FollowUpAt"),
            TimesOutAt = EndOf(now),
        };

    private static string? Text(string? value, string field) => TextRules.Optional(value, field, MaxName);

    private string? FormOf()
    {
        var form = Form switch
        {
            null => null,
            string text => string.IsNullOrWhiteSpace(text) ? null : text,
            var value => ValueJson.ToText(PlainValue.Of(value)),
        };

        return FormRules.Check(form) is [var error, ..]
            ? throw DeskRefusedException.Invalid(error.Code, "Form", $"'Form' cannot be used at '{error.Field}': {error.Message}")
            : form;
    }

    private ImmutableArray<string> OutcomesOf()
    {
        var names = (AnswerOutcomes ?? []).Where(n => !string.IsNullOrWhiteSpace(n)).Distinct(StringComparer.Ordinal).ToList();

        if (names.Count > 50)
            throw DeskRefusedException.Invalid(
                "task.outcomes",
                "AnswerOutcomes",
                $"'AnswerOutcomes' names {names.Count} outcomes, and 50 are allowed."
            );

        if (names.Find(n => n is TaskRequest.TimedOut or TaskRequest.Cancelled) is { } own)
            throw DeskRefusedException.Invalid("task.outcomes", "AnswerOutcomes", $"'{own}' is an outcome of every task. Leave it out.");

        return names.Count == 0 ? [Engine.Outcomes.Done] : [.. names.Select(n => TextRules.Required(n, "AnswerOutcomes", MaxName))];
    }

    private string ContentOf()
    {
        var value = PlainValue.Of(Content);
        var text = value is null ? "{}" : ValueJson.ToText(value);
        return TextRules.Required(text, "Content", MaxContent);
    }

    private Routing.Priority PriorityOf() =>
        Priority is not { Length: > 0 } name ? Routing.Priority.P3
        : Enum.TryParse<Routing.Priority>(name, ignoreCase: true, out var priority) && Enum.IsDefined(priority) ? priority
        : throw DeskRefusedException.Invalid("task.priority", "Priority", $"'Priority' is '{name}'. There are P1 to P4.");

    private string ChannelOf() =>
        Text(Channel, "Channel") is not { } channel ? Channels.Task
        : Channels.IsKnown(channel) ? channel
        : throw DeskRefusedException.Invalid(
            "task.channel",
            "Channel",
            $"'Channel' is '{channel}'. There are: {string.Join(", ", Channels.All)}."
        );

    private static ImmutableArray<WantedSkill> SkillsOf(object? skills, string field) =>
        PlainValue.Of(skills) switch
        {
            null => [],
            IReadOnlyDictionary<string, object?> levels => SkillJson.Read(levels, field),
            IDictionary<string, object?> levels => SkillJson.Read(new Dictionary<string, object?>(levels, StringComparer.Ordinal), field),
            _ => throw DeskRefusedException.Invalid(
                "task.skills",
                field,
                $"'{field}' is an object of skills with levels, for example {{\"tv\": 3}}."
            ),
        };

    private static ImmutableArray<string> PeopleOf(string[]? named, string field)
    {
        var people = (named ?? []).Where(p => !string.IsNullOrWhiteSpace(p)).ToList();
        return people.Count > MaxPeople
            ? throw DeskRefusedException.Invalid(
                "task.people",
                field,
                $"'{field}' names {people.Count} people, and {MaxPeople} are allowed. Use a queue."
            )
            : [.. people.Select(p => TextRules.Required(p, field, MaxName)).Distinct(StringComparer.Ordinal)];
    }

    private static DateTimeOffset? MomentOf(DateTimeOffset? moment, string field) =>
        moment is { Year: < 2000 or > 2200 } at
            ? throw DeskRefusedException.Invalid("task.moment", field, $"'{field}' is {at:u}. Give a moment between 2000 and 2200.")
            : moment;

    private DateTimeOffset? EndOf(DateTimeOffset now) =>
        Timeout is not { } span ? null
        : span > TimeSpan.Zero && span <= LongestWait ? now + span
        : throw DeskRefusedException.Invalid(
            "task.timeout",
            "Timeout",
            $"'Timeout' is {span}. Give more than nothing, and at most {LongestWait.TotalDays:0} days."
        );
}
