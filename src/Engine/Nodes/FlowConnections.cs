using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Graph;

namespace ServiceLoop.Engine.Nodes;

/// <summary>Reads connections in all the forms that files hold.</summary>
internal static class FlowConnections
{
    public static List<(string Source, string Target, string? Port, string? TargetPort, string Path)> Read(
        ActivityReader reader,
        JsonElement json,
        string path,
        string chartId
    )
    {
        var result = new List<(string, string, string?, string?, string)>();
        var i = 0;

        foreach (var item in ElsaJson.Items(json))
        {
            var place = $"{path}[{i++}]";
            var (source, sourcePort) = EndPoint(item, "source", "sourcePort");
            var (target, targetPort) = EndPoint(item, "target", "targetPort");

            if (source is null || target is null)
                reader.Report(
                    new(
                        "flow.connection",
                        place,
                        $"A connection of '{chartId}' needs \"source\" and \"target\", each with an \"activity\".",
                        // Elsa drops what it cannot resolve.
                        reader.Semantics == FlowSemantics.Sound
                            ? CompileSeverity.Error
                            : CompileSeverity.Warning,
                        chartId
                    )
                );
            else
                result.Add((source, target, sourcePort, targetPort, place));
        }

        return result;
    }

    public static List<Connection> Resolve(
        GraphBuilder builder,
        List<(string Source, string Target, string? Port, string? TargetPort, string Path)> unread,
        IReadOnlyList<Activity> activities,
        string chartId
    )
    {
        var byId = new Dictionary<string, Activity>(StringComparer.Ordinal);
        var seen = new HashSet<(string, string?, string, string?)>();
        var result = new List<Connection>(unread.Count);

        foreach (var activity in activities)
            byId.TryAdd(activity.Id, activity);

        foreach (var (source, target, port, targetPort, path) in unread)
        {
            if (!byId.TryGetValue(source, out var from) || !byId.TryGetValue(target, out var to))
            {
                var missing = byId.ContainsKey(source) ? target : source;
                builder.Report(
                    new(
                        "flow.connection-to-missing",
                        path,
                        $"A connection of '{chartId}' names the activity '{missing}', which is not in it; the connection is left out.",
                        CompileSeverity.Warning,
                        chartId
                    )
                );
                continue;
            }

            // Elsa takes connections that start at an unknown activity out of the chart.
            if (from is NotFoundActivity && builder.Semantics != FlowSemantics.Sound)
                continue;

            if (seen.Add((source, port, target, targetPort)))
                result.Add(new Connection(from, to, port) { TargetPort = targetPort });
        }

        return result;
    }

    public static void CheckIds(GraphBuilder builder, Flowchart chart)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);

        foreach (var activity in chart.Activities)
            if (!ids.Add(activity.Id))
                builder.Report(
                    new(
                        "flow.duplicate-id",
                        activity.Path,
                        $"Two activities of flowchart '{chart.Id}' have the id '{activity.Id}'. Give one of them another id.",
                        ActivityId: activity.Id
                    )
                );

        foreach (var connection in chart.Connections)
            if (connection.Source.Node?.Parent != chart.Node || connection.Target.Node?.Parent != chart.Node)
                builder.Report(
                    new(
                        "flow.connection",
                        chart.Path,
                        $"A connection of '{chart.Id}' joins '{connection.Source.Id}' and '{connection.Target.Id}', which are not both in it.",
                        ActivityId: chart.Id
                    )
                );
    }

    internal static (string? Activity, string? Port) EndPoint(JsonElement connection, string name, string flatPort)
    {
        if (connection.ValueKind != JsonValueKind.Object || ElsaJson.Find(connection, name) is not { } end)
            return (null, null);

        return end.ValueKind == JsonValueKind.Object
            ? (ElsaJson.Text(ElsaJson.Find(end, "activity")), ElsaJson.Text(ElsaJson.Find(end, "port")))
            : (ElsaJson.Text(end), ElsaJson.Text(ElsaJson.Find(connection, flatPort)));
    }
}
