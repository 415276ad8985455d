using System.Text.Json;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Instances;

// Files of instances that hold secrets.
public sealed partial class InstanceFiles
{
    /// <summary>The member that says that secrets were left out.</summary>
    private const string Withheld = "secretsWithheld";

    /// <summary>The member that says that it has held secrets, perhaps on an earlier version: it is to stand encrypted.</summary>
    private const string HeldSecrets = "heldSecrets";

    private static readonly byte[] NoStimuli = "[]"u8.ToArray();

    /// <summary>
    /// Writes an instance as JSON with its secrets as they are, for who may see them and says why; who and why is in the audit log before. Null when there is
    /// none.
    /// </summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="reason">Why; 1 to 500 characters.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="AccessDeniedException">
    /// The actor lacks <see cref="Permissions.InstancesExport"/> or <see cref="Permissions.ValuesReveal"/>.
    /// </exception>
    /// <exception cref="RevealRefusedException">No reason was given.</exception>
    public Task<byte[]?> ExportWithSecretsAsync(string instanceId, string? reason, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.InstancesExport, "instance.export", instanceId),
            () => Reveals.ActAsync(access, instanceId, "export", reason, () => WriteWithSecretsAsync(instanceId, ct), ct),
            ct
        );

    private async Task<byte[]?> WriteWithSecretsAsync(string instanceId, CancellationToken ct) =>
        await store.FindInstanceAsync(instanceId, ct) is { } row && await store.FindStandingsAsync([instanceId], ct) is [var standing]
            ? Write(
                row,
                standing.Summary,
                await graphs.FindAsync(row.VersionId, ct),
                await store.ReadJournalAsync(instanceId, ct),
                isWithheld: false
            )
            : null;

    /// <summary>State and history without secrets; null when there are none to leave out.</summary>
    /// <remarks>What went in is left out as a whole: it is only good for living the life again.</remarks>
    private async Task<(InstanceRow Row, IReadOnlyList<JournalRow> Journal)?> WithheldAsync(
        InstanceRow row,
        WorkflowGraph? graph,
        IReadOnlyList<JournalRow> journal,
        CancellationToken ct
    )
    {
        var mask = await secrecy.OfAsync(row.Id, ct);

        if (mask.IsNone && !row.IsSealed && graph is not { HoldsSecrets: true })
            return null;

        var shown = await secrecy.ShownAsync(StateJson.Read(row.State), graph, row.IsSealed, ct);
        return (
            row with
            {
                State = mask.Json(StateJson.Write(shown)),
            },
            mask.HidesPast ? [] : [.. journal.Select(j => j with { Stimuli = NoStimuli, Entries = mask.Json(j.Entries) })]
        );
    }

    private static void RefuseWithheld(JsonElement json)
    {
        if (json.TryGetProperty(Withheld, out var withheld) && withheld.ValueKind == JsonValueKind.True)
            throw new InstanceFileException(
                "The file was written without the secrets of its instance, which cannot go on without them. Export it with them: add secrets=true and a reason to the address."
            );
    }
}
