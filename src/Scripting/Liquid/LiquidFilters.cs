using System.Globalization;
using Scriban.Runtime;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Scripting.Liquid;

/// <summary>All filters: the standard ones of Liquid, and <c>base64</c>, <c>keys</c> and <c>json</c> as in Elsa.</summary>
internal static class LiquidFilters
{
    private static readonly Dictionary<string, Func<FilterCall, object?>> Others = new(StringComparer.Ordinal)
    {
        ["abs"] = static f => Math.Abs(f.Number(0)),
        ["at_least"] = static f => Math.Max(f.Number(0), f.Number(1)),
        ["at_most"] = static f => Math.Min(f.Number(0), f.Number(1)),
        ["ceil"] = static f => decimal.Ceiling(f.Number(0)),
        ["floor"] = static f => decimal.Floor(f.Number(0)),
        ["round"] = static f => Math.Round(f.Number(0), Math.Clamp(f.Whole(1), 0, 28), MidpointRounding.AwayFromZero),
        ["plus"] = static f => Calculate(f, static (a, b) => a + b),
        ["minus"] = static f => Calculate(f, static (a, b) => a - b),
        ["times"] = static f => Calculate(f, static (a, b) => a * b),
        ["divided_by"] = static f => Calculate(f, Divide),
        ["modulo"] = static f => Calculate(f, static (a, b) => b == 0 ? throw new DivideByZeroException() : a % b),
        ["format_number"] = static f => f.Number(0).ToString(f.Text(1), CultureInfo.InvariantCulture),
        ["date"] = static f =>
            Moments.Find(f[0], f.Context.Scope.Now) is { } moment && f.Count > 1 ? Moments.Format(moment, f.Text(1)) : f[0],
        ["format_date"] = static f =>
            Moments.Find(f[0], f.Context.Scope.Now) is { } moment ? moment.ToString(f.Text(1), CultureInfo.InvariantCulture) : f[0],
        ["default"] = static f => f[0] is null or false or "" or ScriptArray { Count: 0 } ? f[1] : f[0],
        ["json"] = static f => ValueJson.ToText(LiquidValues.ToPlain(f[0])),
        ["keys"] = static f => f[0] is IScriptObject members and not ScriptArray ? new LiquidList(members.GetMembers()) : new LiquidList(),
    };

    private static readonly Dictionary<string, LiquidFilter> All = Others
        .Concat(TextFilters.All)
        .Concat(ListFilters.All)
        .ToDictionary(filter => filter.Key, filter => new LiquidFilter(filter.Value), StringComparer.Ordinal);

    /// <summary>Names of all filters, in order.</summary>
    public static IEnumerable<string> Names => All.Keys.Order(StringComparer.Ordinal);

    /// <summary>The filters as the template engine wants them; shared by all renderings and never changed.</summary>
    public static ScriptObject Builtin { get; } = Build();

    /// <summary>True when there is such a filter.</summary>
    public static bool Contains(string name) => All.ContainsKey(name);

    private static ScriptObject Build()
    {
        var builtin = new ScriptObject(All.Count, StringComparer.Ordinal);

        foreach (var (name, filter) in All)
            builtin.SetValue(name, filter, readOnly: true);

        builtin.SetValue("cycle", new CycleTag(), readOnly: true);

        // Literals of Liquid that the template engine looks up as variables.
        builtin.SetValue("empty", EmptyScriptObject.Default, readOnly: true);
        builtin.IsReadOnly = true;
        return builtin;
    }

    private static object Calculate(FilterCall filter, Func<decimal, decimal, decimal> operation)
    {
        try
        {
            return operation(filter.Number(0), filter.Number(1));
        }
        catch (OverflowException)
        {
            throw new ExpressionException("The result of the calculation is too big.");
        }
        catch (DivideByZeroException)
        {
            throw new ExpressionException("The template divides by zero.");
        }
    }

    // Two whole numbers divide as whole numbers; 7.0 is not one.
    private static decimal Divide(decimal a, decimal b) => a.Scale == 0 && b.Scale == 0 ? decimal.Floor(a / b) : Math.Round(a / b, 15);
}
