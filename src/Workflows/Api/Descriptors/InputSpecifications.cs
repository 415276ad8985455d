using System.Net;
using System.Text.Json.Nodes;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Compilation;

namespace ServiceLoop.Workflows.Api.Descriptors;

/// <summary>What the designer's editors need to know about an input, under the name of the editor.</summary>
internal static class InputSpecifications
{
    /// <summary>A code editor as high as a script needs. Elsa Studio reads a number only.</summary>
    private const int Large = 1;

    private const int Default = 0;

    /// <summary>The specifications of an input.</summary>
    public static JsonObject Of(InputDescriptor input, string hint) =>
        hint switch
        {
            InputHints.Dropdown => Under(hint, "selectList", Options(input), isChecked: false),
            InputHints.RadioList => Under(hint, "radioList", Options(input), isChecked: false),
            InputHints.CheckList => Under(hint, "checkList", Options(input), isChecked: true),
            InputHints.CodeEditor => new JsonObject { [hint] = Editor(input.Attribute.Language ?? "plaintext", Large) },
            InputHints.JsonEditor => new JsonObject
            {
                [hint] = Editor("json", Default),
                // Elsa Studio looks for the language of a JSON editor here.
                [InputHints.CodeEditor] = Editor("json", Default),
            },
            InputHints.DynamicOutcomes when input.Attribute.FixedOutcomes is { Length: > 0 } names => new JsonObject
            {
                ["DynamicOutcomesOptions"] = new JsonObject
                {
                    ["fixedOutcomes"] = new JsonArray([.. names.Select(n => JsonValue.Create(n))]),
                },
            },
            _ => [],
        };

    /// <summary>The specifications of the path of an HTTP endpoint: what stands before it.</summary>
    public static JsonObject Path(string root) =>
        new()
        {
            [InputHints.SingleLine] = new JsonObject { ["adornmentText"] = $"{root.TrimEnd('/')}/", ["enableCopyAdornment"] = true },
        };

    /// <summary>The language that the designer stores what an editor gives.</summary>
    public static string SyntaxOf(string hint) =>
        hint switch
        {
            InputHints.CheckList
            or InputHints.MultiText
            or InputHints.Dictionary
            or InputHints.DynamicOutcomes
            or InputHints.FlowSwitchEditor
            or InputHints.SwitchEditor
            or InputHints.HttpStatusCodes => "Object",
            InputHints.ExpressionEditor => "JavaScript",
            _ => "Literal",
        };

    private static JsonObject Under(string hint, string list, IEnumerable<(string Text, string Value)> options, bool isChecked)
    {
        var items = new JsonArray();

        foreach (var (text, value) in options)
        {
            var item = new JsonObject { ["text"] = text, ["value"] = value };

            if (isChecked)
                item["isChecked"] = false;

            items.Add((JsonNode)item);
        }

        return new JsonObject
        {
            [hint] = new JsonObject
            {
                [list] = new JsonObject { ["items"] = items, ["isFlagsEnum"] = false },
            },
        };
    }

    private static IEnumerable<(string Text, string Value)> Options(InputDescriptor input)
    {
        if (input.Attribute.Options is { } options)
            return options.Select(o => (o.Length == 0 ? "(Automatic)" : o, o));

        var type = input.Attribute.OptionsType ?? Nullable.GetUnderlyingType(input.Type) ?? input.Type;

        if (!type.IsEnum)
            return [];

        return Enum.GetNames(type)
            .DistinctBy(n => Convert.ToInt64(Enum.Parse(type, n), System.Globalization.CultureInfo.InvariantCulture))
            .Select(n => (type == typeof(HttpStatusCode) ? $"{(int)Enum.Parse<HttpStatusCode>(n)} {Words.Of(n)}" : Words.Of(n), n));
    }

    private static JsonObject Editor(string language, int height) =>
        new()
        {
            ["editorHeight"] = height,
            ["language"] = language,
            ["singleLineMode"] = false,
        };
}
