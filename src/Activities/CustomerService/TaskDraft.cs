using System.Collections.Immutable;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Values;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Agents;
using ServiceLoop.ServiceDesk.Routing;
using ServiceLoop.ServiceDesk.Tasks;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>Reads the inputs of <see cref="AssignTask"/> and checks them: what cannot be a task is an incident with a sentence, not a task that nobody can do.</summary>
internal sealed class TaskDraft(AssignTask activity, ActivityExecutionContext context)
{
    private const int MaxTitle = 300;
    private const int MaxName = 100;
    private const int MaxContent = 256 * 1024;
    private const int MaxPeople = 200;
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(3660);

    public static Dictionary<string, object?> Payload(string taskId) => new(StringComparer.Ordinal) { ["TaskId"] = taskId };

    public TaskRequest Build(long bookmarkId)
    {
        try
        {
            return Read(bookmarkId);
        }
        catch (DeskRefusedException e)
        {
            throw new WorkflowFaultException(e.Message, e.Code);
        }
    }

    private TaskRequest Read(long bookmarkId) =>
        new(context.ActivityInstanceId, bookmarkId, TextRules.Required(activity.Title?.Get(context), "Title", MaxTitle))
        {
            Type = Text(activity.TaskType, "TaskType") ?? "task",
            Form = FormOf(),
            Outcomes = OutcomesOf(),
            Content = ContentOf(),
            Priority = PriorityOf(),
            Channel = ChannelOf(),
            QueueId = Text(activity.Queue, "Queue"),
            Assignee = Text(activity.Assignee, "Assignee"),
            Required = SkillsOf(activity.RequiredSkills, "RequiredSkills"),
            Preferred = SkillsOf(activity.PreferredSkills, "PreferredSkills"),
            Language = Text(activity.Language, "Language"),
            Candidates = PeopleOf(activity.Candidates, "Candidates"),
            Excluded = PeopleOf(activity.Excluded, "Excluded"),
            CaseId = Text(activity.CaseId, "CaseId") ?? context.CorrelationId,
            CustomerId = Text(activity.CustomerId, "CustomerId"),
            DueAt = MomentOf(activity.DueAt, "DueAt"),
            FollowUpAt = MomentOf(activity.FollowUpAt, "FollowUpAt"),
            TimesOutAt = EndOf(),
        };

    private string? Text(Input<string>? input, string field) => TextRules.Optional(input?.Get(context), field, MaxName);

    private string? FormOf()
    {
        var form = activity.Form?.Get(context) switch
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
        var names = (activity.AnswerOutcomes?.Get(context) ?? [])
            .Where(n => !string.IsNullOrWhiteSpace(n))
            .Distinct(StringComparer.Ordinal)
            .ToList();

        if (names.Count > 50)
            throw DeskRefusedException.Invalid(
                "task.outcomes",
                "AnswerOutcomes",
                $"'AnswerOutcomes' names {names.Count} outcomes, and 50 are allowed."
            );

        if (names.Find(n => n is TaskRequest.TimedOut or TaskRequest.Cancelled) is { } own)
            throw DeskRefusedException.Invalid("task.outcomes", "AnswerOutcomes", $"'{own}' is an outcome of every task. Leave it out.");

        return names.Count == 0 ? [Outcomes.Done] : [.. names.Select(n => TextRules.Required(n, "AnswerOutcomes", MaxName))];
    }

    private string ContentOf()
    {
        var value = PlainValue.Of(activity.Content?.Get(context));
        var text = value is null ? "{}" : ValueJson.ToText(value);
        return TextRules.Required(text, "Content", MaxContent);
    }

    private Priority PriorityOf() =>
        activity.Priority?.Get(context) is not { Length: > 0 } name ? Priority.P3
        : Enum.TryParse<Priority>(name, ignoreCase: true, out var priority) && Enum.IsDefined(priority) ? priority
        : throw DeskRefusedException.Invalid("task.priority", "Priority", $"'Priority' is '{name}'. There are P1 to P4.");

    private string ChannelOf() =>
        Text(activity.Channel, "Channel") is not { } channel ? Channels.Task
        : Channels.IsKnown(channel) ? channel
        : throw DeskRefusedException.Invalid(
            "task.channel",
            "Channel",
            $"'Channel' is '{channel}'. There are: {string.Join(", ", Channels.All)}."
        );

    private ImmutableArray<WantedSkill> SkillsOf(Input<object>? input, string field) =>
        PlainValue.Of(input?.Get(context)) switch
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

    private ImmutableArray<string> PeopleOf(Input<string[]>? input, string field)
    {
        var people = (input?.Get(context) ?? []).Where(p => !string.IsNullOrWhiteSpace(p)).ToList();
        return people.Count > MaxPeople
            ? throw DeskRefusedException.Invalid(
                "task.people",
                field,
                $"'{field}' names {people.Count} people, and {MaxPeople} are allowed. Use a queue."
            )
            : [.. people.Select(p => TextRules.Required(p, field, MaxName)).Distinct(StringComparer.Ordinal)];
    }

    private DateTimeOffset? MomentOf(Input<DateTimeOffset?>? input, string field) =>
        input?.Get(context) is { Year: < 2000 or > 2200 } at
            ? throw DeskRefusedException.Invalid("task.moment", field, $"'{field}' is {at:u}. Give a moment between 2000 and 2200.")
            : input?.Get(context);

    private DateTimeOffset? EndOf() =>
        activity.Timeout?.Get(context) is not { } span ? null
        : span > TimeSpan.Zero && span <= LongestWait ? context.Now + span
        : throw DeskRefusedException.Invalid(
            "task.timeout",
            "Timeout",
            $"'Timeout' is {span}. Give more than nothing, and at most {LongestWait.TotalDays:0} days."
        );
}
