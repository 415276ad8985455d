using Jint;
using Jint.Native;
using Jint.Native.Object;
using Jint.Native.Symbol;
using Jint.Runtime;
using Jint.Runtime.Descriptors;
using Jint.Runtime.Interop;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Scripting.JavaScript;

namespace ServiceLoop.Scripting.Sandbox;

/// <summary>Wraps built-in functions of which a single call could take more memory or time than the interpreter's own limits notice.</summary>
/// <remarks>The interpreter asks its limits between statements, and only every so often inside built-in loops. Found by trial on Jint 4.18.0.</remarks>
internal sealed class Guards
{
    private static readonly string[] EndlessOnIterators =
    [
        "drop",
        "every",
        "filter",
        "find",
        "flatMap",
        "forEach",
        "map",
        "reduce",
        "some",
        "take",
        "toArray",
    ];

    private static readonly string[] EndlessOnSets =
    [
        "difference",
        "intersection",
        "isDisjointFrom",
        "isSubsetOf",
        "isSupersetOf",
        "symmetricDifference",
        "union",
    ];

    private static readonly string[] Resizing = ["resize", "transfer", "transferToFixedLength", "transferToImmutable"];

    private readonly Jint.Engine engine;
    private readonly ScriptLimits limits;

    private Guards(Jint.Engine engine, ScriptLimits limits) => (this.engine, this.limits) = (engine, limits);

    private delegate JsValue Guard(JsValue original, JsValue self, JsValue[] arguments);

    /// <summary>Guards what a script can reach. What it cannot reach stays unmade: the interpreter builds its functions when they are first used.</summary>
    public static void Install(Jint.Engine engine, ScriptLimits limits, Reach reach)
    {
        var guards = new Guards(engine, limits);

        // Every script can turn nested arrays into text without a statement in between, even by '' + a.
        var array = engine.Intrinsics.Array.Get("prototype").AsObject();
        guards.Wrap(array, "join", guards.Checked);
        guards.Wrap(array, "toString", guards.Checked);

        if (reach.HasFlag(Reach.Texts))
            guards.GuardTexts();

        if (reach.HasFlag(Reach.Patterns))
            guards.GuardPatterns();

        if (reach.HasFlag(Reach.Json))
            guards.Wrap(engine.Global.Get("JSON").AsObject(), "stringify", guards.Stringified);

        if (reach.HasFlag(Reach.Collections))
            guards.GuardCollections();

        if (reach.HasFlag(Reach.Promises))
            guards.GuardPromises();

        if (reach.HasFlag(Reach.Bytes))
            guards.GuardBytes();

        if (reach == Reach.Anything)
            guards.GuardRest();
    }

    private void GuardTexts()
    {
        var text = Prototype("String");
        Wrap(text, "repeat", (original, self, a) => Sized(original, self, a, LengthOf(self) * CountOf(a, 0)));
        Wrap(text, "padStart", (original, self, a) => Sized(original, self, a, CountOf(a, 0)));
        Wrap(text, "padEnd", (original, self, a) => Sized(original, self, a, CountOf(a, 0)));
        Wrap(text, "concat", (original, self, a) => Sized(original, self, a, LengthOf(self) + a.Sum(LengthOf)));
    }

    private void GuardPatterns()
    {
        var text = Prototype("String");
        Wrap(text, "match", (original, self, a) => original.Call(self, Stepwise(a)));
        Wrap(text, "replace", (original, self, a) => Replaced(original, self, self, a));
        Wrap(text, "replaceAll", (original, self, a) => Replaced(original, self, self, a));
    }

    private void GuardRest()
    {
        foreach (var name in Reaches.Hidden)
            engine.Global.RemoveOwnProperty(name);

        Prototype("Date").RemoveOwnProperty("toTemporalInstant");
        var pattern = engine.Intrinsics.RegExp.Get("prototype").AsObject();
        Wrap(
            pattern,
            GlobalSymbolRegistry.Replace,
            (original, self, a) => Replaced(original, a.Length > 0 ? a[0] : JsValue.Undefined, self, a)
        );
    }

    private void GuardCollections()
    {
        var array = Prototype("Array");
        Wrap(array, "toLocaleString", Checked);
        Wrap(array, "flat", Flattened);
        Wrap(array, "concat", (original, self, a) => Counted(original, self, a, a.Append(self).Sum(CountOf)));

        var iterator = array.Get("values").Call(new JsArray(engine, []), []).AsObject().Prototype!.Prototype!;

        foreach (var name in EndlessOnIterators)
            iterator.RemoveOwnProperty(name);

        var set = engine.Intrinsics.Set.Get("prototype").AsObject();

        foreach (var name in EndlessOnSets)
            set.RemoveOwnProperty(name);
    }

