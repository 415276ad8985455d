using System.Security.Cryptography;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk.TriageModels;

/// <summary>Models that tell what contacts want, in versions: one is in force, and it can be gone back to another.</summary>
/// <param name="store">Where they are.</param>
/// <param name="listener">Tells the other nodes.</param>
/// <param name="access">The gate.</param>
/// <param name="clock">Tells the time.</param>
public sealed class ModelDesk(ModelStore store, NotifyListener listener, IAccess access, TimeProvider clock)
{
    private const int MostModels = 200;
    private const int MostBytes = 256 * 1024 * 1024;

    private string Who => access.Actor.Who ?? "system";

    /// <summary>The models, the newest first, at most 200; without their reports.</summary>
    public async Task<IReadOnlyList<TriageModel>> ListAsync(CancellationToken ct)
    {
        access.Demand(Permissions.TriageRead);
        return await store.ListAsync(MostModels, ct);
    }

    /// <summary>A model with its report.</summary>
    public async Task<TriageModel> GetAsync(long version, CancellationToken ct)
    {
        access.Demand(Permissions.TriageRead);
        return await store.FindAsync(version, ct) ?? throw Unknown(version);
    }

    /// <summary>Keeps a model, and puts it in force if that is wanted.</summary>
    /// <exception cref="DeskRefusedException">It is too large.</exception>
    public async Task<TriageModel> AddAsync(TrainedModel trained, bool isActivated, CancellationToken ct)
    {
        var added = await access.ActAsync(
            new Deed(Permissions.TriageManage, "triage-model.add", "triage-model")
            {
                Wanted = Facts.Of(("rows", $"{trained.Rows}"), ("labels", $"{trained.Labels}"), ("note", TextRules.Quote(trained.Note))),
            },
            async () =>
            {
                if (trained.Content.Length is 0 or > MostBytes)
                    throw DeskRefusedException.Invalid(
                        "triage-model.size",
                        "content",
                        $"The model has {trained.Content.Length:N0} bytes, and must have 1 to {MostBytes:N0}."
                    );

                var hash = Convert.ToHexStringLower(SHA256.HashData(trained.Content.Span));
                var version = await store.AddAsync(trained, hash, clock.GetUtcNow(), Who, ct);
                return await GetAsync(version, ct);
            },
            m => Facts.Of(("version", $"{m.Version}"), ("sha256", m.Sha256)),
            ct
        );
        return isActivated ? await ActivateAsync(added.Version, ct) : added;
    }

    /// <summary>Puts a model in force on all nodes.</summary>
    /// <exception cref="DeskRefusedException">There is no such model.</exception>
    public Task<TriageModel> ActivateAsync(long version, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.TriageManage, "triage-model.activate", $"{version}"),
            async () =>
            {
                _ = await store.FindAsync(version, ct) ?? throw Unknown(version);
                await store.ActivateAsync(version, clock.GetUtcNow(), Who, ct);
                await TellAsync(version, ct);
                return await GetAsync(version, ct);
            },
            null,
            ct
        );

    /// <summary>Goes back to the model that was in force before.</summary>
    /// <exception cref="DeskRefusedException">None was.</exception>
    public Task<TriageModel> GoBackAsync(CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.TriageManage, "triage-model.back", "triage-model"),
            async () =>
            {
                var version =
                    await store.BackAsync(clock.GetUtcNow(), Who, ct)
                    ?? throw DeskRefusedException.Conflict("triage-model.first", "No other model was in force before this one.");
                await TellAsync(version, ct);
                return await GetAsync(version, ct);
            },
            m => Facts.Of(("version", $"{m.Version}")),
            ct
        );

    // Other nodes look by themselves, too: a message that is lost costs half a minute.
    private Task TellAsync(long version, CancellationToken ct) => listener.TellAsync(NotifyListener.TriageChannel, $"{version}", ct);

    private static DeskRefusedException Unknown(long version) =>
        DeskRefusedException.Unknown("triage-model.unknown", $"There is no version {version} of the triage model.");
}
