using System.Text.Json.Nodes;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Workflows.Api.Descriptors;

/// <summary>Descriptors of the activity classes of the catalog.</summary>
/// <param name="endpointRoot">Path below which HTTP workflows listen.</param>
internal sealed class BuiltInDescriptors(string endpointRoot)
{
    /// <summary>Describes a type.</summary>
    public ActivityDescriptorView Describe(ActivityDescriptor type) =>
        new()
        {
            TypeName = type.TypeName,
            Namespace = type.Namespace,
            Name = type.Name,
            Version = type.Version,
            Category = type.Category,
            DisplayName = type.DisplayName,
            Description = type.Description ?? "",
            Kind = type.Kind.ToString(),
            RunAsynchronously = type.RunAsynchronously,
            IsBrowsable = type.IsBrowsable,
            IsContainer = type.IsContainer,
            IsStart = type.IsStart,
            IsTerminal = type.IsTerminal,
            Inputs = [.. type.Inputs.Select(i => Describe(type, i))],
            Outputs = [.. type.Outputs.Select(o => new OutputView(o.Name, AliasOf(o.Type), o.DisplayName ?? o.Name, o.Description ?? ""))],
            Ports =
            [
                .. type.Outcomes.Select(PortView.Flow),
                // A list of children has no place on the canvas: the designer opens its container instead.
                .. type.Ports.Where(p => !p.IsList).Select(p => PortView.Embedded(p.Name, Words.Of(p.Name), p.IsBrowsable)),
            ],
            CustomProperties = type.ResilienceCategory is { } category
                ? new Dictionary<string, object>(StringComparer.Ordinal) { ["Resilient"] = true, ["ResilienceCategory"] = category }
                : new Dictionary<string, object>(StringComparer.Ordinal),
        };

    /// <summary>Describes an input.</summary>
    public InputView Describe(ActivityDescriptor type, InputDescriptor input)
    {
        var attribute = input.Attribute;
        var hint = input.Hint;
        return new InputView
        {
            Name = input.Name,
            TypeName = AliasOf(input.Type),
            DisplayName = attribute.DisplayName ?? Words.Of(input.Name),
            Description = attribute.Description ?? "",
            Category = attribute.Category,
            Order = attribute.Order,
            IsBrowsable = attribute.IsBrowsable,
            IsWrapped = input.IsWrapped,
            UiHint = hint,
            DefaultValue = DefaultOf(input),
            DefaultSyntax = attribute.DefaultSyntax ?? InputSpecifications.SyntaxOf(hint),
            IsSensitive = attribute.IsSensitive,
            AutoEvaluate = attribute.AutoEvaluate,
            UiSpecifications =
                type.ClrType == typeof(Activities.BuiltIn.HttpEndpoint) && input.Name == "Path"
                    ? InputSpecifications.Path(endpointRoot)
                    : InputSpecifications.Of(input, hint),
        };
    }

    /// <summary>The alias that definitions write for a type.</summary>
    public static string AliasOf(Type type) =>
        type == typeof(Variable) ? "Variable"
        : type == typeof(IDictionary<string, object?>) ? "ObjectDictionary"
        : WorkflowTypes.AliasOf(type);

    /// <summary>The value that a new activity has, as JSON: lists as arrays, moments and spans as text.</summary>
    public static JsonNode? DefaultOf(InputDescriptor input) =>
        input.DefaultValue switch
        {
            // Not a moment that anybody means.
            DateTimeOffset moment when moment == default => null,
            null => null,
            Enum name => JsonValue.Create(name.ToString()),
            TimeSpan or DateTimeOffset => JsonValue.Create(ValueConverter.Text(input.DefaultValue)),
            _ when input.IsReadByActivity => null,
            var value => JsonNode.Parse(ValueJson.ToText(PlainValue.Of(value))),
        };
}

/// <summary>Names of the program as words for people.</summary>
internal static class Words
{
    /// <summary>"ChildCompleted" as "Child Completed".</summary>
    public static string Of(string name)
    {
        var words = new System.Text.StringBuilder(name.Length + 4);

        for (var i = 0; i < name.Length; i++)
        {
            if (
                i > 0
                && char.IsUpper(name[i])
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])))
                && name[i - 1] != ' '
            )
                words.Append(' ');

            words.Append(i == 0 ? char.ToUpperInvariant(name[i]) : name[i]);
        }

        return words.ToString();
    }
}
