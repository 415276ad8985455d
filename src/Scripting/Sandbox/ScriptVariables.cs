using System.Collections;
using Jint;
using Jint.Native;
using Jint.Native.Object;
using Jint.Runtime.Descriptors;

namespace ServiceLoop.Scripting.Sandbox;

/// <summary>Variables during one evaluation. Structures are copied in at the first read and copied back at the end if the script changed them.</summary>
/// <remarks>
/// As in Elsa, <c>variables.o.n = 1</c> and <c>getO().n = 1</c> change the variable, <c>variables.x = null</c> does not, and a member of
/// <c>variables</c> that is also the name of an input is seen by this script only.
/// </remarks>
internal sealed class ScriptVariables(ScriptRun run)
{
    private Dictionary<string, Copy>? copies;
    private Dictionary<string, JsValue>? overlays;

    /// <summary>The object <c>variables</c>.</summary>
    public JsValue Members => run.Engine.Advanced.CreateProxy(new JsObject(run.Engine), new MemberHandler(this, run));

    /// <summary>Reads a variable; the same structure is the same object each time.</summary>
    public bool TryGet(string name, out JsValue value)
    {
        if (copies is not null && copies.TryGetValue(name, out var copy))
        {
            value = copy.Value;
            return true;
        }

        if (!run.Scope.TryGetVariable(name, out var plain))
        {
            value = JsValue.Undefined;
            return false;
        }

        value = run.Values.ToScript(plain);

        if (value is ObjectInstance)
            Copies[name] = new(value, plain);

        return true;
    }

    /// <summary>Sets a variable at once.</summary>
    public void Set(string name, JsValue value)
    {
        copies?.Remove(name);
        overlays?.Remove(name);
        run.Scope.SetVariable(name, run.Values.ToPlain(value));
    }

    /// <summary>Writes back the structures that the script changed in place.</summary>
    public void WriteBack()
    {
        if (copies is null)
            return;

        foreach (var (name, copy) in copies)
        {
            var after = run.Values.ToPlain(copy.Value, copy.Before);

            if (!Same(after, copy.Before))
                run.Scope.SetVariable(name, after);
        }
    }

    private Dictionary<string, Copy> Copies => copies ??= new(StringComparer.OrdinalIgnoreCase);

    private Dictionary<string, JsValue> Overlays => overlays ??= new(StringComparer.OrdinalIgnoreCase);

    private static bool Same(object? left, object? right)
    {
        switch (left, right)
        {
            case (IDictionary<string, object?> a, IDictionary<string, object?> b):
                return a.Count == b.Count && a.All(member => b.TryGetValue(member.Key, out var other) && Same(member.Value, other));
            case (byte[] a, byte[] b):
                return a.AsSpan().SequenceEqual(b);
            case (IList a, IList b):
                return a.Count == b.Count && Enumerable.Range(0, a.Count).All(i => Same(a[i], b[i]));
            default:
                return Equals(left, right) || (Scalar.TryOf(left, out var x) && Scalar.TryOf(right, out var y) && SameScalar(x, y));
        }
    }

    private static bool SameScalar(Scalar a, Scalar b) => a.Is == b.Is && (a.IsText ? a.AsText == b.AsText : a.Number.Equals(b.Number));

    private readonly record struct Copy(JsValue Value, object? Before);

    private sealed class MemberHandler(ScriptVariables owner, ScriptRun run) : Jint.Runtime.Interop.ProxyHandler
    {
        public override JsValue? Get(ObjectInstance target, JsValue property, JsValue receiver) =>
            property.IsString() && TryRead(property.ToString(), out var value) ? value : null;

        public override bool? Has(ObjectInstance target, JsValue property) =>
            property.IsString() && TryRead(property.ToString(), out _) ? true : null;

        public override bool? Set(ObjectInstance target, JsValue property, JsValue value, JsValue receiver)
        {
            if (!property.IsString())
                return null;

            Write(property.ToString(), value);
            return true;
        }

        public override bool? DefineProperty(ObjectInstance target, JsValue property, PropertyDescriptor descriptor)
        {
            if (!property.IsString() || descriptor.IsAccessorDescriptor())
                return false;

            Write(property.ToString(), descriptor.Value ?? JsValue.Undefined);
            return true;
        }

        // As in Elsa, removing a member leaves the variable.
        public override bool? DeleteProperty(ObjectInstance target, JsValue property) => true;

        public override bool? PreventExtensions(ObjectInstance target) => false;

        public override IReadOnlyList<JsValue>? OwnKeys(ObjectInstance target) =>
            [
                .. run
                    .Scope.VariableNames.Concat(owner.overlays?.Keys ?? Enumerable.Empty<string>())
                    .Distinct()
                    .Select(name => new JsString(name)),
            ];

        public override PropertyDescriptor? GetOwnPropertyDescriptor(ObjectInstance target, JsValue property) =>
            property.IsString() && TryRead(property.ToString(), out var value)
                ? new PropertyDescriptor(value, PropertyFlag.ConfigurableEnumerableWritable)
                : PropertyDescriptor.Undefined;

        private bool TryRead(string name, out JsValue value)
        {
            if (owner.overlays is not null && owner.overlays.TryGetValue(name, out value!))
                return true;

            return owner.TryGet(name, out value);
        }

        private void Write(string name, JsValue value)
        {
            if (value.IsNull() || value.IsUndefined() || run.Scope.InputNames.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                owner.Overlays[name] = value;
                return;
            }

            owner.Set(name, value);

            // The script may go on changing what it assigned: variables.list = []; variables.list.push(1).
            if (value is ObjectInstance)
                owner.Copies[name] = new(value, run.Values.ToPlain(value));
        }
    }
}
