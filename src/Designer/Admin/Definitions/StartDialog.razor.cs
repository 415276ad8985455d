using System.Collections.Immutable;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;
using MudBlazor;
using ServiceLoop.Designer.Lists;
using ServiceLoop.Designer.Values;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Designer.Admin.Definitions;

/// <summary>Starts an instance on a version that the person chooses. Closes with the id of the instance.</summary>
public sealed partial class StartDialog
{
    private readonly Dictionary<string, string> typed = new(StringComparer.OrdinalIgnoreCase);
    private ImmutableArray<ArgumentDefinition> inputs = [];
    private string more = "";
    private string? correlationId;
    private string? name;
    private string? failure;
    private bool isBusy;

    /// <summary>The line.</summary>
    [Parameter, EditorRequired]
    public string DefinitionId { get; set; } = "";

    /// <summary>Versions that were published once, newest first.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<DefinitionRow> Versions { get; set; } = [];

    /// <summary>The version.</summary>
    [Parameter, EditorRequired]
    public string VersionId { get; set; } = "";

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = null!;

    [Inject]
    private DefinitionService Definitions { get; set; } = null!;

    [Inject]
    private WorkflowRuntime Runtime { get; set; } = null!;

    [Inject]
    private Wishes Wishes { get; set; } = null!;

    [Inject]
    private IStringLocalizer<ValuesTexts> ValueTexts { get; set; } = null!;

    /// <inheritdoc />
    protected override Task OnInitializedAsync() => ReadInputsAsync();

    private string Name(string? versionId) =>
        Versions.FirstOrDefault(v => v.Id == versionId) is { } version
            ? version.IsPublished
                ? T["VersionInForce", version.Version]
                : T["VersionNumber", version.Version]
            : "";

    private async Task ChangeAsync(string versionId)
    {
        VersionId = versionId;
        await ReadInputsAsync();
    }

    private async Task ReadInputsAsync()
    {
        try
        {
            inputs = await Definitions.FindAsync(VersionId, CancellationToken.None) is { } row ? StoredDefinition.Read(row).Inputs : [];
            failure = null;

            foreach (var input in inputs)
                typed.TryAdd(input.Name, ValueText.Write(input.DefaultValue, ValueKinds.Of(input.TypeName, input.IsArray)));
        }
        catch (Exception e)
        {
            failure = Wishes.Sentence(e);
        }
    }

    private async Task StartAsync()
    {
        if (Collect() is not { } values)
            return;

        isBusy = true;

        try
        {
            var request = new StartInstanceRequest(DefinitionId)
            {
                VersionId = VersionId,
                Inputs = values,
                CorrelationId = Given(correlationId),
                Name = Given(name),
            };
            var result = await Runtime.StartAsync(request, CancellationToken.None);

            if (result.InstanceId is { } id)
                Dialog.Close(DialogResult.Ok(id));
            else
                failure = T["StartRefused", result.Refusal ?? ""];
        }
        catch (Exception e)
        {
            failure = Wishes.Sentence(e);
        }
        finally
        {
            isBusy = false;
        }
    }

    /// <summary>All inputs that were typed; null when one is wrong, and the first wrong one is told.</summary>
    private Dictionary<string, object?>? Collect()
    {
        var values = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);

        foreach (var input in inputs)
        {
            var reading = ValueText.Read(typed.GetValueOrDefault(input.Name), input.TypeName, input.IsArray);
            failure = ValueField.Say(ValueTexts, reading) is { } flaw ? $"{input.DisplayName ?? input.Name}: {flaw}" : null;

            if (failure is not null)
                return null;

            if (reading.Value is not null)
                values[input.Name] = reading.Value;
        }

        var others = ValueText.Read(more, null, isArray: false);
        failure =
            ValueField.Say(ValueTexts, others)
            ?? (others.Value is null or IReadOnlyDictionary<string, object?> ? null : ValueTexts["NeedsObject"].Value);

        if (failure is not null)
            return null;

        foreach (var (key, value) in others.Value as IReadOnlyDictionary<string, object?> ?? ImmutableDictionary<string, object?>.Empty)
            values[key] = value;

        return values;
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
