using System.Text;
using System.Text.Json;
using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk.Webhooks;

namespace ServiceLoop.ServiceDesk.Intake;

/// <summary>Programs that send contacts signed, and what they send.</summary>
public sealed class IntakeSources
{
    /// <summary>How far the clock of a sender and the way may differ.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly IntakeStore store;
    private readonly IntakeDesk desk;
    private readonly IAccess access;
    private readonly TimeProvider clock;

    internal IntakeSources(IntakeStore store, IntakeDesk desk, IAccess access, TimeProvider clock) =>
        (this.store, this.desk, this.access, this.clock) = (store, desk, access, clock);

    /// <summary>All sources, by name; never their secrets.</summary>
    public async Task<IReadOnlyList<IntakeSource>> ListAsync(CancellationToken ct)
    {
        access.Demand(Permissions.WebhooksRead);
        return await store.SourcesAsync(ct);
    }

    /// <summary>Makes a source. Its secret is in the answer and nowhere else.</summary>
    /// <exception cref="DeskRefusedException">The wish cannot be met.</exception>
    public Task<NewIntakeSource> CreateAsync(IntakeSourceWish wish, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString("N");
        return ActAsync(
            "intake-source.create",
            id,
            () => Task.FromResult(new NewIntakeSource(Read(wish, id, now, access.Actor.Who ?? "system"), WebhookSignature.Draw())),
            ct
        );
    }

    /// <summary>Changes a source; its secret stays.</summary>
    /// <exception cref="DeskRefusedException">There is none, or the wish cannot be met.</exception>
    public async Task<IntakeSource> ChangeAsync(string id, IntakeSourceWish wish, CancellationToken ct) =>
        (
            await ActAsync(
                "intake-source.change",
                id,
                async () =>
                {
                    var before = await GetAsync(id, ct);
                    return before with { Source = Read(wish, id, before.Source.CreatedAt, before.Source.CreatedBy) };
                },
                ct
            )
        ).Source;

    /// <summary>Gives a source a new secret. The old one is good for nothing from now on.</summary>
    /// <exception cref="DeskRefusedException">There is none.</exception>
    public Task<NewIntakeSource> RenewSecretAsync(string id, CancellationToken ct) =>
        ActAsync("intake-source.renew-secret", id, async () => await GetAsync(id, ct) with { Secret = WebhookSignature.Draw() }, ct);

    /// <summary>Removes a source; its contacts stay.</summary>
    /// <exception cref="DeskRefusedException">There is none.</exception>
    public Task<bool> DeleteAsync(string id, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.WebhooksManage, "intake-source.delete", id),
            async () => await store.DeleteAsync(id, ct) ? true : throw Unknown(id),
            ct
        );

    /// <summary>Takes in a contact that a source has signed. Whoever has the secret needs nothing else.</summary>
    /// <param name="id">The source.</param>
    /// <param name="signature">Header <see cref="WebhookSignature.Header"/>.</param>
    /// <param name="read">Reads the body, as it was signed; not called for who cannot have signed it.</param>
    /// <param name="key">Header Idempotency-Key; null for none.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DeskRefusedException">The signature is not genuine, too old or was used before; or the contact is refused.</exception>
    public async Task<IntakeReceipt> ReceiveSignedAsync(
        string id,
        string? signature,
        Func<CancellationToken, Task<byte[]>> read,
        string? key,
        CancellationToken ct
    )
    {
        var now = clock.GetUtcNow();

        // Whether there is such a source is not told to who cannot sign, and no large body is read from them.
        if (
            (id.Length <= 64 ? await store.FindAsync(id, ct) : null) is not { Source.IsActive: true } source
            || !WebhookSignature.IsFresh(signature, now, Tolerance)
            || TextOf(await read(ct)) is not { } text
            || !WebhookSignature.IsGenuine(source.Secret, signature, text, now, Tolerance)
        )
            throw DeskRefusedException.Unknown(
                "intake.signature",
                $"There is no active source here that has signed this request. Send the header {WebhookSignature.Header} with t=SECONDS,v1=HEX: the HMAC-SHA256 of the seconds, a dot and the body, not older than {Tolerance.TotalMinutes:0} minutes."
            );

        using var system = access.AsSystem();
        using var json = JsonDocument.Parse(text);
        return await desk.ReceiveAsync(source.Source.Channel, new(json.RootElement, key, []), OnceAsync, ct);

        // With the contact or not at all: one that could not be kept may be sent again as it is.
        async Task OnceAsync(NpgsqlConnection db)
        {
            if (!await IntakeStore.RememberAsync(db, id, signature!, now, now - 2 * Tolerance, ct))
                throw DeskRefusedException.Conflict(
                    "intake.replayed",
                    "This signed request was sent before. To send a contact again, sign it anew: by its id it is taken once."
                );
        }
    }

    private Task<NewIntakeSource> ActAsync(string action, string id, Func<Task<NewIntakeSource>> make, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.WebhooksManage, action, id),
            async () =>
            {
                var made = await make();
                return await store.TrySaveAsync(made, ct)
                    ? made
                    : throw DeskRefusedException.Conflict(
                        "intake-source.name",
                        $"There is another source named '{made.Source.Name}'. Choose another name."
                    );
            },
            ct
        );

    private async Task<NewIntakeSource> GetAsync(string id, CancellationToken ct) => await store.FindAsync(id, ct) ?? throw Unknown(id);

    private static IntakeSource Read(IntakeSourceWish wish, string id, DateTimeOffset at, string who) =>
        new(id, TextRules.Required(wish.Name, "name", 100), ChannelAdapters.ChannelOf(wish.Channel), wish.IsActive, at, who);

    private static string? TextOf(byte[] body)
    {
        try
        {
            return Strict.GetString(body);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static DeskRefusedException Unknown(string id) =>
        DeskRefusedException.Unknown("intake-source.unknown", $"There is no source '{TextRules.Quote(id)}'.");
}
