using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Workflows.Api.Descriptors;

/// <summary>A language in which inputs may be written.</summary>
/// <param name="Type">Name in definitions.</param>
/// <param name="DisplayName">Name for people.</param>
/// <param name="IsSerializable">It can be stored.</param>
/// <param name="IsBrowsable">It is in the menu of languages.</param>
/// <param name="Properties">What the designer needs: <c>MonacoLanguage</c>, <c>UIHint</c>.</param>
internal sealed record LanguageView(
    string Type,
    string DisplayName,
    bool IsSerializable,
    bool IsBrowsable,
    IReadOnlyDictionary<string, object> Properties
);

/// <summary>A type that variables, inputs and outputs may have.</summary>
internal sealed record TypeView(string TypeName, string DisplayName, string Category, string Description);

/// <summary>Where a variable may be kept. For a new variable the highest priority is offered, for a new input the first of the list.</summary>
internal sealed record DriverView(string TypeName, string DisplayName, int Priority, bool Deprecated);

/// <summary>A strategy that definitions name by its type name.</summary>
internal sealed record StrategyView(string TypeName, string DisplayName, string Description);

/// <summary>A commit strategy, which definitions name by its name.</summary>
internal sealed record CommitView(string Name, string DisplayName, string Description);

/// <summary>A way to convert an output.</summary>
internal sealed record ConverterView(
    string Id,
    string SourceTypeName,
    string ResultTypeName,
    string DisplayName,
    string Description,
    object? SettingsSchema
);

/// <summary>What the engine has, under the names that Elsa's definitions use.</summary>
internal static class HostDescriptors
{
    private const string Primitives = "Primitives";
    private const string Dynamic = "Dynamic";
    private const string Lookups = "Lookups";

    /// <summary>Types by alias; every one is known to the compiler.</summary>
    public static ItemsView<TypeView> Types { get; } =
        ItemsView<TypeView>.Of([
            new("Object", "Object", Primitives, "Any value: text, number, list or object."),
            new("String", "String", Primitives, "A text."),
            new("Boolean", "Boolean", Primitives, "True or false."),
            new("Int16", "Int16", Primitives, "A whole number of 16 bits."),
            new("Int32", "Int32", Primitives, "A whole number of 32 bits."),
            new("Int64", "Int64", Primitives, "A whole number of 64 bits."),
            new("Single", "Single", Primitives, "A floating number of 32 bits."),
            new("Double", "Double", Primitives, "A floating number of 64 bits."),
            new("Decimal", "Decimal", Primitives, "A decimal number, for money."),
            new("Guid", "Guid", Primitives, "A globally unique identifier."),
            new("DateTime", "DateTime", Primitives, "A date and a time, UTC."),
            new("DateTimeOffset", "DateTimeOffset", Primitives, "A moment with its offset from UTC."),
            new("TimeSpan", "TimeSpan", Primitives, "A span of time, such as 1.02:00:00."),
            new("ByteArray", "Byte Array", Primitives, "Bytes."),
            new("JSON", "JSON", Dynamic, "A JSON value."),
            new("JsonObject", "JSON Object", Dynamic, "A JSON object."),
            new("JsonArray", "JSON Array", Dynamic, "A JSON array."),
            new("ObjectDictionary", "Object Dictionary", Lookups, "Names with values of any type."),
            new("StringDictionary", "String Dictionary", Lookups, "Names with texts."),
            new("HttpRequest", "HTTP Request", "HTTP", "A request that an HTTP endpoint received."),
            new("HttpHeaders", "HTTP Headers", "HTTP", "Names of headers with their values."),
            new("HttpStatusCode", "HTTP Status Code", "HTTP", "A status code as a number."),
            new("HttpFile", "HTTP File", "HTTP", "A file that came with a request."),
        ]);

    /// <summary>Everything is kept with the instance: open, or encrypted as the second says. The last name stands in files of Elsa, where it means less.</summary>
    public static ItemsView<DriverView> Drivers { get; } =
        ItemsView<DriverView>.Of([
            new(StorageDrivers.WithInstance, "Workflow Instance", 5, false),
            new(StorageDrivers.Encrypted, "Encrypted", 1, false),
            new("Elsa.Workflows.MemoryStorageDriver, Elsa.Workflows.Core", "Memory (kept as well)", 0, true),
        ]);