    private void GuardPromises()
    {
        var promise = engine.Global.Get("Promise").AsObject();
        promise.RemoveOwnProperty("any");

        foreach (var name in (string[])["all", "allSettled", "race"])
            Wrap(promise, name, (original, self, a) => original.Call(self, [Finite(a)]));
    }

    private void GuardBytes()
    {
        var buffers = engine.Intrinsics.ArrayBuffer;
        var bytes = engine.Intrinsics.Uint8Array;
        var typed = bytes.Prototype!;
        typed.RemoveOwnProperty("from");
        typed.RemoveOwnProperty("of");

        foreach (var name in Resizing)
            buffers.Get("prototype").AsObject().RemoveOwnProperty(name);

        foreach (var (name, constructor) in ((string, ObjectInstance)[])[("ArrayBuffer", buffers), ("Uint8Array", bytes)])
        {
            var guarded = engine.Advanced.CreateProxy(constructor, new Bounded(this));
            Define(engine.Global, name, guarded);
            Define(constructor.Get("prototype").AsObject(), "constructor", guarded);
        }
    }

    private JsValue Checked(JsValue original, JsValue self, JsValue[] arguments)
    {
        engine.Constraints.Check();
        return original.Call(self, arguments);
    }

    // A pattern with its own "exec" is matched step by step, with the limits asked at each, instead of all at once inside the interpreter.
    private JsValue[] Stepwise(JsValue[] arguments)
    {
        if (arguments.Length > 0 && arguments[0].IsRegExp() && arguments[0] is ObjectInstance pattern && !pattern.HasOwnProperty("exec"))
            Wrap(pattern, "exec", Checked);

        return arguments;
    }

    private JsValue Sized(JsValue original, JsValue self, JsValue[] arguments, double length)
    {
        if (length > limits.MaxTextLength)
            throw TooLong();

        return original.Call(self, arguments);
    }

    private JsValue Counted(JsValue original, JsValue self, JsValue[] arguments, double count)
    {
        if (count > limits.MaxArrayLength)
            throw new ExpressionException($"The script made an array of more than {limits.MaxArrayLength} elements.");

        return original.Call(self, arguments);
    }

    private JsValue Replaced(JsValue original, JsValue text, JsValue self, JsValue[] arguments)
    {
        if (arguments.Length < 2 || text.IsUndefined() || text.IsNull())
            return Checked(original, self, arguments);

        // These flags select the interpreter's own matcher, whose time limit holds for each match only.
        if (arguments[0].IsRegExp() && TypeConverter.ToString(arguments[0].Get("flags")).AsSpan().IndexOfAny("uvy") >= 0)
            Stepwise(arguments);

        var replacement = arguments[1];
        var length = LengthOf(text);
        double made = length;

        if (!replacement.IsCallable())
        {
            var with = TypeConverter.ToString(replacement);
            double references = with.Count(c => c == '$');

            // At worst every position matches, and every reference stands for the whole text.
            if ((length + 1) * (with.Length + (references * length)) <= limits.MaxTextLength)
                return Checked(original, self, arguments);

            if (references > 0)
                throw TooLong();

            replacement = new JsString(with);
        }

        var counting = new ClrFunction(
            engine,
            "replacement",
            (_, match) =>
            {
                engine.Constraints.Check();
                var part = replacement.IsCallable()
                    ? new JsString(TypeConverter.ToString(replacement.Call(JsValue.Undefined, match)))
                    : replacement;
                made += LengthOf(part);
                return made > limits.MaxTextLength ? throw TooLong() : part;
            }
        );
        return original.Call(self, [arguments[0], counting]);
    }

    private JsValue Stringified(JsValue original, JsValue self, JsValue[] arguments)
    {
        var replacer = arguments.Length > 1 ? arguments[1] : JsValue.Undefined;
        var names = replacer is JsArray list ? list.Select(TypeConverter.ToString).ToHashSet(StringComparer.Ordinal) : null;
        double made = 0;

        var counting = new ClrFunction(
            engine,
            "replacer",
            (holder, pair) =>
            {
                var (key, value) = (pair[0], pair[1]);
                engine.Constraints.Check();

                if (replacer.IsCallable())
                    value = replacer.Call(holder, pair);
                else if (names is not null && holder is not JsArray && key.ToString().Length > 0 && !names.Contains(key.ToString()))
                    return JsValue.Undefined;

                made += 2 + LengthOf(key) + (value.IsString() ? LengthOf(value) : 4);
                return made > limits.MaxTextLength ? throw TooLong() : value;
            }
        );
        return original.Call(
            self,
            [arguments.Length > 0 ? arguments[0] : JsValue.Undefined, counting, arguments.Length > 2 ? arguments[2] : JsValue.Undefined]
        );
    }

