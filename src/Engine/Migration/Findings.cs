using System.Collections.Immutable;
using ServiceLoop.Engine.Graph;

namespace ServiceLoop.Engine.Migration;

/// <summary>Collects why an instance cannot be carried over, and what is worth knowing.</summary>
internal sealed class Findings(MigrationPlan plan)
{
    private readonly List<MigrationRefusal> refusals = [];
    private readonly List<MigrationRefusal> notes = [];

    public bool HasRefusals => refusals.Count > 0;

    public ImmutableArray<MigrationRefusal> Refusals => [.. refusals];

    public ImmutableArray<MigrationRefusal> Notes => [.. notes];

    public void Add(MigrationRefusal refusal)
    {
        // Somebody has looked at it.
        if (plan.Accepted.Contains(refusal.Code))
            notes.Add(refusal);
        else
            refusals.Add(refusal);
    }

    public void Refuse(string code, string reason, Node node, long frameId = 0, long bookmarkId = 0) =>
        Add(new(code, reason, node.Id, Living.NameOf(node), node.NodeId, frameId, bookmarkId));

    public void Refuse(string code, string reason, Living living)
    {
        living.IsRefused = true;
        Refuse(code, reason, living.OldNode, living.Old.Id);
    }

    public void Note(string reason, Node node, long frameId = 0) =>
        notes.Add(new(MigrationCodes.Note, reason, node.Id, Living.NameOf(node), node.NodeId, frameId));
}
