using System.Runtime.InteropServices;
using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>A definition to save, and whether to publish it too.</summary>
internal sealed record SaveRequest(JsonElement Model, bool? Publish);

/// <summary>Saves and publishes what a designer sends.</summary>
/// <param name="definitions">Where definitions are.</param>
/// <param name="views">Writes the answers.</param>
internal sealed class DefinitionSaving(DefinitionService definitions, DefinitionViews views)
{
    /// <summary>Saves the latest draft or makes one; publishes it if asked. A refused publication leaves the draft saved.</summary>
    /// <exception cref="WorkflowCompilationException">It is no definition.</exception>
    public async Task<IResult> SaveAsync(SaveRequest request, CancellationToken ct)
    {
        var model = Read(request.Model);
        var before = await BeforeAsync(model, ct);

        if (before?.IsReadonly == true)
            return ReadOnly(before.DefinitionId);

        var saved = await definitions.SaveDraftAsync(DesignerInput.Read(model, before), ct);
        return request.Publish == true
            ? await PublishAsync(saved, ct)
            : await views.SavedAsync(saved, alreadyPublished: false, consumingWorkflowCount: 0, [], ct);
    }

    /// <summary>Stores a file's definition as draft, as it came. What the file says of number and flags does not count.</summary>
    /// <exception cref="WorkflowCompilationException">It is no definition.</exception>
    public async Task<DefinitionRow> ImportAsync(WorkflowDefinition file, string? definitionId, CancellationToken ct) =>
        await definitions.SaveDraftAsync(
            string.IsNullOrEmpty(definitionId)
                ? file
                : file with
                {
                    DefinitionId = definitionId,
                    Id = file.DefinitionId == definitionId ? file.Id : "",
                },
            ct
        );

    /// <summary>Publishes the latest version of a line.</summary>
    public async Task<IResult> PublishAsync(string definitionId, CancellationToken ct)
    {
        var latest =
            await definitions.FindAsync(definitionId, -1, ct)
            ?? throw new DefinitionNotFoundException($"There is no definition '{definitionId}'.");

        if (StoredDefinition.Read(latest).IsReadonly)
            return ReadOnly(definitionId);

        return latest.IsPublished
            ? await views.SavedAsync(latest, alreadyPublished: true, consumingWorkflowCount: 0, [], ct)
            : await PublishAsync(latest, ct);
    }

    /// <summary>A definition in a request.</summary>
    /// <exception cref="WorkflowCompilationException">It is none, or too large.</exception>
    public static WorkflowDefinition Read(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
            ? ElsaJson.Read(JsonMarshal.GetRawUtf8Value(json).ToArray())
            : throw new WorkflowCompilationException([
                new CompileError("definition.not-an-object", "$", $"A definition is a JSON object; this is {json.ValueKind}."),
            ]);

    private async Task<IResult> PublishAsync(DefinitionRow draft, CancellationToken ct)
    {
        try
        {
            var result = await definitions.PublishAsync(draft.DefinitionId, note: null, ct);
            return await views.SavedAsync(
                result.Version,
                alreadyPublished: false,
                result.Followers.Length,
                result.Warnings.Select(w => w.ToString()),
                ct
            );
        }
        catch (WorkflowCompilationException e)
        {
            return DefinitionRefusals.OfErrors(DefinitionErrors.Describe(e.Errors, StoredDefinition.Read(draft)));
        }
    }

    /// <summary>The version that was opened: the one named, as far as it is of this line, else the latest.</summary>
    private async Task<WorkflowDefinition?> BeforeAsync(WorkflowDefinition model, CancellationToken ct)
    {
        if (model.DefinitionId.Length == 0)
            return null;

        var row = model.Id.Length > 0 ? await definitions.FindAsync(model.Id, ct) : null;

        if (row?.DefinitionId != model.DefinitionId)
            row = await definitions.FindAsync(model.DefinitionId, -1, ct);

        return row is null ? null : StoredDefinition.Read(row);
    }

    private static IResult ReadOnly(string definitionId) =>
        DefinitionRefusals.Of("definition.read-only", $"The definition '{definitionId}' is read-only. Save it under another name.");
}