    // One level at a time, so that the limits are asked in between: nested arrays may share their parts.
    private JsValue Flattened(JsValue original, JsValue self, JsValue[] arguments)
    {
        var depth = arguments.Length > 0 && !arguments[0].IsUndefined() ? TypeConverter.ToIntegerOrInfinity(arguments[0]) : 1;
        var result = original.Call(self, [JsNumber.Create(Math.Min(depth, 1))]);

        for (var level = 1; level < depth && result is JsArray flat && flat.Any(item => item is JsArray); level++)
        {
            engine.Constraints.Check();
            result = original.Call(result, [JsNumber.Create(1)]);
        }

        return result;
    }

    // Iterables may be endless without a single statement of the script; an array is not.
    private ObjectInstance Finite(JsValue[] arguments)
    {
        if (arguments.Length == 0 || arguments[0] is not JsArray items)
            throw new JavaScriptException(engine.Intrinsics.TypeError, "Pass an array of promises.");

        var values = items.ToArray();
        var index = 0;
        var iterator = new JsObject(engine);
        var iterable = new JsObject(engine);
        Define(iterable, GlobalSymbolRegistry.Iterator, new ClrFunction(engine, "iterator", (_, _) => iterator));
        Define(iterator, "next", new ClrFunction(engine, "next", (_, _) => Next()));
        return iterable;

        JsObject Next()
        {
            var step = new JsObject(engine);
            Define(step, "done", index < values.Length ? JsBoolean.False : JsBoolean.True);
            Define(step, "value", index < values.Length ? values[index++] : JsValue.Undefined);
            return step;
        }
    }

    private ExpressionException TooLong() => new($"The script made a text of more than {limits.MaxTextLength} characters.");

    private static double LengthOf(JsValue value) => value is JsString text ? text.Length : TypeConverter.ToString(value).Length;

    private static double CountOf(JsValue value) => value is JsArray array ? array.Length : 1;

    private static double CountOf(JsValue[] arguments, int index) =>
        arguments.Length > index ? Math.Max(0, TypeConverter.ToNumber(arguments[index])) : 0;

    private ObjectInstance Prototype(string constructor) => engine.Global.Get(constructor).Get("prototype").AsObject();

    private void Wrap(ObjectInstance owner, JsValue name, Guard guard)
    {
        var original = owner.Get(name);
        Define(
            owner,
            name,
            new ClrFunction(engine, name.IsString() ? name.ToString() : "", (self, arguments) => guard(original, self, arguments))
        );
    }

    private static void Define(ObjectInstance owner, JsValue name, JsValue value) =>
        owner.FastSetProperty(name, new PropertyDescriptor(value, PropertyFlag.NonEnumerable));

    /// <summary>Lets <c>new Uint8Array</c> and <c>new ArrayBuffer</c> make no more than an array may hold.</summary>
    private sealed class Bounded(Guards guards) : ProxyHandler
    {
        public override ObjectInstance? Construct(ObjectInstance target, JsValue[] arguments, JsValue newTarget)
        {
            var first = arguments.Length > 0 ? arguments[0] : JsValue.Undefined;

            if (first is not ObjectInstance)
            {
                if (TypeConverter.ToNumber(first) > guards.limits.MaxArrayLength)
                    throw new ExpressionException($"The script made a byte array of more than {guards.limits.MaxArrayLength} bytes.");

                return guards.engine.Construct(target, [first]);
            }

            if (first.IsArrayBuffer() || first.IsUint8Array())
                return guards.engine.Construct(target, arguments);

            if (first is not JsArray items)
                throw new JavaScriptException(guards.engine.Intrinsics.TypeError, "Pass a length, an array or other bytes.");

            if (items.Length > guards.limits.MaxArrayLength)
                throw new ExpressionException($"The script made a byte array of more than {guards.limits.MaxArrayLength} bytes.");

            var values = items.ToArray();
            var bytes = new byte[values.Length];

            for (var i = 0; i < bytes.Length; i++)
                bytes[i] = unchecked((byte)TypeConverter.ToInt32(values[i]));

            return guards.engine.Intrinsics.Uint8Array.Construct(new ReadOnlySpan<byte>(bytes));
        }
    }
}
