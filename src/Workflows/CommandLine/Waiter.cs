using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.InMemory;

namespace ServiceLoop.Workflows.CommandLine;

/// <summary>A bookmark that waits in an instance, with the activity that waits.</summary>
/// <param name="Instance">The instance.</param>
/// <param name="Bookmark">The bookmark.</param>
/// <param name="Node">The activity.</param>
internal sealed record Waiter(InMemoryInstance Instance, Bookmark Bookmark, Node Node)
{
    /// <summary>All that waits in an instance, in the order of creation.</summary>
    public static IEnumerable<Waiter> In(InMemoryInstance instance)
    {
        foreach (var bookmark in instance.State.Bookmarks.OrderBy(b => b.Id))
            if (instance.State.Frames.FirstOrDefault(f => f.Id == bookmark.FrameId) is { } frame)
                yield return new Waiter(instance, bookmark, instance.Graph.Nodes[frame.Node]);
    }

    /// <summary>Those that a name means: activity id, activity name, event name, task name; the first kind that is found.</summary>
    public static IReadOnlyList<Waiter> Find(InMemoryWorkflows host, string name)
    {
        var all = host.Instances.SelectMany(In).ToList();
        var kinds = new Func<Waiter, bool>[]
        {
            w => w.Node.Id == name,
            w => w.Node.Activity.Name == name,
            w => w.Bookmark.Name == "Elsa.Event" && w.Payload("EventName") == name,
            w => w.Bookmark.Name == "Elsa.RunTask" && w.Payload("TaskName") == name,
        };
        return kinds.Select(kind => all.Where(kind).ToList()).FirstOrDefault(found => found.Count > 0) ?? [];
    }

    /// <summary>The input with which it hears a value.</summary>
    public Dictionary<string, object?> InputFor(object? value)
    {
        var input = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);

        switch (Bookmark.Name)
        {
            case "Elsa.Event":
                input[Event.PayloadKey] = value;
                break;
            case "Elsa.RunTask":
                input[RunTask.ResultKey] = value;
                break;
            default:
                if (value is IDictionary<string, object?> members)
                    foreach (var (name, member) in members)
                        input[name] = member;

                break;
        }

        return input;
    }

    private string? Payload(string name) => StoredValues.Decode(Bookmark.Payload.FirstOrDefault(p => p.Name == name).Value) as string;
}
