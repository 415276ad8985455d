using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Engine.Migration;

/// <summary>One living execution on its way to the new version.</summary>
internal sealed class Living(FrameState old, Node oldNode, Node? place)
{
    public FrameState Old { get; } = old;

    public Node OldNode { get; } = oldNode;

    /// <summary>Where it goes; null when it has no place.</summary>
    public Node? Place { get; } = place;

    public Living? Parent { get; set; }

    public List<Living> Children { get; } = [];

    /// <summary>What it has scheduled and has not begun.</summary>
    public List<QueuedState> Queued { get; } = [];

    /// <summary>True: a container that ends here, and whose one child takes its place in what is around it.</summary>
    public bool IsDissolved { get; set; }

    /// <summary>True: a refusal names it already.</summary>
    public bool IsRefused { get; set; }

    /// <summary>What it becomes; null when it is dissolved or refused.</summary>
    public FrameState? New { get; set; }

    public bool IsKept => Place is not null && !IsDissolved;

    /// <summary>The nearest one around it that is kept; null for the first, and for those whose owner has ended.</summary>
    public Living? KeptParent
    {
        get
        {
            var above = Parent;

            while (above is { IsDissolved: true })
                above = above.Parent;

            return above;
        }
    }

    /// <summary>Name for people.</summary>
    public string Name => NameOf(OldNode);

    /// <summary>The outermost of the dissolved containers around it within what is kept; itself when there is none.</summary>
    public Living Top
    {
        get
        {
            var top = this;

            while (top.Parent is { IsDissolved: true } above)
                top = above;

            return top;
        }
    }

    public static string NameOf(Node node) => string.IsNullOrEmpty(node.Activity.Name) ? node.Id : node.Activity.Name;
}
