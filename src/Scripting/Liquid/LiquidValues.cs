using System.Collections;
using System.Globalization;
using System.Text;
using Scriban.Runtime;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Scripting.Liquid;

/// <summary>Copies values into templates and prints them.</summary>
internal static class LiquidValues
{
    /// <summary>The globals of a template; variables and inputs are read when the template names them.</summary>
    public static ScriptObject Globals(IExpressionScope scope) =>
        new(StringComparer.OrdinalIgnoreCase)
        {
            ["Variables"] = new LazyMembers(
                scope,
                static (s, name) => s.TryGetVariable(name, out var value) ? value : null,
                static s => s.VariableNames
            ),
            ["Input"] = new LazyMembers(
                scope,
                static (s, name) => s.TryGetInput(name, out var value) ? value : null,
                static s => s.InputNames
            ),
            ["CorrelationId"] = scope.CorrelationId,
            ["WorkflowInstanceId"] = scope.InstanceId,
            ["WorkflowDefinitionId"] = scope.DefinitionId,
            ["WorkflowDefinitionVersion"] = (decimal)scope.DefinitionVersion,
            ["WorkflowDefinitionVersionId"] = scope.DefinitionVersionId,
        };

    /// <summary>A value as the template sees it. All numbers are decimals, as in Fluid; only what is out of their range stays a double.</summary>
    public static object? ToTemplate(object? value) =>
        value switch
        {
            null or string or bool or decimal or DateTimeOffset or ScriptObject or ScriptArray or LazyMembers => value,
            DateTime moment => new DateTimeOffset(
                moment.Kind == DateTimeKind.Local ? moment.ToUniversalTime() : DateTime.SpecifyKind(moment, DateTimeKind.Utc)
            ),
            double or float => Number(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            int or long or short or byte or sbyte or ushort or uint or ulong => Convert.ToDecimal(value, CultureInfo.InvariantCulture),
            Guid or TimeSpan or byte[] or Enum or char or Uri or Version => ValueConverter.Text(value),
            IDictionary<string, object?> members => Object(members),
            IEnumerable items and not IDictionary => Array(items),
            _ => ToTemplate(PlainValue.Of(value)),
        };

    /// <summary>A number as a decimal with as few digits as it needs.</summary>
    public static object Number(double number) => Math.Abs(number) < 7e27 ? (decimal)number : number;

    /// <summary>The plain value of what a template holds.</summary>
    public static object? ToPlain(object? value) =>
        value switch
        {
            LazyMembers members => members
                .GetMembers()
                .ToDictionary(name => name, name => ToPlain(members.Read(name)), StringComparer.Ordinal),
            ScriptObject members => members.ToDictionary(member => member.Key, member => ToPlain(member.Value), StringComparer.Ordinal),
            IEnumerable items and not string => items.Cast<object?>().Select(ToPlain).ToList(),
            decimal number when decimal.IsInteger(number) && Math.Abs(number) < long.MaxValue => (long)number,
            decimal number => (double)number,
            _ => value,
        };

    /// <summary>The text of a value.</summary>
    public static string Text(object? value) =>
        value switch
        {
            null => "",
            string text => text,
            bool flag => flag ? "true" : "false",
            decimal number => number.ToString(CultureInfo.InvariantCulture),
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            DateTimeOffset moment => moment.ToString("u", CultureInfo.InvariantCulture),
            ScriptObject or LazyMembers => ValueJson.ToText(ToPlain(value)),
            IEnumerable items => Joined(items),
            IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };

    private static string Joined(IEnumerable items)
    {
        var text = new StringBuilder();

        foreach (var item in items)
            text.Append(Text(item));

        return text.ToString();
    }

    private static ScriptObject Object(IDictionary<string, object?> members)
    {
        // Two members may differ in case only; then their names must be exact.
        var exact = members.Keys.Distinct(StringComparer.OrdinalIgnoreCase).Count() < members.Count;
        var copy = new ScriptObject(members.Count, exact ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);

        foreach (var (name, member) in members)
            copy[name] = ToTemplate(member);

        return copy;
    }

    private static LiquidList Array(IEnumerable items)
    {
        var copy = new LiquidList();

        foreach (var item in items)
            copy.Add(ToTemplate(item));

        return copy;
    }
}
