using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using NJsonSchema;
using NJsonSchema.Validation;
using NJsonSchema.Validation.FormatValidators;

namespace ServiceLoop.ServiceDesk.Tasks;

/// <summary>A form that is ready to check answers.</summary>
/// <remarks>Safe for all threads.</remarks>
public sealed class FormSchema
{
    /// <summary>Longest answer.</summary>
    public const int MaxAnswerBytes = 256 * 1024;

    private const int MaxDepth = 40;
    private const int MaxErrors = 50;

    private readonly JsonSchema schema;
    private readonly JsonSchemaValidatorSettings settings = new();

    private FormSchema(JsonSchema schema, ImmutableArray<Regex> patterns)
    {
        this.schema = schema;

        for (var i = 0; i < patterns.Length; i++)
            settings.AddCustomFormatValidator(new PatternCheck(i, patterns[i]));
    }

    /// <summary>Prepares a schema.</summary>
    /// <param name="text">JSON text.</param>
    /// <param name="errors">What is wrong with it; empty when it can be used.</param>
    /// <returns>Null when it cannot be used.</returns>
    internal static FormSchema? Create(string text, out ImmutableArray<FieldError> errors)
    {
        errors = FormRules.Walk(text, out var prepared, out var patterns);

        if (!errors.IsEmpty || prepared is null)
            return null;

        try
        {
            // Nothing is fetched: the rules let only references within the schema pass. So the task has ended when it is returned.
            var reading = JsonSchema.FromJsonAsync(prepared.ToJsonString());

            if (reading.IsCompletedSuccessfully)
                return new(reading.Result, patterns);

            errors = [new("", "form.unresolved", "The schema refers to something that it does not hold.")];
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            errors = [new("", "form.unusable", $"The schema cannot be used: {e.Message}")];
        }

        return null;
    }

    /// <summary>What is wrong with an answer; empty when it is right.</summary>
    /// <param name="answer">JSON text of an object.</param>
    public ImmutableArray<FieldError> Check(string answer)
    {
        if (CheckShape(answer) is { } error)
            return [error];

        var found = new List<FieldError>();

        foreach (var failed in schema.Validate(answer, settings))
            Add(found, failed);

        return [.. found.DistinctBy(e => (e.Field, e.Code)).Take(MaxErrors)];
    }

    /// <summary>What is wrong with an answer whatever the form: its size, its depth, or that it is no JSON object; null when that is right.</summary>
    public static FieldError? CheckShape(string answer)
    {
        if (Encoding.UTF8.GetByteCount(answer) > MaxAnswerBytes)
            return new("", "answer.too-long", Text($"The answer has more than {MaxAnswerBytes} bytes. Attach files instead."));

        try
        {
            using var document = JsonDocument.Parse(answer, new JsonDocumentOptions { MaxDepth = MaxDepth });

            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return new("", "answer.not-an-object", "An answer is a JSON object with a value for each field.");

            return answer.Contains("\\u0000", StringComparison.OrdinalIgnoreCase) && HoldsNul(document.RootElement)
                ? new("", "answer.nul", "The answer holds the character NUL, which cannot be stored.")
                : null;
        }
        catch (JsonException e)
        {
            return new("", "answer.malformed", $"The answer is not JSON: {e.Message}");
        }
    }

    private static bool HoldsNul(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!.Contains('\0'),
            JsonValueKind.Array => value.EnumerateArray().Any(HoldsNul),
            JsonValueKind.Object => value.EnumerateObject().Any(p => p.Name.Contains('\0') || HoldsNul(p.Value)),
            _ => false,
        };

    private static void Add(List<FieldError> found, ValidationError failed)
    {
        // Errors of parts are told where they are; of alternatives only that none of them fits.
        if (
            failed is ChildSchemaValidationError parent
            && failed.Kind is not (ValidationErrorKind.NotAnyOf or ValidationErrorKind.NotOneOf)
        )
        {
            foreach (var child in parent.Errors.Values.SelectMany(e => e))
                Add(found, child);

            return;
        }

        if (failed is MultiTypeValidationError types)
        {
            found.Add(new(FieldOf(failed.Path), "answer.type", $"None of its types fits: {string.Join(", ", types.Errors.Keys)}."));
            return;
        }

        var (code, message) = Describe(failed);
        found.Add(new(FieldOf(failed.Path), code, message));
    }