    /// <summary>Activation strategies.</summary>
    public static ItemsView<StrategyView> ActivationStrategies { get; } =
        ItemsView<StrategyView>.Of([
            new(
                "Elsa.Workflows.ActivationValidators.AllowAlwaysStrategy, Elsa.Workflows.Core",
                "Always",
                "A new instance may always start."
            ),
            new(
                "Elsa.Workflows.Runtime.ActivationValidators.SingletonStrategy, Elsa.Workflows.Runtime",
                "Singleton",
                "A new instance starts only when no other instance of the workflow runs."
            ),
            new(
                "Elsa.Workflows.Runtime.ActivationValidators.CorrelatedSingletonStrategy, Elsa.Workflows.Runtime",
                "Correlated singleton",
                "A new instance starts only when no other instance of the workflow runs with the same correlation id."
            ),
            new(
                "Elsa.Workflows.Runtime.ActivationValidators.CorrelationStrategy, Elsa.Workflows.Runtime",
                "Correlation",
                "A new instance starts only when no instance of any workflow runs with the same correlation id."
            ),
        ]);

    /// <summary>Incident strategies.</summary>
    public static ItemsView<StrategyView> IncidentStrategies { get; } =
        ItemsView<StrategyView>.Of([
            new(
                "Elsa.Workflows.IncidentStrategies.FaultStrategy, Elsa.Workflows.Core",
                "Fault",
                "The first incident stops the workflow; it can be repaired."
            ),
            new(
                "Elsa.Workflows.IncidentStrategies.ContinueWithIncidentsStrategy, Elsa.Workflows.Core",
                "Continue with incidents",
                "The other branches go on; what depends on the failed activity waits for its repair."
            ),
        ]);

    /// <summary>Log persistence strategies.</summary>
    public static ItemsView<StrategyView> LogStrategies { get; } =
        ItemsView<StrategyView>.Of([
            new("Elsa.Workflows.LogPersistence.Strategies.Inherit, Elsa.Workflows.Core", "Inherit", "As what it stands in."),
            new("Elsa.Workflows.LogPersistence.Strategies.Include, Elsa.Workflows.Core", "Include", "The history keeps the value."),
            new("Elsa.Workflows.LogPersistence.Strategies.Exclude, Elsa.Workflows.Core", "Exclude", "The history leaves the value out."),
        ]);

    /// <summary>Commit strategies of workflows.</summary>
    public static ItemsView<CommitView> WorkflowCommits { get; } =
        ItemsView<CommitView>.Of([
            new("WorkflowExecuting", "Workflow executing", "Written before the first activity runs."),
            new("WorkflowExecuted", "Workflow executed", "Written when the workflow waits or ends; this is the default."),
            new("ActivityExecuting", "Activity executing", "Written before each activity."),
            new("ActivityExecuted", "Activity executed", "Written after each activity."),
            new("Every 10 seconds", "Every 10 seconds", "Written after the first activity that ends when ten seconds have passed."),
        ]);

    /// <summary>Commit strategies of activities.</summary>
    public static ItemsView<CommitView> ActivityCommits { get; } =
        ItemsView<CommitView>.Of([
            new("CommitAlways", "Always", "Written before and after the activity."),
            new("CommitNever", "Never", "Written when the workflow waits or ends."),
            new("Executing", "Executing", "Written before the activity."),
            new("Executed", "Executed", "Written after the activity."),
        ]);

    /// <summary>Languages of a compiler.</summary>
    public static IReadOnlyList<LanguageView> Languages(IReadOnlyList<string> names) => [.. names.Select(Language)];

    /// <summary>True for an alias that definitions may name.</summary>
    public static bool IsKnown(string alias) => alias == "Variable" || WorkflowTypes.Find(alias) is not null || IsEnumAlias(alias);

    private static LanguageView Language(string name) =>
        name switch
        {
            // The editor of the input gives these two; the menu offers only the others.
            "Literal" => Of(name, isBrowsable: false),
            "Object" => Of(name, isBrowsable: false, ("MonacoLanguage", "json")),
            "Variable" => Of(name, isBrowsable: true, ("UIHint", "variable-picker")),
            "Input" => Of(name, isBrowsable: true, ("UIHint", "input-picker")),
            _ => Of(name, isBrowsable: true, ("MonacoLanguage", name.ToLowerInvariant())),
        };

    private static LanguageView Of(string name, bool isBrowsable, params (string Name, object Value)[] properties) =>
        new(name, name, true, isBrowsable, properties.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal));

    // Inputs of activities may have an enum; the designer sends its name back.
    private static bool IsEnumAlias(string alias) => alias is "ForkJoinMode";
}
