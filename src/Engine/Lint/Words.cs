using System.Collections;
using System.Text.RegularExpressions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Lint;

/// <summary>Names under which a step says something, such as who is to do it; looked for in custom properties and in what a task is given.</summary>
/// <param name="names">The names, without regard to case.</param>
internal sealed partial class Words(params string[] names)
{
    /// <summary>Who is to do a step.</summary>
    public static readonly Words Owner = new(
        "assignee",
        "assignees",
        "assignedTo",
        "owner",
        "owners",
        "candidate",
        "candidates",
        "candidateUsers",
        "candidateGroups",
        "user",
        "users",
        "userId",
        "agent",
        "agents",
        "group",
        "groups",
        "team",
        "teams",
        "role",
        "roles",
        "queue",
        "queues",
        "skill",
        "skills",
        "department",
        "responsible"
    );

    /// <summary>Until when a step is to be done, or what happens when it is not.</summary>
    public static readonly Words Limit = new(
        "due",
        "dueAt",
        "dueDate",
        "dueIn",
        "deadline",
        "timeout",
        "expires",
        "expiresAt",
        "expiresIn",
        "sla",
        "slaId",
        "escalation",
        "escalations",
        "escalateTo",
        "escalateAfter"
    );

    private readonly HashSet<string> names = new(names, StringComparer.OrdinalIgnoreCase);

    /// <summary>True when the custom properties of the activity hold one of the names with a value.</summary>
    public bool AreIn(Activity activity) =>
        activity.CustomProperties.ValueKind == System.Text.Json.JsonValueKind.Object
        && AreIn(PlainValue.Of(activity.CustomProperties), depth: 0);

    /// <summary>True when the value that an input gets holds one of the names, or may hold it: nobody knows what a variable brings.</summary>
    public bool MayBeIn(InputBinding input) =>
        input.Kind switch
        {
            BindingKind.Constant => AreIn(Parsed(input.Constant), depth: 0),
            BindingKind.Script => Word().EnumerateMatches(input.Expression.Value as string ?? "") is var words && AnyIn(input, words),
            _ => true,
        };

    public bool Contains(string name) => names.Contains(name);

    private bool AnyIn(InputBinding input, Regex.ValueMatchEnumerator words)
    {
        var source = input.Expression.Value as string ?? "";
        var lookup = names.GetAlternateLookup<ReadOnlySpan<char>>();
        var count = 0;

        foreach (var word in words)
        {
            if (lookup.Contains(source.AsSpan(word.Index, word.Length)))
                return true;

            count++;
        }

        // A script that is one name, or one call, hands on what somebody else has made.
        return count is 1 or 2 && !source.Contains('{', StringComparison.Ordinal);
    }

    private static object? Parsed(object? value) =>
        value is string text && text.TrimStart() is ['{' or '[', ..] && ValueJson.TryParse(text, out var parsed) ? parsed : value;

    private bool AreIn(object? value, int depth) =>
        depth < 4
        && value switch
        {
            IDictionary<string, object?> members => members.Any(m =>
                names.Contains(m.Key) ? HasSomething(m.Value) : AreIn(m.Value, depth + 1)
            ),
            string => false,
            IEnumerable items => items.Cast<object?>().Any(i => AreIn(i, depth + 1)),
            _ => false,
        };

    private static bool HasSomething(object? value) =>
        value switch
        {
            null or false => false,
            string text => text.Trim().Length > 0,
            IDictionary<string, object?> members => members.Count > 0,
            IEnumerable items => items.Cast<object?>().Any(HasSomething),
            _ => true,
        };

    [GeneratedRegex(@"[\p{L}_]\w*", RegexOptions.NonBacktracking)]
    private static partial Regex Word();
}