    private static (string Code, string Message) Describe(ValidationError failed)
    {
        var rule = failed.Schema;
        return failed.Kind switch
        {
            ValidationErrorKind.PropertyRequired => ("answer.required", "It must be filled in."),
            ValidationErrorKind.StringTooShort => ("answer.too-short", Text($"At least {rule.MinLength} characters.")),
            ValidationErrorKind.StringTooLong => ("answer.too-long", Text($"At most {rule.MaxLength} characters.")),
            ValidationErrorKind.NumberTooSmall => ("answer.too-small", Text($"At least {rule.Minimum ?? rule.ExclusiveMinimum}.")),
            ValidationErrorKind.NumberTooBig => ("answer.too-big", Text($"At most {rule.Maximum ?? rule.ExclusiveMaximum}.")),
            ValidationErrorKind.TooFewItems => ("answer.too-few", Text($"At least {rule.MinItems} entries.")),
            ValidationErrorKind.TooManyItems => ("answer.too-many", Text($"At most {rule.MaxItems} entries.")),
            ValidationErrorKind.ItemsNotUnique => ("answer.twice", "Each entry only once."),
            ValidationErrorKind.NotInEnumeration => ("answer.choice", $"One of: {string.Join(", ", rule.Enumeration.Take(20))}."),
            ValidationErrorKind.PatternMismatch => ("answer.pattern", "It does not have the form that is asked for."),
            ValidationErrorKind.NoAdditionalPropertiesAllowed => ("answer.unknown-field", "The form has no such field."),
            ValidationErrorKind.NotAnyOf or ValidationErrorKind.NotOneOf => (
                "answer.variant",
                "It fits none, or more than one, of the allowed variants."
            ),
            ValidationErrorKind.ExcludedSchemaValidates => ("answer.excluded", "This value is not allowed."),
            ValidationErrorKind.StringExpected => ("answer.type", "A text."),
            ValidationErrorKind.NumberExpected => ("answer.type", "A number."),
            ValidationErrorKind.IntegerExpected => ("answer.type", "A whole number."),
            ValidationErrorKind.BooleanExpected => ("answer.type", "True or false."),
            ValidationErrorKind.ObjectExpected => ("answer.type", "An object."),
            ValidationErrorKind.ArrayExpected => ("answer.type", "A list."),
            ValidationErrorKind.DateExpected => ("answer.format", "A date such as 2026-03-04."),
            ValidationErrorKind.DateTimeExpected => ("answer.format", "A moment such as 2026-03-04T11:30:00Z."),
            ValidationErrorKind.EmailExpected => ("answer.format", "An e-mail address."),
            _ => ("answer.invalid", $"It is not right: {failed.Kind}."),
        };
    }

    private static string FieldOf(string? path) => path is null ? "" : path.TrimStart('#').TrimStart('/').TrimStart('.').Replace('/', '.');

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class PatternCheck(int number, Regex pattern) : IFormatValidator
    {
        public string Format { get; } = Text($"{FormRules.PatternFormat}{number}");

        public ValidationErrorKind ValidationErrorKind => ValidationErrorKind.PatternMismatch;

        public bool IsValid(string value, JTokenType tokenType) => pattern.IsMatch(value);
    }
}

/// <summary>Forms that were prepared lately; at most <see cref="Most"/> are kept.</summary>
/// <remarks>Safe for all threads.</remarks>
public sealed class FormSchemas
{
    /// <summary>How many are kept.</summary>
    public const int Most = 256;

    private readonly Lock turn = new();
    private readonly Dictionary<string, LinkedListNode<(string Text, FormSchema Form)>> known = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Text, FormSchema Form)> byUse = new();

    /// <summary>How many are kept at the moment.</summary>
    public int Count
    {
        get
        {
            lock (turn)
                return known.Count;
        }
    }

    /// <summary>What is wrong with an answer; empty when it is right.</summary>
    /// <param name="schema">The schema of the form; null or empty: every JSON object is right.</param>
    /// <param name="answer">JSON text.</param>
    public ImmutableArray<FieldError> Check(string? schema, string answer)
    {
        if (string.IsNullOrWhiteSpace(schema))
            return FormSchema.CheckShape(answer) is { } error ? [error] : [];

        return Find(schema) is { } form || (form = Prepare(schema, out var errors)) is not null ? form.Check(answer) : errors;
    }

    private FormSchema? Find(string schema)
    {
        lock (turn)
        {
            if (!known.TryGetValue(schema, out var node))
                return null;

            byUse.Remove(node);
            byUse.AddFirst(node);
            return node.Value.Form;
        }
    }

    private FormSchema? Prepare(string schema, out ImmutableArray<FieldError> errors)
    {
        if (FormSchema.Create(schema, out errors) is not { } form)
            return null;

        lock (turn)
        {
            if (known.ContainsKey(schema))
                return form;

            known.Add(schema, byUse.AddFirst((schema, form)));

            if (known.Count > Most)
            {
                known.Remove(byUse.Last!.Value.Text);
                byUse.RemoveLast();
            }
        }

        return form;
    }
}
