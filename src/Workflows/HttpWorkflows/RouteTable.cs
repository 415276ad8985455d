using System.Collections.Frozen;
using Microsoft.AspNetCore.Routing.Template;
using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.HttpWorkflows;

/// <summary>Which addresses workflows listen to, at one moment. Immutable.</summary>
internal sealed class RouteTable
{
    private const string AnyMethod = "GET";

    private readonly FrozenDictionary<string, TriggerRow[]> triggers;
    private readonly FrozenDictionary<string, string[]> methods;
    private readonly Route[] routes;

    /// <param name="triggers">Triggers of HTTP endpoints of all published versions.</param>
    /// <param name="templates">Paths of endpoints that may wait, as their definitions have them.</param>
    public RouteTable(IReadOnlyList<TriggerRow> triggers, IEnumerable<string> templates)
    {
        var addresses = triggers.Select(t => (Trigger: t, Address: EndpointAddress.Read(t.Payload))).ToList();
        this.triggers = addresses.GroupBy(a => a.Trigger.Hash, a => a.Trigger).ToFrozenDictionary(g => g.Key, g => g.ToArray());
        methods = addresses
            .GroupBy(a => a.Address.Path, a => a.Address.Method.ToUpperInvariant(), StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => g.Distinct().Order(StringComparer.Ordinal).ToArray(), StringComparer.Ordinal);
        routes =
        [
            .. addresses
                .Select(a => a.Address.Path)
                .Concat(templates.Select(Normalize))
                .Distinct(StringComparer.Ordinal)
                .Select(Route.Find)
                .OfType<Route>()
                .OrderBy(r => r.Precedence),
        ];
    }

    /// <summary>A path with its parameters that fits a request.</summary>
    /// <param name="Path">The template in the form that hashes use.</param>
    /// <param name="Values">Values of its parameters.</param>
    public sealed record Match(string Path, RouteValueDictionary Values);

    /// <summary>The templates that fit a path, the most exact first; at the end the path itself, for a waiter whose path a script has made.</summary>
    public IEnumerable<Match> Find(string path, HttpContext context, IInlineConstraintResolver constraints)
    {
        var literal = Normalize(path);
        var isKnown = false;

        foreach (var route in routes)
            if (route.TryMatch(path, context, constraints) is { } values)
            {
                isKnown |= route.Path == literal;
                yield return new(route.Path, values);
            }

        if (!isKnown)
            yield return new(literal, []);
    }

    /// <summary>Those that start with a stimulus.</summary>
    public IReadOnlyList<TriggerRow> TriggersOf(string hash) => triggers.GetValueOrDefault(hash, []);

    /// <summary>Methods that start something at a path; none when nothing starts there.</summary>
    public IReadOnlyList<string> MethodsOf(string path) => methods.GetValueOrDefault(path, []);

    /// <summary>The hash of a request's stimulus.</summary>
    public static string HashOf(string path, string method)
    {
        var stimulus = HttpEndpoint.StimulusOf(path, method);
        return StimulusHash.Of(stimulus.Name, stimulus.Payload);
    }

    /// <summary>A path in the form that hashes use.</summary>
    private static string Normalize(string path) => (string)HttpEndpoint.StimulusOf(path, AnyMethod).Payload!["Path"]!;

    /// <summary>A template that can be matched.</summary>
    private sealed class Route(string path, RouteTemplate template)
    {
        private readonly TemplateMatcher matcher = new(template, Defaults(template));

        public string Path => path;

        public decimal Precedence { get; } = RoutePrecedence.ComputeInbound(template);

        /// <summary>Null when the text is no template: nothing can be asked for there.</summary>
        public static Route? Find(string path)
        {
            try
            {
                return new Route(path, TemplateParser.Parse(path.TrimStart('/')));
            }
            catch (ArgumentException)
            {
                return null;
            }
        }

        public RouteValueDictionary? TryMatch(string path, HttpContext context, IInlineConstraintResolver constraints)
        {
            var values = new RouteValueDictionary();

            if (!matcher.TryMatch(path, values))
                return null;

            foreach (var parameter in template.Parameters)
            foreach (var constraint in parameter.InlineConstraints)
                if (
                    constraints.ResolveConstraint(constraint.Constraint) is { } rule
                    && !rule.Match(context, null, parameter.Name!, values, RouteDirection.IncomingRequest)
                )
                    return null;

            return values;
        }

        private static RouteValueDictionary Defaults(RouteTemplate template)
        {
            var defaults = new RouteValueDictionary();

            foreach (var parameter in template.Parameters)
                if (parameter.DefaultValue is { } value)
                    defaults[parameter.Name!] = value;

            return defaults;
        }
    }
}
