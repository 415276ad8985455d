using System.Globalization;
using System.Text;
using Jint;
using Jint.Native;
using ServiceLoop.Scripting.Sandbox;
using static ServiceLoop.Scripting.JavaScript.WorkflowFunctions;

namespace ServiceLoop.Scripting.JavaScript;

/// <summary>Global functions on texts, bytes and identifiers. Streams do not exist here: what was a stream in Elsa is bytes.</summary>
internal static class TextFunctions
{
    /// <summary>Name and body of each.</summary>
    public static IEnumerable<KeyValuePair<string, Func<ScriptRun, JsValue[], JsValue>>> All { get; } =
        new Dictionary<string, Func<ScriptRun, JsValue[], JsValue>>(StringComparer.Ordinal)
        {
            ["isNullOrEmpty"] = static (_, a) => IsNullish(a, 0) || Text(a, 0).Length == 0,
            ["isNullOrWhiteSpace"] = static (_, a) => IsNullish(a, 0) || string.IsNullOrWhiteSpace(Text(a, 0)),
            ["newGuid"] = NewGuid,
            ["newGuidString"] = NewGuid,
            ["getGuidString"] = NewGuid,
            ["newShortGuid"] = NewShortGuid,
            ["getShortGuid"] = NewShortGuid,
            ["parseGuid"] = static (run, a) => ParseGuid(run, a),
            ["bytesToString"] = static (run, a) => Encoding.UTF8.GetString(Bytes(run, a)),
            ["bytesFromString"] = static (run, a) => run.Values.ToScript(Encoding.UTF8.GetBytes(Text(a, 0))),
            ["bytesToBase64"] = static (run, a) => Convert.ToBase64String(Bytes(run, a)),
            ["bytesFromBase64"] = static (run, a) => run.Values.ToScript(FromBase64(run, a)),
            ["stringToBase64"] = static (_, a) => Convert.ToBase64String(Encoding.UTF8.GetBytes(Text(a, 0))),
            ["stringFromBase64"] = static (run, a) => Encoding.UTF8.GetString(FromBase64(run, a)),
            ["streamToBytes"] = static (run, a) => run.Values.ToScript(Bytes(run, a)),
            ["streamToBase64"] = static (run, a) => Convert.ToBase64String(Bytes(run, a)),
            ["readStreamAsText"] = static (run, a) => Encoding.UTF8.GetString(Bytes(run, a)),
        };

    private static JsValue NewGuid(ScriptRun run, JsValue[] arguments) => run.Scope.NextGuid().ToString();

    // As Elsa: Base64 without the characters that need escaping.
    private static JsValue NewShortGuid(ScriptRun run, JsValue[] arguments) =>
        string.Concat(Convert.ToBase64String(run.Scope.NextGuid().ToByteArray()).Where(char.IsAsciiLetterOrDigit));

    private static JsValue ParseGuid(ScriptRun run, JsValue[] arguments) =>
        Guid.TryParse(Text(arguments, 0), CultureInfo.InvariantCulture, out var guid)
            ? guid.ToString()
            : throw run.Error($"'{Text(arguments, 0)}' is not a GUID.");

    private static byte[] FromBase64(ScriptRun run, JsValue[] arguments)
    {
        var text = Text(arguments, 0);
        var buffer = new byte[text.Length];
        return Convert.TryFromBase64String(text, buffer, out var length) ? buffer[..length] : throw run.Error("The text is not Base64.");
    }

    private static byte[] Bytes(ScriptRun run, JsValue[] arguments)
    {
        var value = At(arguments, 0);

        if (value.IsUint8Array())
            return value.AsUint8Array()!;

        if (value.IsArrayBuffer())
            return value.AsArrayBuffer()!;

        if (value is JsArray items)
            return [.. items.Select(item => unchecked((byte)Jint.Runtime.TypeConverter.ToInt32(item)))];

        throw run.Error("Expected bytes, as bytesFromString gives them.");
    }
}
