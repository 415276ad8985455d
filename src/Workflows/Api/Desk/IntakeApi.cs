using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Intake;
using ServiceLoop.ServiceDesk.Webhooks;
using ServiceLoop.Workflows.Auth;
using ServiceLoop.Workflows.HttpWorkflows;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>The one entry of every channel, and the programs that use it signed.</summary>
internal static class IntakeApi
{
    // Twenty megabytes of files as Base64, and the text beside them.
    private const long MostBytes = 28L * 1024 * 1024;

    private const string KeyHeader = "Idempotency-Key";
    private const string PartOfContact = "contact";

    /// <summary>What became of a contact.</summary>
    /// <param name="InteractionId">Its id.</param>
    /// <param name="IsNew">False: it was here already, and nothing was done.</param>
    /// <param name="CaseId">Its case; null while a workflow is about to open one.</param>
    /// <param name="CaseNumber">The number for people.</param>
    /// <param name="Correlation">How it found its case: none, open-case, reopened, follows.</param>
    /// <param name="ContactNo">Which contact about this it is within seven days, from 1.</param>
    /// <param name="IsRepeated">True from the third one on.</param>
    /// <param name="PendingCallbacks">Callbacks that may be needed no more.</param>
    /// <param name="ReceiptUrl">Where to look again.</param>
    /// <param name="StatusUrl">Data of the page for the customer.</param>
    internal sealed record View(
        string InteractionId,
        bool IsNew,
        string? CaseId,
        string? CaseNumber,
        string Correlation,
        int ContactNo,
        bool IsRepeated,
        IReadOnlyList<string> PendingCallbacks,
        string ReceiptUrl,
        string StatusUrl
    )
    {
        public static View Of(IntakeReceipt r) =>
            new(
                r.InteractionId,
                r.IsNew,
                r.CaseId,
                r.CaseNumber,
                Words.Of(r.Correlation),
                r.ContactNo,
                r.IsRepeated,
                r.PendingCallbacks,
                $"{ApiSetup.OwnRoot}/intake/receipts/{r.InteractionId}",
                $"{ApiSetup.OwnRoot}/status/{r.StatusToken}"
            );
    }

    public static IEndpointRouteBuilder MapIntake(this IEndpointRouteBuilder routes)
    {
        var intake = routes.MapGroup("/intake").WithTags("Intake");
        intake
            .MapPost("/{channel}", ReceiveAsync)
            .Needs(Permissions.IntakeWrite)
            .Accepts<JsonElement>("application/json", "multipart/form-data");
        intake.MapGet("/receipts/{id}", ReceiptAsync).Needs(Permissions.IntakeWrite);
        intake
            .MapPost("/signed/{source}", ReceiveSignedAsync)
            .OpenToAll("The signature of the source says who sends it.")
            .LimitStrangers()
            .Accepts<JsonElement>("application/json");
        intake.MapGet("/sources", SourcesAsync).Needs(Permissions.WebhooksRead);
        intake.MapPost("/sources", CreateSourceAsync).Needs(Permissions.WebhooksManage);
        intake.MapPut("/sources/{id}", ChangeSourceAsync).Needs(Permissions.WebhooksManage);
        intake.MapPost("/sources/{id}/secret", RenewSecretAsync).Needs(Permissions.WebhooksManage);
        intake.MapDelete("/sources/{id}", DeleteSourceAsync).Needs(Permissions.WebhooksManage);

        var files = routes.MapGroup("/interactions").WithTags("Interactions");
        files.MapGet("/{id}/files", FilesAsync).Needs(Permissions.CasesRead);
        files.MapGet("/files/{fileId}", FileAsync).Needs(Permissions.CasesRead);
        return routes;
    }

    /// <summary>
    /// Takes in a contact of a channel: web, email, chat, phone, social or app. The same contact with the same key is answered as before; another one with it is
    /// refused. 200 with the case that it belongs to, 202 while a workflow is about to open one.
    /// </summary>
    private static async Task<Results<Ok<View>, Accepted<View>>> ReceiveAsync(
        string channel,
        HttpRequest request,
        IntakeDesk desk,
        CancellationToken ct
    )
    {
        var key = request.Headers[KeyHeader].FirstOrDefault();

        if (!request.HasFormContentType)
        {
            using var json = await JsonDocument.ParseAsync(new LimitedBody(request.Body, MostBytes), default, ct);
            return Answer(await desk.ReceiveAsync(channel, new(json.RootElement, key, []), ct));
        }

        var (text, files) = await FormAsync(request, ct);
        using var contact = JsonDocument.Parse(text);
        return Answer(await desk.ReceiveAsync(channel, new(contact.RootElement, key, files), ct));
    }

