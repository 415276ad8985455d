using System.Globalization;
using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;

namespace ServiceLoop.ServiceDesk.Messages.Templates;

/// <summary>Turns templates into texts. Templates are written by people of the house, values come from customers: values are never code, and are escaped.</summary>
/// <remarks>No file, no network, no type of the program can be reached from a template; loops, depth, length and patterns are limited.</remarks>
public static class TemplateText
{
    private const int MostRounds = 1_000;
    private const int DeepestCalls = 20;
    private const int LongestResult = 500_000;
    private static readonly TimeSpan PatternTime = TimeSpan.FromMilliseconds(100);

    // They read code out of a value.
    private static readonly string[] Forbidden = ["eval", "eval_template"];

    /// <summary>Looks for mistakes in the text of a template.</summary>
    /// <param name="text">The template.</param>
    /// <param name="field">Where it stands, for the refusal.</param>
    /// <exception cref="DeskRefusedException">It is no template; the message names line and column.</exception>
    public static void Check(string? text, string field)
    {
        if (text is not null)
            Parse(text, field);
    }

    /// <summary>Renders a template with values.</summary>
    /// <param name="template">The template.</param>
    /// <param name="values">Names and plain values: text, numbers, truth, moments, lists, dictionaries.</param>
    /// <exception cref="DeskRefusedException">A value is missing, or a limit was passed.</exception>
    public static RenderedText Render(MessageTemplate template, IReadOnlyDictionary<string, object?> values) =>
        new(
            template.Subject is null ? null : Render(template.Subject, "subject", MessageFormat.Text, values),
            Render(template.Body, "body", template.Format, values)
        );

    private static string Render(string text, string field, MessageFormat format, IReadOnlyDictionary<string, object?> values)
    {
        try
        {
            return Parse(text, field).Render(new Context(format, values));
        }
        catch (ScriptRuntimeException e)
        {
            throw DeskRefusedException.Invalid(
                "template.failed",
                field,
                $"The template's {field} cannot be filled in, line {e.Span.Start.Line + 1}, column {e.Span.Start.Column + 1}: {e.OriginalMessage}"
            );
        }
    }

    private static Template Parse(string text, string field)
    {
        var template = Template.Parse(text);
        return template.HasErrors
            ? throw DeskRefusedException.Invalid(
                "template.invalid",
                field,
                string.Join(
                    ' ',
                    template
                        .Messages.Where(m => m.Type == ParserMessageType.Error)
                        .Select(m => $"Line {m.Span.Start.Line + 1}, column {m.Span.Start.Column + 1}: {m.Message.TrimEnd('.')}.")
                )
            )
            : template;
    }

    private sealed class Context : TemplateContext
    {
        private readonly MessageFormat format;

        public Context(MessageFormat format, IReadOnlyDictionary<string, object?> values)
            : base(Functions())
        {
            this.format = format;
            StrictVariables = true;
            EnableRelaxedMemberAccess = true;
            LoopLimit = MostRounds;
            LoopLimitQueryable = MostRounds;
            RecursiveLimit = DeepestCalls;
            ObjectRecursionLimit = DeepestCalls;
            LimitToString = LongestResult;
            OutputLimit = LongestResult;
            OnStringLimit = ScriptLimitBehavior.Throw;
            OnOutputLimit = ScriptLimitBehavior.Throw;
            RegexTimeOut = PatternTime;
            MemberFilter = static _ => false;
            PushCulture(CultureInfo.InvariantCulture);
            PushGlobal(TemplateValues.Of(values));
        }

        // Only what an expression yields comes here; the words of the template itself do not.
        public override TemplateContext Write(SourceSpan span, object? textAsObject)
        {
            if (textAsObject is not null)
                Write(Escape(ObjectToString(textAsObject) ?? ""));

            return this;
        }

        private string Escape(string text) =>
            format switch
            {
                MessageFormat.Html => System.Net.WebUtility.HtmlEncode(text),
                MessageFormat.Json => System.Text.Json.JsonEncodedText.Encode(text).ToString(),
                _ => text,
            };

        private static ScriptObject Functions()
        {
            var functions = (ScriptObject)GetDefaultBuiltinObject().Clone(deep: true);

            if (functions["object"] is ScriptObject objects)
                foreach (var name in Forbidden)
                    objects.Remove(name);

            functions.Remove("include");
            return functions;
        }
    }
}
