using System.Collections.Immutable;

namespace ServiceLoop.Engine.Nodes;

/// <summary>A token of Elsa's token mode; it lies in the list of all, and in that of its target.</summary>
internal sealed class EdgeToken
{
    public int Edge { get; set; }

    public bool IsConsumed { get; set; }

    public bool IsBlocked { get; set; }

    public bool IsFree => !IsConsumed && !IsBlocked;

    public EdgeToken? Next { get; set; }

    public EdgeToken? Previous { get; set; }

    public EdgeToken? NextInto { get; set; }

    public EdgeToken? PreviousInto { get; set; }
}

/// <summary>Tokens of one chart in token mode, oldest first, counted as they come and go so that nobody has to look through them.</summary>
internal sealed class TokenState(ForwardGraph graph, FlowPlan plan) : FlowState
{
    private readonly int[] freeByEdge = new int[plan.Source.Length];
    private readonly int[] blockedByEdge = new int[plan.Source.Length];
    private readonly Target[] targets = new Target[plan.Steps.Length];
    private EdgeToken? first;
    private EdgeToken? last;
    private EdgeToken? spare;
    private int count;
    private int free;

    public TokenState(ForwardGraph graph, FlowPlan plan, ImmutableArray<int> saved)
        : this(graph, plan)
    {
        foreach (var token in saved.IsDefault ? [] : saved)
        {
            Append(token >> 2, (token & 2) != 0);

            if ((token & 1) != 0)
                Consume(last!);
        }
    }

    public ForwardGraph Graph { get; } = graph;

    public bool HasFree => free > 0;

    public bool IsFree(int edge) => freeByEdge[edge] > 0;

    /// <summary>True when every forward edge into a step holds a free token; where no two edges are the same.</summary>
    public bool HoldsAllForward(int step) => targets[step].FreeForwardEdges == Graph.In[step].Length;

    /// <summary>True when every edge into a step holds a free token; where no two edges are the same.</summary>
    public bool HoldsAll(int step) => targets[step].FreeEdges == plan.In[step].Length;

    /// <summary>True when a free token points at the source of some forward edge into a step.</summary>
    public bool IsSourceAwaited(int step) => targets[step].AwaitedSources > 0;

    public EdgeToken? FindBlocked(int edge)
    {
        if (blockedByEdge[edge] > 0)
            for (var token = targets[plan.Target[edge]].First; token is not null; token = token.NextInto)
                if (token.IsBlocked && token.Edge == edge)
                    return token;

        return null;
    }

    public override ImmutableArray<int> Freeze()
    {
        var saved = ImmutableArray.CreateBuilder<int>(count);

        for (var token = first; token is not null; token = token.Next)
            saved.Add((token.Edge << 2) | (token.IsConsumed ? 1 : 0) | (token.IsBlocked ? 2 : 0));

        return saved.MoveToImmutable();
    }

    public void Add(int edge, bool isBlocked)
    {
        FlowLimits.Check(count);
        Append(edge, isBlocked);
    }

    public void Consume(EdgeToken token)
    {
        if (token.IsFree)
            Count(token.Edge, -1);

        token.IsConsumed = true;
    }

    public void ConsumeInto(int step)
    {
        if (targets[step].Free == 0)
            return;

        for (var token = targets[step].First; token is not null; token = token.NextInto)
            if (token.IsFree)
                Consume(token);
    }

    public void RemoveConsumedInto(int step)
    {
        for (var token = targets[step].First; token is not null; )
        {
            var next = token.NextInto;

            if (token.IsConsumed)
                Remove(token);

            token = next;
        }
    }

    /// <summary>Removes the tokens that point at a step or come from it.</summary>
    public void RemoveAt(int step)
    {
        for (var token = first; token is not null; )
        {
            var next = token.Next;

            if (plan.Target[token.Edge] == step || plan.Source[token.Edge] == step)
                Remove(token);

            token = next;
        }
    }

    public void Clear()
    {
        while (first is not null)
            Remove(first);
    }

    private void Append(int edge, bool isBlocked)
    {
        var token = spare ?? new EdgeToken();
        spare = token.Next;
        (token.Edge, token.IsBlocked, token.IsConsumed) = (edge, isBlocked, false);
        (token.Next, token.Previous) = (null, last);

        if (last is null)
            first = token;
        else
            last.Next = token;

        last = token;
        ref var target = ref targets[plan.Target[edge]];
        (token.NextInto, token.PreviousInto) = (null, target.Last);

        if (target.Last is null)
            target.First = token;
        else
            target.Last.NextInto = token;

        target.Last = token;
        count++;

        if (isBlocked)
            blockedByEdge[edge]++;
        else
            Count(edge, 1);
    }

    private void Remove(EdgeToken token)
    {
        if (token.Previous is null)
            first = token.Next;
        else
            token.Previous.Next = token.Next;

        if (token.Next is null)
            last = token.Previous;
        else
            token.Next.Previous = token.Previous;

        ref var target = ref targets[plan.Target[token.Edge]];

        if (token.PreviousInto is null)
            target.First = token.NextInto;
        else
            token.PreviousInto.NextInto = token.NextInto;

        if (token.NextInto is null)
            target.Last = token.PreviousInto;
        else
            token.NextInto.PreviousInto = token.PreviousInto;

        count--;

        if (token.IsBlocked)
            blockedByEdge[token.Edge]--;
        else if (token.IsFree)
            Count(token.Edge, -1);

        token.Next = spare;
        spare = token;
    }

    /// <summary>A free token comes or goes.</summary>
    private void Count(int edge, int by)
    {
        free += by;
        freeByEdge[edge] += by;
        var step = plan.Target[edge];
        ref var target = ref targets[step];
        target.Free += by;

        // The first one came, or the last one went.
        if (freeByEdge[edge] == (by > 0 ? 1 : 0))
        {
            target.FreeEdges += by;
            target.FreeForwardEdges += Graph.IsForward[edge] ? by : 0;
        }

        if (target.Free == (by > 0 ? 1 : 0))
            foreach (var beyond in plan.Out[step])
                if (Graph.IsForward[beyond])
                    targets[plan.Target[beyond]].AwaitedSources += by;
    }

    private struct Target
    {
        public EdgeToken? First;
        public EdgeToken? Last;
        public int Free;
        public int FreeEdges;
        public int FreeForwardEdges;
        public int AwaitedSources;
    }
}