    /// <summary>What became of a contact.</summary>
    private static async Task<Ok<View>> ReceiptAsync(string id, IntakeDesk desk, CancellationToken ct) =>
        TypedResults.Ok(View.Of(await desk.GetAsync(id, ct)));

    /// <summary>Takes in a contact that a source has signed, as webhooks of this product are: each signature once, not older than five minutes.</summary>
    private static async Task<Results<Ok<View>, Accepted<View>>> ReceiveSignedAsync(
        string source,
        HttpRequest request,
        IntakeSources sources,
        CancellationToken ct
    ) =>
        Answer(
            await sources.ReceiveSignedAsync(
                source,
                request.Headers[WebhookSignature.Header].FirstOrDefault(),
                token => BytesAsync(request.Body, token),
                request.Headers[KeyHeader].FirstOrDefault(),
                ct
            )
        );

    /// <summary>Programs that send contacts signed, by name; never their secrets.</summary>
    private static async Task<Ok<IReadOnlyList<IntakeSource>>> SourcesAsync(IntakeSources sources, CancellationToken ct) =>
        TypedResults.Ok(await sources.ListAsync(ct));

    /// <summary>Makes a source. Its secret is in this answer and nowhere else.</summary>
    private static async Task<Created<NewIntakeSource>> CreateSourceAsync(
        IntakeSourceWish? wish,
        IntakeSources sources,
        HttpContext context,
        CancellationToken ct
    )
    {
        var made = await sources.CreateAsync(wish ?? new(null, null), ct);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"{ApiSetup.OwnRoot}/intake/sources/{made.Source.Id}", made);
    }

    /// <summary>Changes a source; its secret stays.</summary>
    private static async Task<Ok<IntakeSource>> ChangeSourceAsync(
        string id,
        IntakeSourceWish? wish,
        IntakeSources sources,
        CancellationToken ct
    ) => TypedResults.Ok(await sources.ChangeAsync(id, wish ?? new(null, null), ct));

    /// <summary>Gives a source a new secret; the old one is good for nothing from now on.</summary>
    private static async Task<Ok<NewIntakeSource>> RenewSecretAsync(
        string id,
        IntakeSources sources,
        HttpContext context,
        CancellationToken ct
    )
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(await sources.RenewSecretAsync(id, ct));
    }

    /// <summary>Removes a source; its contacts stay.</summary>
    private static async Task<NoContent> DeleteSourceAsync(string id, IntakeSources sources, CancellationToken ct)
    {
        await sources.DeleteAsync(id, ct);
        return TypedResults.NoContent();
    }

    /// <summary>The files of a contact.</summary>
    private static async Task<Ok<IReadOnlyList<KeptFile>>> FilesAsync(string id, IntakeDesk desk, CancellationToken ct) =>
        TypedResults.Ok(await desk.FilesAsync(id, ct));

    /// <summary>The content of a file of a contact; always to be saved, never to be shown by itself.</summary>
    private static async Task<FileContentHttpResult> FileAsync(string fileId, IntakeDesk desk, HttpResponse response, CancellationToken ct)
    {
        var (file, content) = await desk.FileAsync(fileId, ct);
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        return TypedResults.File(content, file.MediaType, file.Name);
    }

    private static async Task<byte[]> BytesAsync(Stream body, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        await new LimitedBody(body, MostBytes).CopyToAsync(bytes, ct);
        return bytes.ToArray();
    }

    private static async Task<(string Contact, IReadOnlyList<IncomingFile> Files)> FormAsync(HttpRequest request, CancellationToken ct)
    {
        try
        {
            request.Body = new LimitedBody(request.Body, MostBytes);
            var form = await request.ReadFormAsync(ct);
            var files = new List<IncomingFile>();

            foreach (var file in form.Files)
            {
                using var content = new MemoryStream();
                await file.CopyToAsync(content, ct);
                files.Add(new(file.FileName, file.ContentType, content.ToArray()));
            }

            return form.TryGetValue(PartOfContact, out var text)
                ? (text.ToString(), files)
                : throw DeskRefusedException.Invalid(
                    "intake.form",
                    PartOfContact,
                    $"The form has no part '{PartOfContact}'. Put the payload there as JSON, and files beside it."
                );
        }
        catch (InvalidDataException e)
        {
            throw DeskRefusedException.Invalid("intake.form", "body", $"The form cannot be read: {e.Message}");
        }
    }

    private static Results<Ok<View>, Accepted<View>> Answer(IntakeReceipt receipt)
    {
        var view = View.Of(receipt);
        return receipt.CaseId is null ? TypedResults.Accepted(view.ReceiptUrl, view) : TypedResults.Ok(view);
    }
}
