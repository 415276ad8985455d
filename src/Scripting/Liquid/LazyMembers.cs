using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;
using ServiceLoop.Engine.Expressions;

namespace ServiceLoop.Scripting.Liquid;

/// <summary><c>Variables</c> and <c>Input</c>: members that are read from the scope, and only then copied.</summary>
internal sealed class LazyMembers(
    IExpressionScope scope,
    Func<IExpressionScope, string, object?> read,
    Func<IExpressionScope, IEnumerable<string>> names
) : IScriptObject
{
    private readonly Dictionary<string, object?> copies = new(StringComparer.OrdinalIgnoreCase);

    public int Count => names(scope).Count();

    public bool IsReadOnly
    {
        get => true;
        set { }
    }

    /// <summary>The member as the template sees it, null when there is none.</summary>
    public object? Read(string name) =>
        copies.TryGetValue(name, out var copy) ? copy : copies[name] = LiquidValues.ToTemplate(read(scope, name));

    public IEnumerable<string> GetMembers() => names(scope);

    public bool Contains(string member) => Read(member) is not null;

    public bool TryGetValue(TemplateContext? context, SourceSpan span, string member, out object? value)
    {
        value = Read(member);
        return value is not null;
    }

    public bool CanWrite(string member) => false;

    public bool TrySetValue(TemplateContext? context, SourceSpan span, string member, object? value, bool readOnly) => false;

    public bool Remove(string member) => false;

    public void SetReadOnly(string member, bool readOnly) { }

    public IScriptObject Clone(bool deep) => this;
}
