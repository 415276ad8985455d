using System.Runtime.InteropServices;
using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>A definition to save, and whether to publish it too.</summary>
internal sealed record SaveRequest(JsonElement Model, bool? Publish);

/// <summary>Saves and publishes what a designer or a file brings.</summary>
/// <param name="definitions">Where definitions are.</param>
internal sealed class DefinitionSaving(DefinitionService definitions)
{
    /// <summary>Saves over the latest draft, or makes one.</summary>
    /// <exception cref="WorkflowCompilationException">It is no definition, or none that could be opened again.</exception>
    /// <exception cref="RequestException">It is read-only.</exception>
    public async Task<DefinitionRow> SaveAsync(JsonElement json, CancellationToken ct)
    {
        var model = Read(json);
        var before = await FindBeforeAsync(model, ct);
        RefuseReadOnly(before);
        var definition = DesignerInput.Read(model, before is null ? null : StoredDefinition.Read(before));
        return await definitions.SaveDraftAsync(
            await IsUnchangedAsync(before, definition, ct) ? StoredDefinition.Read(before!) : definition,
            ct
        );
    }

    /// <summary>Publishes the latest version of a line; null when there is none.</summary>
    /// <exception cref="WorkflowCompilationException">It has errors; the messages name activity and input. The draft stays.</exception>
    /// <exception cref="RequestException">It is read-only.</exception>
    public async Task<PublishResult?> TryPublishAsync(string definitionId, CancellationToken ct)
    {
        if (await definitions.FindAsync(definitionId, -1, ct) is not { } latest)
            return null;

        RefuseReadOnly(latest);

        try
        {
            return await definitions.PublishAsync(definitionId, note: null, ct);
        }
        catch (WorkflowCompilationException e)
        {
            throw DefinitionErrors.Named(e, StoredDefinition.Read(latest));
        }
    }

    /// <summary>Stores a file's definition as draft, as it came. What the file says of number and flags does not count.</summary>
    /// <param name="file">The definition.</param>
    /// <param name="definitionId">Line to import it into; null or empty for the file's own.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="WorkflowCompilationException">It is no definition.</exception>
    public Task<DefinitionRow> ImportAsync(WorkflowDefinition file, string? definitionId, CancellationToken ct) =>
        definitions.SaveDraftAsync(
            string.IsNullOrEmpty(definitionId) || file.DefinitionId == definitionId
                ? file
                : file with
                {
                    DefinitionId = definitionId,
                    Id = "",
                },
            ct
        );

    /// <summary>A definition in a request.</summary>
    /// <exception cref="WorkflowCompilationException">It is none, or too large.</exception>
    public static WorkflowDefinition Read(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
            ? ElsaJson.Read(JsonMarshal.GetRawUtf8Value(json).ToArray())
            : throw new WorkflowCompilationException([
                new CompileError("definition.not-an-object", "$", $"A definition is a JSON object; this is {json.ValueKind}."),
            ]);

    /// <summary>The version that was opened: the one named, as far as it is of this line, else the latest.</summary>
    private async Task<DefinitionRow?> FindBeforeAsync(WorkflowDefinition model, CancellationToken ct)
    {
        if (model.DefinitionId.Length == 0)
            return null;

        var row = model.Id.Length > 0 ? await definitions.FindAsync(model.Id, ct) : null;
        return row?.DefinitionId == model.DefinitionId ? row : await definitions.FindAsync(model.DefinitionId, -1, ct);
    }

    /// <summary>
    /// Whether a designer sends back what it was given. The server tells the same only for what is written alike; the designer's form differs from
    /// that of an imported file in much that means nothing.
    /// </summary>
    private async Task<bool> IsUnchangedAsync(DefinitionRow? before, WorkflowDefinition definition, CancellationToken ct)
    {
        if (before is not { IsLatest: true, PublishedAt: not null })
            return false;

        var stored = StoredDefinition.Read(before);
        var given = DesignerForm.Write(stored, await definitions.OutlineAsync(before, ct));
        return StoredDefinition.AreSame(DesignerInput.Read(ElsaJson.Read(DesignerInput.Write(given)), stored), definition);
    }

    private static void RefuseReadOnly(DefinitionRow? row)
    {
        if (row is { IsReadonly: true })
            throw new RequestException(
                "definition.read-only",
                $"The definition '{row.DefinitionId}' is read-only. Save it under another name, or import it without 'isReadonly'."
            );
    }
}
