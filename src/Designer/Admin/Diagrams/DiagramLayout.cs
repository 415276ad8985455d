using System.Collections.Immutable;
using ServiceLoop.Engine.Comparison;

namespace ServiceLoop.Designer.Admin.Diagrams;

/// <summary>A box of a diagram, in the designer's units.</summary>
internal sealed record DiagramBox(ActivityOutline Activity, double X, double Y, double Width, double Height);

/// <summary>A line between two boxes.</summary>
/// <param name="Source">Id of the activity that it leaves.</param>
/// <param name="Target">Id of the activity that it enters.</param>
/// <param name="Port">Outcome; null where there is nothing to say.</param>
/// <param name="Path">What an SVG path draws.</param>
/// <param name="LabelX">Where the outcome is written.</param>
/// <param name="LabelY">Where the outcome is written.</param>
internal sealed record DiagramLine(string Source, string Target, string? Port, string Path, double LabelX, double LabelY);

/// <summary>Where the activities of one container are drawn: as its designer placed them, else from left to right.</summary>
internal sealed record DiagramLayout(
    ImmutableArray<DiagramBox> Boxes,
    ImmutableArray<DiagramLine> Lines,
    double X,
    double Y,
    double Width,
    double Height
)
{
    private const double BoxWidth = 200;
    private const double BoxHeight = 56;
    private const double GapX = 90;
    private const double GapY = 40;
    private const double Margin = 40;

    /// <summary>Lays out what stands in a container; a container without content is shown itself.</summary>
    public static DiagramLayout Of(ActivityOutline container)
    {
        var children = container.Children.IsEmpty ? [container] : container.Children;
        var connections = ConnectionsOf(container);
        var places = children.All(c => c.Position is not null)
            ? children.DistinctBy(c => c.Id).ToDictionary(c => c.Id, c => c.Position!.Value, StringComparer.Ordinal)
            : Layers(children, connections);
        var boxes = children
            .DistinctBy(c => c.Id)
            .Select(c => new DiagramBox(c, places[c.Id].X, places[c.Id].Y, WidthOf(c), BoxHeight))
            .ToImmutableArray();
        var byId = boxes.ToDictionary(b => b.Activity.Id, StringComparer.Ordinal);
        var lines = connections
            .Where(c => byId.ContainsKey(c.Source) && byId.ContainsKey(c.Target))
            .Select(c => Line(c, byId[c.Source], byId[c.Target]))
            .ToImmutableArray();
        var (left, top) = (boxes.Min(b => b.X) - Margin, boxes.Min(b => b.Y) - Margin);
        return new(boxes, lines, left, top, boxes.Max(b => b.X + b.Width) + Margin - left, boxes.Max(b => b.Y + b.Height) + Margin - top);
    }

    /// <summary>Those of a chart; in a sequence each activity leads to the next.</summary>
    private static ImmutableArray<ConnectionOutline> ConnectionsOf(ActivityOutline container) =>
        !container.Connections.IsEmpty ? container.Connections
        : container.Type == "Elsa.Sequence"
            ? [.. container.Children.Zip(container.Children.Skip(1), (a, b) => new ConnectionOutline(a.Id, "Done", b.Id, []))]
        : [];

    private static double WidthOf(ActivityOutline activity) =>
        activity.Size is { X: > 120 and < 600 } size ? Math.Max(size.X, 150) : BoxWidth;

    /// <summary>Columns by the longest way from the start, back connections left aside; rows in the order of the file.</summary>
    private static Dictionary<string, DesignerPoint> Layers(
        ImmutableArray<ActivityOutline> children,
        ImmutableArray<ConnectionOutline> connections
    )
    {
        var targets = connections.ToLookup(c => c.Source, c => c.Target, StringComparer.Ordinal);
        var column = new Dictionary<string, int>(StringComparer.Ordinal);
        var order = new List<string>();
        var state = new Dictionary<string, bool>(StringComparer.Ordinal);
        var entered = connections.Where(c => c.Source != c.Target).Select(c => c.Target).ToHashSet(StringComparer.Ordinal);

        foreach (var child in children.OrderBy(c => entered.Contains(c.Id)))
            Visit(child.Id);

        // The order in which they were left, backwards, is one in which every connection but those back leads onwards.
        var places = order.AsEnumerable().Reverse().Select((id, i) => (id, i)).ToDictionary(p => p.id, p => p.i, StringComparer.Ordinal);

        foreach (var id in places.OrderBy(p => p.Value).Select(p => p.Key))
        {
            column.TryAdd(id, 0);

            foreach (var target in targets[id])
                if (places.TryGetValue(target, out var place) && place > places[id])
                    column[target] = Math.Max(column.GetValueOrDefault(target), column[id] + 1);
        }

        var rows = new Dictionary<int, int>();
        var result = new Dictionary<string, DesignerPoint>(StringComparer.Ordinal);

        foreach (var child in children)
        {
            var at = column[child.Id];
            var row = rows[at] = rows.GetValueOrDefault(at, -1) + 1;
            result[child.Id] = new(at * (BoxWidth + GapX), row * (BoxHeight + GapY));
        }

        return result;

        void Visit(string first)
        {
            var path = new Stack<(string Id, IEnumerator<string> Next)>();
            Enter(first);

            while (path.TryPeek(out var top))
                if (top.Next.MoveNext())
                    Enter(top.Next.Current);
                else
                    order.Add(path.Pop().Id);

            void Enter(string id)
            {
                if (state.TryAdd(id, true))
                    path.Push((id, targets[id].GetEnumerator()));
            }
        }
    }

    private static DiagramLine Line(ConnectionOutline connection, DiagramBox source, DiagramBox target)
    {
        var (x1, y1) = (source.X + source.Width, source.Y + (source.Height / 2));
        var (x2, y2) = (target.X, target.Y + (target.Height / 2));
        string path;
        var (labelX, labelY) = (x1 + 8, y1 - 8);

        if (connection.Vertices.IsEmpty && x2 >= x1 + 10)
        {
            var bend = Math.Max(30, (x2 - x1) / 2);
            path = Svg($"M{x1} {y1} C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}");
        }
        else if (connection.Vertices.IsEmpty)
        {
            // Back, or down: out on the right, round, and in from the left.
            var below = Math.Max(source.Y + source.Height, target.Y + target.Height) + 24;
            var between = target.Y > source.Y + source.Height + 20 ? (source.Y + source.Height + target.Y) / 2 : below;
            path = Svg(
                $"M{x1} {y1} C{x1 + 45} {y1} {x1 + 45} {between} {x1 - 10} {between} L{x2 + 10} {between} C{x2 - 45} {between} {x2 - 45} {y2} {x2} {y2}"
            );
        }
        else
            path = Svg($"M{x1} {y1} ") + string.Concat(connection.Vertices.Select(v => Svg($"L{v.X} {v.Y} "))) + Svg($"L{x2} {y2}");

        return new(connection.Source, connection.Target, connection.Port == "Done" ? null : connection.Port, path, labelX, labelY);
    }

    private static string Svg(FormattableString text) => FormattableString.Invariant(text);
}
