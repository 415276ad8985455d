using System.Globalization;
using System.Security.Cryptography;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Definitions;

// Trying out a draft: instances run on it as it is now, while it goes on changing.
public sealed partial class DefinitionService
{
    // Well within the day after which housekeeping takes a snapshot that nothing uses.
    private static readonly TimeSpan SnapshotFreshness = TimeSpan.FromHours(12);

    /// <summary>Freezes a draft: the same draft gives the same snapshot, and one that is there is used again.</summary>
    /// <exception cref="Engine.Compilation.WorkflowCompilationException">It does not compile, or uses the draft of another workflow.</exception>
    internal async Task<DefinitionRow> SnapshotAsync(DefinitionRow draft, CancellationToken ct)
    {
        var compiled = await CompileAsync(draft, ct);
        RefuseErrors(compiled.Result.Errors);
        RefuseDrafts(compiled.Used);
        var pins = compiled.Pins.Write();
        var id = Snapshots.IdOf(draft.Id, DigestOf(draft.Content.Span, pins.Span));

        var now = clock.GetUtcNow();

        if (await store.FindDefinitionAsync(id, ct) is { } known && known.CreatedAt > now - SnapshotFreshness)
            return known;

        var snapshot = draft with { Id = id, Pins = pins, IsSnapshot = true, IsLatest = false, CreatedAt = now };

        // Nobody else changes it: who comes second writes the same.
        await store.SaveDefinitionsAsync(new DefinitionChange([snapshot]), ct);
        return snapshot;
    }

    private static ReadOnlySpan<byte> DigestOf(ReadOnlySpan<byte> content, ReadOnlySpan<byte> pins)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(content);
        hash.AppendData(pins);
        return hash.GetHashAndReset().AsSpan(0, Snapshots.DigestBytes);
    }
}

/// <summary>Ids of snapshots: that of the draft, and a digest of what it said.</summary>
internal static class Snapshots
{
    public const int DigestBytes = 8;

    public static string IdOf(string draftId, ReadOnlySpan<byte> digest) => $"{draftId}~{Convert.ToHexStringLower(digest)}";

    /// <summary>
    /// The digest as a number; 0 when the version is no snapshot. Work that waits to start on a snapshot has it as its target, which is not encrypted, so that
    /// housekeeping spares the snapshot.
    /// </summary>
    public static long NumberOf(string? versionId)
    {
        const int Digits = DigestBytes * 2;

        return
            versionId is { Length: > Digits }
            && versionId[^(Digits + 1)] == '~'
            && long.TryParse(
                versionId.AsSpan(versionId.Length - Digits),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out var number
            )
            ? number
            : 0;
    }
}
