using System.Text.Json.Nodes;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests;

/// <summary>A flow whose steps write the same input in different languages.</summary>
internal static class LanguageSteps
{
    /// <summary>Id of the flow. It has a variable <c>Word</c> with the value <c>word</c>, and an input <c>Who</c>.</summary>
    public const string Flow = "inputs-in-languages";

    /// <summary>What the steps write when the input is <c>me</c>.</summary>
    public static readonly IReadOnlyList<(string Step, string Text)> Texts =
    [
        ("Script", "word by script"),
        ("Template", "word by template"),
        ("Variable", "word"),
        ("Input", "me"),
        ("Literal", "plain"),
    ];

    /// <summary>What is set after the language was chosen.</summary>
    public static readonly IReadOnlyList<HandStep> All =
    [
        Written("code-editor", "Script", "JavaScript", "getWord() + \" by script\"", "by script\""),
        Written("code-editor", "Template", "Liquid", "{{ Variables.Word }} by template", "by template"),
        Chosen("variable-picker", "Variable", "Word", "Word"),
        Chosen("input-picker", "Input", "Who - Who", "Who"),
        HandStep.Of("singleline", "Literal", "Text", "text", "Literal", "plain", "plain", p => p.TypeAsync("Text", "plain")),
    ];

    /// <summary>The languages that the menu is taken through, the last one is that of the step.</summary>
    public static IReadOnlyList<string> Through(HandStep step) =>
        step.Step switch
        {
            "Script" => ["JavaScript"],
            "Template" => ["Liquid"],
            "Literal" => ["JavaScript", "Liquid", "Variable", "Input", "Default"],
            _ => [step.Step],
        };

    private static HandStep Written(string hint, string step, string language, string code, string shown) =>
        HandStep.Of(hint, step, "Text", "text", language, code, shown, p => p.WriteAsync("Text", code));

    // The designer stores what was chosen as text that holds JSON.
    private static HandStep Chosen(string hint, string step, string item, string name) =>
        new(
            hint,
            step,
            "Text",
            "text",
            new JsonObject { ["expression"] = new JsonObject { ["type"] = step } }.ToJsonString(),
            item,
            p => p.ChooseAsync("Text", item)
        )
        {
            Mentions = $"\"name\":\"{name}\"",
        };
}
