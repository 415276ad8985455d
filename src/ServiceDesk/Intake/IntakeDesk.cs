using System.Globalization;
using System.Text.Json;
using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.ServiceDesk.Tracking;

namespace ServiceLoop.ServiceDesk.Intake;

/// <summary>A contact as a channel sends it.</summary>
/// <param name="Payload">JSON object of the channel.</param>
/// <param name="Key">Key of the sender: the same contact sent again with it is kept once; null: the id of the channel, and without one each is new.</param>
/// <param name="Files">Files that came beside the payload.</param>
public sealed record IntakeRequest(JsonElement Payload, string? Key, IReadOnlyList<IncomingFile> Files);

/// <summary>What became of a contact.</summary>
/// <param name="InteractionId">Its id.</param>
/// <param name="IsNew">False: it was here already, and nothing was done.</param>
/// <param name="CaseId">Its case; null while a workflow is about to open one.</param>
/// <param name="CaseNumber">The number for people.</param>
/// <param name="Correlation">How it found its case.</param>
/// <param name="ContactNo">Which contact about this it is within seven days, from 1.</param>
/// <param name="IsRepeated">True from the third one on.</param>
/// <param name="StatusToken">Token of the page on which the customer sees where things stand.</param>
/// <param name="PendingCallbacks">Callbacks that may be needed no more.</param>
public sealed record IntakeReceipt(
    string InteractionId,
    bool IsNew,
    string? CaseId,
    string? CaseNumber,
    Correlation Correlation,
    int ContactNo,
    bool IsRepeated,
    string StatusToken,
    IReadOnlyList<string> PendingCallbacks
);

/// <summary>The one entry of every channel: reads what a channel sends, and gives it to the desk of contacts.</summary>
public sealed class IntakeDesk
{
    private readonly IntakeStore store;
    private readonly InteractionDesk contacts;
    private readonly StatusLinks links;
    private readonly IAccess access;
    private readonly TimeProvider clock;

    internal IntakeDesk(IntakeStore store, InteractionDesk contacts, StatusLinks links, IAccess access, TimeProvider clock) =>
        (this.store, this.contacts, this.links, this.access, this.clock) = (store, contacts, links, access, clock);

    /// <summary>The channels that are known.</summary>
    public static IReadOnlyCollection<string> Channels => ChannelAdapters.Channels;

    /// <summary>Takes in a contact. The same one sent again is answered as before; another one with its key is refused.</summary>
    /// <exception cref="DeskRefusedException">The channel is unknown, a field is wrong, or the key was used for another contact.</exception>
    public Task<IntakeReceipt> ReceiveAsync(string channel, IntakeRequest request, CancellationToken ct) =>
        ReceiveAsync(channel, request, null, ct);

    /// <summary>Takes in a contact.</summary>
    /// <param name="channel">Channel.</param>
    /// <param name="request">The contact.</param>
    /// <param name="last">What is done last in its transaction; what it throws leaves nothing of the contact.</param>
    /// <param name="ct">Cancels.</param>
    internal async Task<IntakeReceipt> ReceiveAsync(
        string channel,
        IntakeRequest request,
        Func<NpgsqlConnection, Task>? last,
        CancellationToken ct
    )
    {
        access.Demand(Permissions.IntakeWrite);
        var key = TextRules.Optional(request.Key, "Idempotency-Key", 300);
        var (contact, inside) = ChannelAdapters.Read(channel, request.Payload);
        var files = ContactFiles.Of(inside, request.Files);
        var now = clock.GetUtcNow();
        var wanted = contact.ToRequest(key, files);

        if (wanted.ExternalId is null)
            wanted = wanted with { ExternalId = $"new:{Guid.CreateVersion7(now):N}" };

        var contactNo = 1;
        var received = await access.ActAsync(
            new Deed(Permissions.IntakeWrite, "intake.receive", TextRules.Quote(wanted.ExternalId))
            {
                Wanted = Facts.Of(("channel", channel), ("files", files.Count.ToString(CultureInfo.InvariantCulture))),
            },
            () =>
                contacts.KeepAsync(
                    wanted,
                    async (db, r) =>
                    {
                        if (r.IsNew)
                            await KeepMoreAsync(db, r.Interaction, files, ct);

                        contactNo = await RepeatedContacts.CountAsync(db, r.Interaction, r.IsNew, now, ct);

                        if (last is not null)
                            await last(db);
                    },
                    ct
                ),
            r => Facts.Of(("interaction", r.Interaction.Id), ("correlation", Words.Of(r.Correlation))),
            ct
        );
        return await ReceiptAsync(received, contactNo, ct);
    }

