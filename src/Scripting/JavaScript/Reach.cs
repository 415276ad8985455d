using System.Collections.Frozen;

namespace ServiceLoop.Scripting.JavaScript;

/// <summary>Which built-in functions a script can reach that could run away inside one native call. Each kind has its guards.</summary>
[Flags]
internal enum Reach
{
    None = 0,

    /// <summary>Functions that make long texts.</summary>
    Texts = 1,

    /// <summary>Regular expressions, which may also take long.</summary>
    Patterns = 2,

    /// <summary><c>JSON.stringify</c>.</summary>
    Json = 4,

    /// <summary>Lists and sets, and iterators over them.</summary>
    Collections = 8,

    /// <summary>Promises.</summary>
    Promises = 16,

    /// <summary>Byte arrays.</summary>
    Bytes = 32,

    /// <summary>Whatever has no kind of its own.</summary>
    Rest = 64,

    /// <summary>Any of them, without naming it.</summary>
    Anything = Rest | Texts | Patterns | Json | Collections | Promises | Bytes,
}

/// <summary>What a word in a script reaches. A script without any of these words, and without computed members, reaches nothing.</summary>
internal static class Reaches
{
    private static readonly FrozenDictionary<string, Reach> Words = new Dictionary<Reach, string[]>
    {
        [Reach.Texts] = ["repeat", "padStart", "padEnd", "raw", "normalize"],
        [Reach.Texts | Reach.Collections] = ["concat"],
        [Reach.Texts | Reach.Patterns] = ["replace", "replaceAll", "match", "matchAll", "search", "split", "test", "exec", "RegExp"],
        [Reach.Json] = ["stringify", "JSON"],
        [Reach.Collections] =
        [
            "flat",
            "flatMap",
            "fill",
            "toLocaleString",
            "values",
            "keys",
            "entries",
            "from",
            "groupBy",
            "Set",
            "Map",
            "WeakSet",
            "WeakMap",
        ],
        [Reach.Promises] = ["Promise"],
        [Reach.Bytes] = ["Uint8Array", "ArrayBuffer"],
        [Reach.Anything] =
        [
            "call",
            "apply",
            "bind",
            "toTemporalInstant",
            "constructor",
            "prototype",
            "__proto__",
            "getPrototypeOf",
            "setPrototypeOf",
            "getOwnPropertyDescriptor",
            "getOwnPropertyDescriptors",
            "__lookupGetter__",
            "__lookupSetter__",
            "__defineGetter__",
            "__defineSetter__",
            "Symbol",
            "Reflect",
            "Proxy",
            "Intl",
            "Function",
            "eval",
            "globalThis",
            .. Hidden,
        ],
    }
        .SelectMany(group => group.Value.Select(word => (Word: word, Reach: group.Key)))
        .ToFrozenDictionary(entry => entry.Word, entry => entry.Reach, StringComparer.Ordinal);

    /// <summary>Globals that hold no more than harm, numbers that grow without end, or what depends on the machine: they do not exist here.</summary>
    public static IEnumerable<string> Hidden =>
        [
            "Int8Array",
            "Uint8ClampedArray",
            "Int16Array",
            "Uint16Array",
            "Int32Array",
            "Uint32Array",
            "BigInt64Array",
            "BigUint64Array",
            "Float16Array",
            "Float32Array",
            "Float64Array",
            "TypedArray",
            "DataView",
            "SharedArrayBuffer",
            "Atomics",
            "BigInt",
            "Temporal",
            "WeakRef",
            "FinalizationRegistry",
            "ShadowRealm",
            "AggregateError",
            "Iterator",
            "AsyncIterator",
            "AsyncDisposableStack",
            "DisposableStack",
        ];

    /// <summary>What a script that has this word as a name or as a text can reach.</summary>
    public static Reach Of(string word) => Words.GetValueOrDefault(word);
}