    /// <summary>What became of a contact that was sent before: for who was told to look again.</summary>
    /// <exception cref="DeskRefusedException">There is no such contact.</exception>
    public async Task<IntakeReceipt> GetAsync(string interactionId, CancellationToken ct)
    {
        access.Demand(Permissions.IntakeWrite);
        var row = await RowAsync(interactionId, ct);
        return Receipt(
            row,
            false,
            row.CaseId is null ? Correlation.None : Correlation.OpenCase,
            row.ContactNo,
            await links.OfContactAsync(row.InteractionId, row.ReceivedAt, ct),
            []
        );
    }

    /// <summary>The files of a contact.</summary>
    public async Task<IReadOnlyList<KeptFile>> FilesAsync(string interactionId, CancellationToken ct)
    {
        access.Demand(Permissions.CasesRead);
        return await store.FilesAsync(interactionId, ct);
    }

    /// <summary>A file of a contact with its content.</summary>
    /// <exception cref="DeskRefusedException">There is no such file.</exception>
    public async Task<(KeptFile File, byte[] Content)> FileAsync(string fileId, CancellationToken ct)
    {
        access.Demand(Permissions.CasesRead);
        return await store.FileAsync(fileId, ct)
            ?? throw DeskRefusedException.Unknown("file.unknown", $"There is no file '{TextRules.Quote(fileId)}'.");
    }

    private static async Task KeepMoreAsync(
        NpgsqlConnection db,
        Interaction contact,
        IReadOnlyList<ContactFile> files,
        CancellationToken ct
    )
    {
        if (files.Count > 0)
            await IntakeStore.AddFilesAsync(db, contact.Id, files, contact.ReceivedAt, ct);

        if (StatusQuestions.AsksWhereItStands($"{contact.Subject}\n{contact.Body}"))
            await StatusQuestions.AddAsync(db, contact.Id, contact.ReceivedAt, ct);
    }

    private async Task<IntakeReceipt> ReceiptAsync(ReceivedInteraction received, int contactNo, CancellationToken ct)
    {
        var row = await RowAsync(received.Interaction.Id, ct);
        var token = await links.OfContactAsync(row.InteractionId, row.ReceivedAt, ct);
        return Receipt(row, received.IsNew, received.Correlation, Math.Max(contactNo, row.ContactNo), token, received.PendingCallbacks);
    }

    private async Task<ReceiptRow> RowAsync(string interactionId, CancellationToken ct) =>
        await store.ReceiptAsync(interactionId, ct)
        ?? throw DeskRefusedException.Unknown("interaction.unknown", $"There is no contact '{TextRules.Quote(interactionId)}'.");

    private static IntakeReceipt Receipt(
        ReceiptRow row,
        bool isNew,
        Correlation correlation,
        int contactNo,
        string token,
        IReadOnlyList<string> pending
    ) =>
        new(
            row.InteractionId,
            isNew,
            row.CaseId,
            row.CaseNumber is { } number ? CaseNumber.Label(number) : null,
            correlation,
            contactNo,
            contactNo >= CasePriority.RaisingContact,
            token,
            pending
        );
}

/// <summary>Counts contacts about the same, whatever the channel.</summary>
internal static class RepeatedContacts
{
    /// <summary>Which contact about this it is. With the third one the case becomes more urgent, once.</summary>
    /// <param name="db">Connection of the transaction that keeps the contact.</param>
    /// <param name="contact">The contact.</param>
    /// <param name="isNew">False: nothing is changed.</param>
    /// <param name="now">Now, UTC.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<int> CountAsync(NpgsqlConnection db, Interaction contact, bool isNew, DateTimeOffset now, CancellationToken ct)
    {
        if (contact.CaseId is not { } caseId)
            return 1;

        var count = (
            await db.ReadAsync(
                IntakeStore.CountContacts,
                r => (int)r.GetInt64(0),
                ct,
                Arg.Text(caseId),
                Arg.Time(now - Reopening.RepeatWindow)
            )
        ).Single();

        if (
            isNew
            && (await CaseStore.LockAsync(db, ct, caseId)).SingleOrDefault() is { Status: var status } seen
            && status.IsOpen()
            && count > seen.ContactNo
        )
            await CaseStore.ChangeAsync(db, seen, Counted(seen, count), false, now, "intake", ct);

        return count;
    }

    /// <summary>A case with one more contact: the third raises its urgency, unless it was raised before.</summary>
    public static ServiceCase Counted(ServiceCase seen, int count)
    {
        var isRaising = count >= CasePriority.RaisingContact && seen.ContactNo < CasePriority.RaisingContact && !seen.IsAngry;
        var urgency = isRaising ? CasePriority.Raised(seen.Urgency, isAngry: false, count) : seen.Urgency;
        return seen with { ContactNo = count, Urgency = urgency, Priority = CasePriority.Of(seen.Impact, urgency) };
    }
}
